import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { ConfigProblem } from '../core/errors/config.ts';
import type { Position } from '../core/model.ts';
import type { Fault } from './fault.ts';
import { interpolate } from './interpolate.ts';
import type { YamlText } from './parse-yaml.ts';

/** Where in a document something is: keys and list indexes from the root. */
export type Path = readonly (string | number)[];

/** A document as plain data: aliases and merges resolved, variables put in, extensions (`x-…`) left out. */
export type Tree = null | boolean | number | string | readonly Tree[] | { readonly [key: string]: Tree };

/** Where a value of the tree was written: its key (or the item itself in a list) and the value. */
export type Place = { readonly key: Position; readonly value: Position; readonly start: number; readonly end: number };

export type TreeReading = {
  readonly tree: Tree;
  /** By `placeKey` of the path. */
  readonly places: ReadonlyMap<string, Place>;
  readonly problems: readonly ConfigProblem[];
  /** Paths, as `placeKey`, whose value could not be read; what stands in the tree there means nothing. */
  readonly broken: ReadonlySet<string>;
  /** Variables that became empty because nothing sets them, with the first place of each. */
  readonly unset: ReadonlyMap<string, Position>;
};

/** Key of a path in `places`. */
export const placeKey = (path: Path): string => path.join('\0');

/** Whether a key is the user's own extension: it begins with `x-` and its map holds keys of the schema, not free names. */
export const isExtension = (parent: Path, key: string): boolean => {
  const isFree =
    parent[0] === 'services' &&
    (parent.length === 1 ||
      (parent.length === 3 && ['environment', 'ports', 'depends_on', 'offers'].includes(String(parent[2]))));
  return key.startsWith('x-') && !isFree;
};

const nodesMax = 500_000;
const depthMax = 100;

/**
Reads the nodes of a document into plain data. Numbers keep their text when it is not the canonical one, so that
`version: 2.10` and `0755` stay what was written. Never throws; broken keys, duplicates, bad variables, alias bombs and
circles come as problems, and the value in their place is null.
*/
export const readTree = (
  source: YamlText,
  document: Document,
  options: {
    readonly valueOf: (name: string) => string | undefined;
    /** Whether a key at this path is the user's own extension. */
    readonly isExtension: (parent: Path, key: string) => boolean;
  },
): TreeReading => {
  const problems = new Map<string, ConfigProblem>();
  const places = new Map<string, Place>();
  const unset = new Map<string, Position>();
  const broken = new Set<string>();
  const targets = aliasTargets(document);
  const open = new Set<Node>();
  let nodes = 0;

  const positionAt = (offset: number): Position => {
    const { line, col } = source.lines.linePos(Math.min(offset, source.text.length));
    return { file: source.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const report = (position: Position, path: Path, fault: Fault): null => {
    // One anchor used by many services is wrong once.
    const key = `${position.line}:${position.column}:${fault.message}`;
    const { message, fix } = fault;
    broken.add(placeKey(path));
    if (!problems.has(key)) problems.set(key, { ...position, path: path.join('.'), message, fix });
    return null;
  };

  const read = (node: unknown, path: Path, keyOffset: number | null): Tree => {
    const [start, end] = rangeOf(node) ?? [keyOffset ?? 0, keyOffset ?? 0];
    const isBlock = isCollection(node) && node.flow !== true;
    const value = positionAt(isBlock && keyOffset !== null ? keyOffset : start);
    places.set(placeKey(path), { key: keyOffset === null ? value : positionAt(keyOffset), value, start, end });
    nodes++;
    if (nodes > nodesMax) return report(positionAt(0), [], tooMany);
    if (path.length > depthMax)
      return report(value, [], { message: `nested deeper than ${depthMax}`, fix: 'write it flat' });
    const target = isAlias(node) ? targets.get(node) : node;
    if (isAlias(node) && target === undefined) {
      return report(value, path, {
        message: `no anchor &${node.source} stands before this alias`,
        fix: `define it above with &${node.source}, or put a value that begins with * in quotes`,
      });
    }
    if (isScalar(target)) return readScalar(target, path, start);
    if (!isMap(target) && !isSeq(target)) return null;
    if (open.has(target)) {
      return report(value, path, { message: 'this alias stands inside what it refers to', fix: 'write the value out' });
    }
    open.add(target);
    const result = isSeq(target)
      ? target.items.map((item, index) => read(item, [...path, index], null))
      : readMap(target, path);
    open.delete(target);
    return result;
  };

  const readMap = (map: YAMLMap, path: Path): Tree => {
    const entries = new Map<string, Pair>();
    gather(map, path, entries, new Set());
    const result: Record<string, Tree> = {};
    for (const [key, pair] of entries) {
      if (options.isExtension(path, key)) continue;
      result[key] = read(pair.value, [...path, key], rangeOf(pair.key)?.[0] ?? null);
    }
    return result;
  };

  /** Own keys first, then those of merged maps that are not there yet, in the order they are merged. */
  const gather = (map: YAMLMap, path: Path, entries: Map<string, Pair>, merging: Set<YAMLMap>): void => {
    const own = new Map<string, Pair>();
    const merges: Pair[] = [];
    merging.add(map);
    for (const pair of map.items) {
      const key = keyOf(pair.key);
      const position = positionAt(rangeOf(pair.key)?.[0] ?? rangeOf(map)?.[0] ?? 0);
      const first = key === null ? undefined : own.get(key);
      if (key === '<<') merges.push(pair);
      else if (key === null || key === '__proto__') {
        report(position, path, { message: 'this cannot be a key', fix: 'write a plain word as the key' });
      } else if (first === undefined) own.set(key, pair);
      else {
        const { line } = positionAt(rangeOf(first.key)?.[0] ?? 0);
        report(position, [...path, key], {
          message: `the key ${JSON.stringify(key)} is there twice, first in line ${line}`,
          fix: 'remove or rename one of the two',
        });
      }
    }
    for (const [key, pair] of own) if (!entries.has(key)) entries.set(key, pair);
    for (const pair of merges) {
      const written = resolveAlias(pair.value);
      for (const item of isSeq(written) ? written.items : [written]) {
        const merged = resolveAlias(item);
        nodes++;
        if (isMap(merged) && !merging.has(merged) && nodes < nodesMax) gather(merged, path, entries, merging);
        else if (!isMap(merged)) {
          report(positionAt(rangeOf(pair.key)?.[0] ?? 0), path, {
            message: '<< merges something that is no map',
            fix: 'write <<: *name, where name is the anchor of a map above',
          });
        }
      }
    }
    merging.delete(map);
  };

  const resolveAlias = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node);

  const readScalar = (node: { value: unknown; source?: string }, path: Path, start: number): Tree => {
    const { value } = node;
    if (typeof value === 'number') return String(value) === node.source ? value : (node.source ?? String(value));
    if (typeof value === 'boolean') return String(value) === node.source ? value : (node.source ?? value);
    if (typeof value !== 'string') return null;
    if (value.includes('\0')) {
      return report(positionAt(start), path, { message: 'the text holds a NUL character', fix: 'remove the \\0' });
    }
    if (!value.includes('$')) return value;
    const result = interpolate(value, options.valueOf);
    const offsetOf = (excerpt: string): number => {
      const found = source.text.indexOf(excerpt, start);
      return found === -1 || found > (rangeOf(node)?.[1] ?? start) ? start : found;
    };
    if (!result.ok) return report(positionAt(offsetOf(result.fault.excerpt ?? value)), path, result.fault);
    for (const name of result.value.unset) if (!unset.has(name)) unset.set(name, positionAt(start));
    return result.value.text;
  };

  const tree = read(document.contents, [], null);
  return { tree, places, problems: [...problems.values()], broken, unset };
};

const tooMany = {
  message: `the document has more than ${nodesMax} values once its aliases are written out`,
  fix: 'use fewer aliases of aliases',
};

/** What each alias refers to: the last anchor of its name before it (YAML 1.2.2, 7.1). */
const aliasTargets = (document: Document): ReadonlyMap<unknown, Node> => {
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node>();
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
};

/** A key as text, the way it was written; null for a list or map as a key. */
const keyOf = (key: unknown): string | null => {
  if (!isScalar(key)) return null;
  return typeof key.value === 'string' ? key.value : (key.source ?? null);
};

const rangeOf = (node: unknown): readonly [number, number] | null => {
  if (!(isScalar(node) || isCollection(node) || isAlias(node)) || !node.range) return null;
  return [node.range[0], node.range[1]];
};
