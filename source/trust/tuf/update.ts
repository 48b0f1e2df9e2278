import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { BootyError, reasonOf } from '../../core/error.ts';
import { limits } from '../../core/limits.ts';
import type { World } from '../../ports.ts';
import { parseRegistry } from '../../registry/load.ts';
import type { Registry } from '../../registry/schema.ts';
import type { RemoteEntry } from '../registry-list.ts';
import { cacheFolder, type Cached, pointerFile, readCache, readEvidence } from './cache.ts';
import { createFetcher, type TrustFetcher } from './fetcher.ts';
import { Disbelief, type RoleName, roles, targetName } from './roles.ts';
import { changed, readRoot, sha256, unsigned, type Verified, verifyEvidence } from './verify.ts';

type Parts = Pick<World, 'files' | 'clock' | 'downloads'>;

const lockMsMax = 30_000;
const rootBytesMax = 512_000;

/**
Brings the copy of a remote registry up to date by the client workflow of TUF (tuf-js), in a folder of its own that takes the
place of the old copy only when all of it is there, fits together and is fresh: old or mixed metadata, other bytes, and keys
nobody named are refused, and then the old copy stays. `pinnedRoot` is the text of the root where somebody has it at hand;
else it is taken from the copy, or fetched and held against its hash. `accept` may look at the registry before it counts.

Throws REGISTRY_UNREACHABLE, REGISTRY_REFUSED, REGISTRY_INVALID, what `accept` throws, and the signal's reason.
*/
export const updateRemote = async (
  parts: Parts,
  home: string,
  entry: RemoteEntry,
  {
    pinnedRoot = null,
    accept = async () => {},
    signal,
  }: {
    readonly pinnedRoot?: string | null;
    readonly accept?: (registry: Registry) => Promise<void>;
    readonly signal: AbortSignal;
  },
): Promise<Verified> => {
  const { files, clock } = parts;
  const folder = cacheFolder(home, entry.name);
  await files.makeFolder(folder, 0o700);
  const lock = await files.lock(join(folder, 'lock'), lockMsMax);
  if ('heldBy' in lock) {
    const found = `booty with pid ${lock.heldBy.pid} is updating it`;
    throw new BootyError('REGISTRY_UNREACHABLE', { registry: entry.name, address: entry.url, found });
  }
  try {
    const fresh = await files.makeTemporary(folder, 'copy-');
    try {
      const before = await soundCache(files, home, entry);
      const fetcher = createFetcher(parts, fresh, signal);
      const refused = (error: unknown): unknown => refusal(entry, fetcher, signal, error);
      await prepare(parts, entry, fresh, before?.cached ?? null, pinnedRoot, fetcher).catch((error: unknown) => {
        throw refused(error);
      });
      await runUpdater(parts, entry, fresh, fetcher).catch((error: unknown) => {
        throw refused(error);
      });
      await files.writeAtomic(join(fresh, 'fetched.json'), JSON.stringify({ atMs: clock.nowMs() }), 0o600);
      const { evidence } = await readEvidence(files, fresh);
      const verified = await judge(entry, before?.verified ?? null, clock.nowMs(), () =>
        verifyEvidence(evidence, entry.root.sha256),
      );
      await accept(parseRegistry(evidence.registry, `${entry.url}/targets/${targetName}`));
      await files.writeAtomic(pointerFile(home, entry.name), `${fresh.split('/').at(-1)}\n`, 0o600);
      await removeOthers(parts, folder, [fresh, before?.cached.folder]);
      return verified;
    } catch (error) {
      await files.remove(fresh);
      throw error;
    }
  } finally {
    await lock.release();
  }
};

/** The copy that counts, where it can be believed; a damaged one is no help, and no reason not to fetch another. */
const soundCache = async (
  files: Parts['files'],
  home: string,
  entry: RemoteEntry,
): Promise<{ readonly cached: Cached; readonly verified: Verified } | null> => {
  try {
    const cached = await readCache(files, home, entry.name);
    return cached && { cached, verified: verifyEvidence(cached.evidence, entry.root.sha256) };
  } catch (error) {
    if (error instanceof Disbelief) return null;
    throw error;
  }
};

/** What the updater begins with: the copy there is, or the pinned root alone. */
const prepare = async (
  { files }: Parts,
  { url, root }: RemoteEntry,
  fresh: string,
  cached: Cached | null,
  pinnedRoot: string | null,
  fetcher: TrustFetcher,
): Promise<void> => {
  const write = (file: string, text: string): Promise<void> => files.writeAtomic(join(fresh, file), text, 0o600);
  if (cached !== null) {
    const { roots, timestamp, snapshot, targets, registry } = cached.evidence;
    for (const text of roots) await write(`${readRoot(text).signed.version}.root.json`, text);
    await write('root.json', roots.at(-1) ?? '');
    await write('timestamp.json', timestamp);
    await write('snapshot.json', snapshot);
    await write('targets.json', targets);
    await write(targetName, registry);
    return;
  }
  const file = `${root.version}.root.json`;
  const text = pinnedRoot ?? (await fetcher.downloadBytes(`${url}/metadata/${file}`, rootBytesMax)).toString('utf8');
  if (sha256(Buffer.from(text)) !== root.sha256) {
    throw new Disbelief(`${file} is not the root that was pinned (sha256 ${root.sha256})`);
  }
  await write(file, text);
  await write('root.json', text);
};

const runUpdater = async (
  { files }: Parts,
  { url }: RemoteEntry,
  fresh: string,
  fetcher: TrustFetcher,
): Promise<void> => {
  // Roots are kept one by one, so that the whole way from the pinned one can be checked again later.
  const keeping: TrustFetcher = {
    ...fetcher,
    downloadBytes: async (address, bytesMax) => {
      const bytes = await fetcher.downloadBytes(address, bytesMax);
      const [, file] = /\/(\d+\.root\.json)$/.exec(address) ?? [];
      if (file !== undefined) await files.writeAtomic(join(fresh, file), bytes.toString('utf8'), 0o600);
      return bytes;
    },
  };
  const updater = new Updater({
    metadataDir: fresh,
    metadataBaseUrl: `${url}/metadata`,
    targetDir: fresh,
    targetBaseUrl: `${url}/targets`,
    fetcher: keeping,
  });
  await updater.refresh();
  const target = await updater.getTargetInfo(targetName);
  if (target === undefined) throw new Disbelief(`targets.json names no ${targetName}`);
  if (target.length > limits.documentBytesMax) {
    throw new Disbelief(`${targetName} has ${target.length} bytes, more than ${limits.documentBytesMax}`);
  }
  const file = join(fresh, targetName);
  if ((await updater.findCachedTarget(target, file)) === undefined) await updater.downloadTarget(target, file);
};

/** A second look with our own eyes, at the very files that will be read from now on. */
const judge = async (
  entry: RemoteEntry,
  before: Verified | null,
  nowMs: number,
  verify: () => Verified,
): Promise<Verified> => {
  const refuse = (attack: string, found: string): never => {
    throw new BootyError('REGISTRY_REFUSED', { registry: entry.name, url: entry.url, attack, found });
  };
  let verified: Verified;
  try {
    verified = verify();
  } catch (error) {
    if (!(error instanceof Disbelief)) throw error;
    return refuse('changed', error.message);
  }
  // Under a new root what was seen before may have been signed by a thief; then tuf-js alone judges, by the keys that remain.
  const isSameRoot = before !== null && before.versions.root === verified.versions.root;
  const older = roles.find((role) => isSameRoot && verified.versions[role] < before.versions[role]);
  if (older !== undefined) refuse('rollback', `${older}.json is older than what was seen before`);
  const expired = roles.find((role) => verified.expiresAtMs[role] <= nowMs);
  if (expired !== undefined) refuse('frozen', expiredText(expired));
  return verified;
};

const expiredText = (role: string): string =>
  `${role}.json has expired: somebody holds newer metadata back, nobody signed any, or the clock of this machine is ahead`;

/** tuf-js says what it found in sentences alone; ours say what it means. */
const refusal = (entry: RemoteEntry, fetcher: TrustFetcher, signal: AbortSignal, error: unknown): unknown => {
  if (signal.aborted) return signal.reason;
  if (error instanceof BootyError) return error;
  const { name: registry, url } = entry;
  const trouble = fetcher.trouble();
  if (trouble !== null) {
    const { found } = trouble;
    return new BootyError('REGISTRY_UNREACHABLE', { registry, address: trouble.url, found }, { cause: error });
  }
  // That the next root is not there is an answer; that the first one is not there says the URL is wrong.
  if (error instanceof DownloadHTTPError) {
    return new BootyError('REGISTRY_UNREACHABLE', { registry, address: url, found: error.message }, { cause: error });
  }
  const [attack, found] = meaningOf(error);
  return new BootyError('REGISTRY_REFUSED', { registry, url, attack, found }, { cause: error });
};

const meaningOf = (error: unknown): readonly [string, string] => {
  if (error instanceof Disbelief) return ['changed', error.message];
  const text = reasonOf(error);
  const role: RoleName | undefined = roles.find((each) => new RegExp(`\\b${each}\\b`, 'i').test(text));
  if (/expired/.test(text)) return ['frozen', expiredText(roleBefore(text) ?? role ?? 'timestamp')];
  if (/was signed by/.test(text)) {
    const [, signed = role ?? 'root'] = /(\w+) was signed by/.exec(text) ?? [];
    return ['signature', unsigned(signed, text)];
  }
  if (/less than current|is equal to current/.test(text)) {
    return ['rollback', `it offers older metadata than was seen before: ${text.replace(/^.*Error: /, '')}`];
  }
  if (/does(n't| not) match|Expected version|Missing .* in/.test(text)) {
    return ['mix and match', `its files are of different times: ${text.replace(/^.*Error: /, '')}`];
  }
  if (/Expected (hash|length)|longer than/.test(text)) {
    const isTarget = !/Unable to load/.test(text);
    if (!isTarget) return ['changed', changed(role ?? 'its metadata')];
    return ['changed', `${targetName} has other bytes than targets.json names`];
  }
  return ['no metadata', `what it sends is no TUF metadata: ${text}`];
};

const roleBefore = (text: string): string | undefined => /(\w+)\.json is expired/.exec(text)?.[1];

/** The copy before stays for who is just reading it. */
const removeOthers = async ({ files }: Parts, folder: string, kept: readonly (string | undefined)[]): Promise<void> => {
  for (const name of await files.list(folder)) {
    if (name.startsWith('copy-') && !kept.includes(join(folder, name))) await files.remove(join(folder, name));
  }
};
