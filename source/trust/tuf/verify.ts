import { createHash } from 'node:crypto';
import { parse, type RootDocument } from './documents.ts';
import { Disbelief, type RoleName, roles, targetName } from './roles.ts';

/** What is there of a registry: texts of files, as they lie in the cache. */
export type Evidence = {
  /** Every root from the pinned one to the newest, oldest first. */
  readonly roots: readonly string[];
  readonly timestamp: string;
  readonly snapshot: string;
  readonly targets: string;
  /** registry.json. */
  readonly registry: string;
};

/** Metadata that fits together and is signed by who may; when each part of it expires, and its versions. */
export type Verified = {
  readonly expiresAtMs: Readonly<Record<RoleName, number>>;
  readonly versions: Readonly<Record<RoleName, number>>;
};

/**
Checks a registry from the pinned root on: each root is signed by the one before it and by itself, the others by the keys of
the newest, each names the very next one by hash and version, and the last names registry.json. Time is no reason here: what
expired is told, not refused. Throws Disbelief.
*/
export const verifyEvidence = (evidence: Evidence, pinnedSha256: string): Verified => {
  const root = newestRoot(evidence.roots, pinnedSha256);
  const timestamp = read('timestamp', evidence.timestamp, parse.timestamp);
  const snapshot = read('snapshot', evidence.snapshot, parse.snapshot);
  const targets = read('targets', evidence.targets, parse.targets);
  attempt('timestamp', () => root.verifyDelegate('timestamp', timestamp));
  attempt('snapshot', () => root.verifyDelegate('snapshot', snapshot));
  attempt('targets', () => root.verifyDelegate('targets', targets));

  const { snapshotMeta } = timestamp.signed;
  attempt('snapshot', () => snapshotMeta.verify(Buffer.from(evidence.snapshot)));
  same('snapshot', snapshotMeta.version, snapshot.signed.version);
  const targetsMeta = snapshot.signed.meta['targets.json'];
  if (targetsMeta === undefined) throw new Disbelief('snapshot.json names no targets.json');
  attempt('targets', () => targetsMeta.verify(Buffer.from(evidence.targets)));
  same('targets', targetsMeta.version, targets.signed.version);
  const target = targets.signed.targets[targetName];
  if (target === undefined) throw new Disbelief(`targets.json names no ${targetName}`);
  const bytes = Buffer.from(evidence.registry);
  const isSame = target.length === bytes.length && target.hashes['sha256'] === sha256(bytes);
  if (!isSame) throw new Disbelief(`${targetName} has other bytes than targets.json names`);

  const all = { root, targets, snapshot, timestamp };
  const of = (pick: (name: RoleName) => number) =>
    Object.fromEntries(roles.map((name) => [name, pick(name)])) as Record<RoleName, number>;
  return {
    expiresAtMs: of((name) => Date.parse(all[name].signed.expires)),
    versions: of((name) => all[name].signed.version),
  };
};

/** The newest of a chain of roots that begins with the pinned one. Throws Disbelief. */
const newestRoot = (texts: readonly string[], pinnedSha256: string): RootDocument => {
  const [first, ...later] = texts;
  if (first === undefined) throw new Disbelief('there is no root');
  if (sha256(Buffer.from(first)) !== pinnedSha256) {
    throw new Disbelief(`its first root is not the one that was pinned (sha256 ${pinnedSha256})`);
  }
  let root = readRoot(first);
  attempt('root', () => root.verifyDelegate('root', root));
  for (const text of later) {
    const next = readRoot(text);
    attempt('root', () => root.verifyDelegate('root', next));
    attempt('root', () => next.verifyDelegate('root', next));
    same('root', root.signed.version + 1, next.signed.version);
    root = next;
  }
  return root;
};

/** A root as it is written, unchecked. Throws Disbelief. */
export const readRoot = (text: string): RootDocument => read('root', text, parse.root);

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const read = <Value>(role: RoleName, text: string, parseText: (text: string) => Value): Value => {
  try {
    return parseText(text);
  } catch (error) {
    throw new Disbelief(`${role}.json is no TUF metadata`, { cause: error });
  }
};

const attempt = (role: RoleName, check: () => void): void => {
  try {
    check();
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new Disbelief(found.startsWith('Expected') ? changed(role) : unsigned(role, found), { cause: error });
  }
};

const same = (role: RoleName, expected: number, found: number): void => {
  if (expected !== found) throw new Disbelief(`${role}.json has version ${found}, expected is ${expected}`);
};

/** By hash or length: whoever names it names other bytes. */
export const changed = (role: string): string =>
  `${role}.json is not the one that is vouched for: it was changed, or is of another time than the rest`;

export const unsigned = (role: string, found: string): string => {
  const [, count = '0', threshold = '1'] = /by (\d+)\/(\d+) keys/.exec(found) ?? [];
  return `${role}.json is signed by ${count} of the ${threshold} keys it takes`;
};
