import type * as z from 'zod';
import { limits } from '../core/limits.ts';
import { explainIssue, type Explained } from './explain.ts';
import { describeFound } from './fault.ts';
import {
  plannedServiceKeys,
  plannedTopKeys,
  refusedServiceKeys,
  refusedTopKeys,
  type Refusal,
} from './refused-keys.ts';
import type { Report } from './report.ts';
import { knownKeys, serviceNameSchema, serviceSchema, topSchema, type CheckedService } from './schema.ts';
import { nearest } from './suggest.ts';
import type { Path, Tree } from './tree.ts';

/** What could be read of a document; broken keys and services are left out and reported. */
export type CheckedDocument = {
  readonly name: string | null;
  readonly hasVersion: boolean;
  readonly updateCheck: boolean;
  readonly services: ReadonlyMap<string, CheckedService>;
  /** Names of all services written, the broken ones too. */
  readonly names: readonly string[];
};

type Map = { readonly [key: string]: Tree };
type KeyTable = {
  readonly refused: Readonly<Record<string, Refusal>>;
  readonly planned: readonly string[];
  readonly known: readonly string[];
};

const topTable: KeyTable = {
  refused: refusedTopKeys,
  planned: plannedTopKeys,
  known: ['name', 'services', 'update_check'],
};
const serviceTable: KeyTable = { refused: refusedServiceKeys, planned: plannedServiceKeys, known: knownKeys([]) };

/** Checks the form of every key on its own, so that one mistake hides no other. Nothing is thrown. */
export const checkDocument = (tree: Tree, report: Report): CheckedDocument => {
  const nothing: CheckedDocument = {
    ...{ name: null, hasVersion: false, updateCheck: true, services: new Map(), names: [] },
  };
  if (!isMap(tree)) {
    const message = tree === null ? 'the file is empty' : `expected a map with services, found ${describeFound(tree)}`;
    report.add([], 'value', { message, fix: firstStack });
    return nothing;
  }
  const { services, ...rest } = tree;
  const top = readKnown(topSchema, rest, [], topTable, report);
  const updateCheck = top.update_check ?? true;
  const head = { ...nothing, name: top.name ?? null, hasVersion: top.version !== undefined, updateCheck };
  // A slip in the key itself was reported with its right spelling.
  if (services === undefined && Object.keys(rest).some((key) => nearest(key, ['services']) !== null)) return head;
  if (services === undefined || services === null || (isMap(services) && Object.keys(services).length === 0)) {
    report.add(['services'], 'key', { message: 'there are no services', fix: firstStack });
    return head;
  }
  if (!isMap(services)) {
    const message = `services expects a map of names, found ${describeFound(services)}`;
    report.add(['services'], 'value', { message, fix: firstStack });
    return head;
  }
  const names = Object.keys(services);
  if (names.length > limits.servicesMax) {
    const message = `there are ${names.length} services, at most ${limits.servicesMax} are allowed`;
    report.add(['services'], 'key', { message, fix: 'split the stack into two folders' });
    return head;
  }
  const checked = new Map<string, CheckedService>();
  for (const [name, service] of Object.entries(services)) {
    const result = checkService(name, service, report);
    if (result !== null) checked.set(name, result);
  }
  return { ...head, services: checked, names };
};

const firstStack = 'write for example `services: {web: {command: ./web}}`';

const checkService = (name: string, service: Tree, report: Report): CheckedService | null => {
  const path = ['services', name];
  const rule = serviceNameSchema.safeParse(name);
  if (!rule.success) {
    const message = `the name ${JSON.stringify(name)} is not allowed: expected ${rule.error.issues[0]?.message}`;
    report.add(path, 'key', { message, fix: 'rename the service' });
  }
  if (!isMap(service)) {
    const message = `services.${name} expects a map, found ${describeFound(service)}`;
    const fix = `write for example \`${name}: {command: ./${name}}\``;
    report.add(path, service === null ? 'key' : 'value', { message, fix });
    return null;
  }
  return readKnown(serviceSchema, service, path, serviceTable, report);
};

/** Reads a map of optional keys; what fails is reported and left out, and the rest is read again without it. */
const readKnown = <Output>(
  schema: z.ZodType<Output>,
  value: Map,
  base: Path,
  table: KeyTable,
  report: Report,
): Output => {
  const broken = new Set<string>();
  for (const key of Object.keys(value)) {
    const refusal = Object.hasOwn(table.refused, key) ? table.refused[key] : undefined;
    const shown = [...base, key].join('.');
    if (refusal !== undefined) {
      report.add([...base, key], 'key', {
        message: `${shown} has no meaning here: ${refusal.why}`,
        fix: refusal.write,
      });
    } else if (table.planned.includes(key)) {
      report.add([...base, key], 'key', { message: `${shown}: booty does not have this yet`, fix: 'remove it' });
    } else continue;
    broken.add(key);
  }
  const without = (): Map => Object.fromEntries(Object.entries(value).filter(([key]) => !broken.has(key)));
  const first = schema.safeParse(without());
  if (first.success) return first.data;
  for (const issue of first.error.issues) {
    for (const found of explainIssue(issue, base, value, (path) =>
      base.length > 0 && path.length > 0 ? knownKeys(path) : table.known,
    )) {
      report.add([...base, ...found.path], found.about, betterFix(found));
    }
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) for (const key of issue.keys) broken.add(key);
    else broken.add(String(issue.path[0]));
  }
  return schema.parse(without());
};

/** A key of a service that was written into its healthcheck belongs one level up. */
const betterFix = (found: Explained): Explained => {
  const [parent, key] = found.path;
  const isMisplaced = found.about === 'key' && parent === 'healthcheck' && serviceTable.known.includes(String(key));
  return isMisplaced ? { ...found, fix: `move ${key} one level up, beside healthcheck` } : found;
};

const isMap = (tree: Tree): tree is Map => typeof tree === 'object' && tree !== null && !Array.isArray(tree);
