import { reasonOf } from '../../core/error.ts';
import { checkDocument } from '../check.ts';
import { isTooDeep, type JsonPath, jsonPath, jsonTrouble, lineOf, locate } from '../locate.ts';
import type { Registry } from '../schema.ts';
import { fixOf } from './fixes.ts';
import { lintPackage } from './rules.ts';

/** One thing a rule found, and what to change. A `note` may be as it is; a `problem` may not. */
export type Remark = {
  readonly path: JsonPath;
  readonly level: 'problem' | 'note';
  readonly message: string;
  readonly fix: string;
};

/** The same with its place in the file, lines and columns counted from 1. */
export type Finding = Omit<Remark, 'path'> & {
  readonly path: string;
  readonly line: number;
  readonly column: number;
};

export type Linted = {
  /** In the order of the file. */
  readonly findings: readonly Finding[];
  /** Null where the form is so wrong that the content could not be looked at. */
  readonly registry: Registry | null;
};

/**
Everything that is inconsistent in the text of a registry: its form first, and only where that is right its content. Pure;
never throws, whatever the text.
*/
export const lintRegistry = (text: string): Linted => {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const offset = Number(/position (\d+)/.exec(reasonOf(error))?.[1] ?? 0);
    const isMarked = text.startsWith('\uFEFF');
    const fix = isMarked
      ? 'save it as UTF-8 without a byte order mark'
      : 'mend it there: a comma, a quote or a bracket too many or too few';
    return unreadable(text, jsonTrouble(text, error), fix, offset);
  }
  if (isTooDeep(text)) return unreadable(text, 'it nests deeper than any registry', 'write it anew', 0);
  const located = locate(text);
  const checked = checkDocument(document);
  const remarks: readonly Remark[] = [
    ...located.duplicates.map((path): Remark => {
      const message = 'it stands here twice; readers take the last and forget the first';
      return { path, level: 'problem', message, fix: 'leave one of them' };
    }),
    ...('problems' in checked
      ? checked.problems.map(({ path, message }): Remark => {
          return { path, level: 'problem', message, fix: fixOf(path, message) };
        })
      : Object.entries(checked.registry.packages).flatMap(([name, entry]) => lintPackage(name, entry))),
    ...('registry' in checked ? sameAddresses(checked.registry) : []),
  ];
  const findings = remarks
    .map((remark) => ({ remark, offset: located.of(remark.path).from }))
    .toSorted((one, other) => one.offset - other.offset)
    .map(({ remark, offset }) => ({ ...remark, path: jsonPath(remark.path), ...lineOf(text, offset) }));
  return { findings, registry: 'registry' in checked ? checked.registry : null };
};

const unreadable = (text: string, message: string, fix: string, offset: number): Linted => {
  const finding = { level: 'problem', path: jsonPath([]), message, fix, ...lineOf(text, offset) } as const;
  return { findings: [finding], registry: null };
};

/** One address for two archives: one of them was copied and not changed. */
const sameAddresses = (registry: Registry): readonly Remark[] => {
  const seen = new Map<string, string>();
  const found: Remark[] = [];
  for (const [name, { versions }] of Object.entries(registry.packages)) {
    for (const [version, { archives }] of Object.entries(versions)) {
      for (const [index, { platforms }] of archives.entries()) {
        for (const [platform, { url }] of Object.entries(platforms)) {
          const path = ['packages', name, 'versions', version, 'archives', index, 'platforms', platform, 'url'];
          const first = seen.get(url);
          seen.set(url, first ?? jsonPath(path));
          if (first === undefined) continue;
          const message = `${url} is already the address of ${first}`;
          found.push({ path, level: 'problem', message, fix: 'write the address of this archive' });
        }
      }
    }
  }
  return found;
};
