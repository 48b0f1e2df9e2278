import { join } from 'node:path';
import { BootyError } from '../../core/error.ts';
import type { Files } from '../../ports.ts';
import { parseRegistry, requireNothingTwice } from '../../registry/load.ts';
import { draft, parse, textOf } from './documents.ts';
import { type KeyBook, readKeyBook, readSigners, tufKey } from './keys.ts';
import type { Lifetimes } from './lifetimes.ts';
import { type RoleName, roles, targetName } from './roles.ts';
import { isSignedFor, signFor } from './signatures.ts';
import { sha256 } from './verify.ts';

type SignFiles = Pick<Files, 'readText' | 'writeAtomic' | 'makeFolder' | 'list' | 'stat'>;

export type SignRequest = {
  /** Holds registry.json; `metadata/` and `targets/` are written beside it, for any web server to serve. Absolute. */
  readonly folder: string;
  /** Folder of keys; absolute. */
  readonly keys: string;
  readonly lifetimes: Lifetimes;
  /** Roles that are signed anew even where nothing asks for it. */
  readonly asked: ReadonlySet<RoleName>;
  readonly nowMs: number;
};

export type Signed = {
  /** Versions after signing. */
  readonly versions: Readonly<Record<RoleName, number>>;
  /** Roles that were signed anew. */
  readonly fresh: readonly RoleName[];
  readonly expires: Readonly<Record<RoleName, string>>;
  /** SHA-256 of the first root, by which others pin this registry. */
  readonly firstRootSha256: string;
};

/**
Signs registry.json by TUF 1.0: the timestamp always; snapshot, targets and root where they changed, or have less than half
of their lifetime left. A root that changes is signed by the keys of the one before it as well, so that clients follow.
Files others may already have are never written over; the timestamp is written last, so that what is served meanwhile fits
together. Throws REGISTRY_INVALID, TRUST_KEYS_UNUSABLE, and TRUST_KEYS_MISSING when too few private keys are there.
*/
export const signRegistry = async (files: SignFiles, request: SignRequest): Promise<Signed> => {
  const { folder, lifetimes, asked, nowMs } = request;
  const path = join(folder, targetName);
  if (`${request.keys}/`.startsWith(`${folder}/`)) {
    throw new BootyError('TRUST_KEYS_UNUSABLE', {
      path: request.keys,
      problem: `it lies in ${folder}, which is served`,
    });
  }
  const text = (await files.readText(path)) ?? '';
  parseRegistry(text, path);
  requireNothingTwice(text, path);
  const book = await readKeyBook(files, request.keys);
  const ring = { folder: request.keys, signers: await readSigners(files, request.keys) };
  const metadata = join(folder, 'metadata');
  const old = await readOld(files, metadata);
  /** One that was asked for, or soon expires, is made anew. */
  const isDue = (role: RoleName, { expires }: { readonly expires: string }): boolean =>
    asked.has(role) || Date.parse(expires) - nowMs < lifetimes[role] / 2;
  const head = (role: RoleName, before: { readonly signed: { readonly version: number } } | null) => ({
    _type: role,
    spec_version: '1.0.31',
    version: (before?.signed.version ?? 0) + 1,
    expires: new Date(nowMs + lifetimes[role]).toISOString().replace(/\.\d+Z$/, 'Z'),
  });

  const body = rootBody(book);
  const isRootKept = old.root !== null && !isDue('root', old.root.signed) && hasBody(old.root.signed.toJSON(), body);
  const root = isRootKept && old.root !== null ? old.root : draft.root({ ...head('root', old.root), ...body });
  if (root !== old.root) signFor(ring, 'root', root, old.root === null ? [root] : [old.root, root]);

  const hashes = { sha256: sha256(Buffer.from(text)) };
  const isTargetsKept =
    old.targets !== null &&
    !isDue('targets', old.targets.signed) &&
    old.targets.signed.targets[targetName]?.hashes['sha256'] === hashes.sha256 &&
    isSignedFor(root, 'targets', old.targets);
  const file = { length: Buffer.byteLength(text), hashes };
  const targets =
    isTargetsKept && old.targets !== null
      ? old.targets
      : draft.targets({ ...head('targets', old.targets), targets: { [targetName]: file } });
  if (targets !== old.targets) signFor(ring, 'targets', targets, [root]);

  const isSnapshotKept =
    old.snapshot !== null &&
    targets === old.targets &&
    !isDue('snapshot', old.snapshot.signed) &&
    isSignedFor(root, 'snapshot', old.snapshot);
  const snapshot =
    isSnapshotKept && old.snapshot !== null
      ? old.snapshot
      : draft.snapshot({ ...head('snapshot', old.snapshot), meta: { 'targets.json': metaOf(targets) } });
  if (snapshot !== old.snapshot) signFor(ring, 'snapshot', snapshot, [root]);

  const timestamp = draft.timestamp({
    ...head('timestamp', old.timestamp),
    meta: { 'snapshot.json': metaOf(snapshot) },
  });
  signFor(ring, 'timestamp', timestamp, [root]);

  await files.makeFolder(metadata, 0o755);
  await files.makeFolder(join(folder, 'targets'), 0o755);
  await files.writeAtomic(join(folder, 'targets', `${hashes.sha256}.${targetName}`), text, 0o644);
  const all = { root, targets, snapshot, timestamp };
  const fresh = roles.filter((role) => all[role] !== old[role]);
  for (const role of fresh) {
    const name = role === 'timestamp' ? 'timestamp.json' : `${all[role].signed.version}.${role}.json`;
    await files.writeAtomic(join(metadata, name), textOf(all[role]), 0o644);
  }
  const of = <Value>(pick: (role: RoleName) => Value) =>
    Object.fromEntries(roles.map((role) => [role, pick(role)])) as Record<RoleName, Value>;
  return {
    versions: of((role) => all[role].signed.version),
    expires: of((role) => all[role].signed.expires),
    fresh,
    firstRootSha256: sha256(Buffer.from((await files.readText(join(metadata, '1.root.json'))) ?? '')),
  };
};

/** The newest of each that lies there. Throws REGISTRY_METADATA_BROKEN. */
const readOld = async (files: SignFiles, metadata: string) => {
  const names = await files.list(metadata);
  const newest = async <Document>(role: RoleName, read: (text: string) => Document): Promise<Document | null> => {
    const versions = names.flatMap((name) => {
      const [, version] = new RegExp(`^(\\d+)\\.${role}\\.json$`).exec(name) ?? [];
      return version === undefined ? [] : [Number(version)];
    });
    if (role !== 'timestamp' && versions.length === 0) return null;
    const path = join(metadata, role === 'timestamp' ? 'timestamp.json' : `${Math.max(...versions)}.${role}.json`);
    const text = await files.readText(path);
    if (text === null) return null;
    try {
      return read(text);
    } catch (error) {
      throw new BootyError('REGISTRY_METADATA_BROKEN', { path }, { cause: error });
    }
  };
  return {
    root: await newest('root', parse.root),
    targets: await newest('targets', parse.targets),
    snapshot: await newest('snapshot', parse.snapshot),
    timestamp: await newest('timestamp', parse.timestamp),
  };
};

const rootBody = (book: KeyBook) => ({
  consistent_snapshot: true,
  keys: Object.fromEntries(roles.flatMap((role) => book.roles[role].keys.map((key) => [key.id, tufKey(key)]))),
  roles: Object.fromEntries(
    roles.map((role) => {
      const { keys, threshold } = book.roles[role];
      return [role, { keyids: keys.map(({ id }) => id), threshold }];
    }),
  ),
});

const hasBody = (document: object, body: ReturnType<typeof rootBody>): boolean => {
  const { consistent_snapshot, keys, roles: own } = document as typeof body;
  return sortedText({ consistent_snapshot, keys, roles: own }) === sortedText(body);
};

const sortedText = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );

const metaOf = (document: Parameters<typeof textOf>[0]) => {
  const bytes = Buffer.from(textOf(document));
  return { version: document.signed.version, length: bytes.length, hashes: { sha256: sha256(bytes) } };
};
