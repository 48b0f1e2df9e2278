import { BootyError } from '../../core/error.ts';
import { snapshotBytes } from '../../core/upgrade/snapshot-room.ts';
import type { LossBy } from '../../core/upgrade/way-back.ts';
import type { World } from '../../ports.ts';
import { sizeBelow } from '../../store/sizes.ts';

/** Snapshots kept of each service and kind, the newest. */
const keptMax = 2;
const copyMsMax = 3_600_000;
/** Data that shrinks to less than this share of what it was is taken as lost; less than a page is nothing to go by. */
const lostShare = 0.1;
const knownBytesMin = 4_096;
/** Of what was copied before the data stood still. */
const aheadName = 'ahead';
/** Marks a snapshot that is whole. */
const wholeMark = 'snapshot.json';

export type Measured = {
  readonly bytes: number;
  readonly how: 'reflink' | 'copy';
  readonly freeBytes: number;
  /** True where `cp` can add to a copy what it lacks. */
  readonly canCopyAhead: boolean;
};

/** What a snapshot holds; `sinceBytes`: of it, what had to be copied beyond a copy made ahead; null: there was none. */
export type Taken = { readonly bytes: number; readonly sinceBytes: number | null };

/** Copies of a service's data, taken while it is stopped. */
export type Snapshots = {
  readonly folderFor: (service: string, id: string) => string;
  /** What one would take; looks only. */
  readonly measure: (service: string) => Promise<Measured>;
  /** Throws SNAPSHOT_NO_SPACE. */
  readonly requireSpace: (service: string) => Promise<void>;
  /**
  Copies into the folder, as a start for `take`, what lies elsewhere in the layout of the data and does not change any more;
  links are followed. Returns its bytes. Throws what the copy failed with, and what the signal was ended with.
  */
  readonly takeAhead: (service: string, from: string, folder: string, signal: AbortSignal) => Promise<number>;
  /** Has the disk take what waits for it, so that `take`, which waits for that too, is short. */
  readonly settleDisk: () => Promise<void>;
  /** Copies the data into the folder, which is whole afterwards or not there. Throws what the copy failed with. */
  readonly take: (service: string, folder: string, version: string) => Promise<Taken>;
  /** Removes a snapshot that was begun and is not whole. */
  readonly dropUnfinished: (folder: string) => Promise<void>;
  readonly isWhole: (folder: string) => Promise<boolean>;
  /** What became of nearly all of the data since a snapshot was taken, in words; null: most is there, or it was little. */
  readonly lossSince: (service: string, folder: string, by: LossBy) => Promise<string | null>;
  /** Puts a snapshot in the place of the data; what was there is kept as a snapshot named `aside`. Can be repeated. */
  readonly restore: (service: string, folder: string, aside: string, version: string) => Promise<void>;
  /**
  After a death in the midst of `restore` or `take`: the data is where it belongs, nothing half-made is left. `asides` are
  the folders it may have been moved to, the last one that was used first.
  */
  readonly mend: (service: string, asides: readonly string[]) => Promise<void>;
  /**
  Removes all but the newest of those taken before upgrades that held (by their ids), of those before other tries, of those
  moved aside by ways back, and of failed data.
  */
  readonly prune: (service: string, held: ReadonlySet<string>) => Promise<void>;
};

/** `cp -a --reflink=auto` copies: owners, times, holes and links stay, and where the filesystem can, no byte is copied. */
export const createSnapshots = (
  { files, host, clock }: Pick<World, 'files' | 'host' | 'clock'>,
  of: { readonly data: string; readonly snapshots: string },
): Snapshots => {
  const dataOf = (service: string): string => `${of.data}/${service}`;
  const run = async (service: string, command: readonly string[], signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    const { code, stderr } = await host.run(command, { timeoutMs: copyMsMax, ...(signal ? { signal } : {}) });
    if (code === 0) return;
    signal?.throwIfAborted();
    const problem = stderr.trim().split('\n')[0] || `${command[0]} ended with ${code}`;
    throw new BootyError('UPGRADE_STEP_FAILED', { service, problem: `the data cannot be copied: ${problem}` });
  };
  const copy = async (service: string, from: string, to: string): Promise<void> => {
    await files.remove(to);
    const flags = host.platform === 'linux' ? ['-a', '--reflink=auto'] : ['-Rp'];
    try {
      await run(service, ['cp', ...flags, '--', from, to]);
      if (host.platform === 'linux') await run(service, ['sync', '-f', to]);
    } catch (error) {
      await files.remove(to);
      throw error;
    }
  };
  const canReflink = async (): Promise<boolean> => {
    if (host.platform !== 'linux') return false;
    await files.makeFolder(of.snapshots, 0o700);
    const probe = `${of.snapshots}/.reflink`;
    await files.writeAtomic(probe, 'x', 0o600);
    const { code } = await host.run(['cp', '--reflink=always', probe, `${probe}.copy`], { timeoutMs: 5_000 });
    for (const path of [probe, `${probe}.copy`]) await files.remove(path);
    return code === 0;
  };
  const measure: Snapshots['measure'] = async (service) => {
    await files.makeFolder(of.snapshots, 0o700);
    return {
      bytes: await sizeBelow(files, dataOf(service)),
      how: (await canReflink()) ? 'reflink' : 'copy',
      freeBytes: await files.freeBytes(of.snapshots),
      canCopyAhead: host.platform === 'linux',
    };
  };
  const mark = (folder: string, version: string): Promise<void> =>
    files.writeAtomic(`${folder}/${wholeMark}`, JSON.stringify({ version, atMs: clock.nowMs() }), 0o600);
  const isWhole = async (folder: string): Promise<boolean> => (await files.readText(`${folder}/${wholeMark}`)) !== null;

  return {
    folderFor: (service, id) => `${of.snapshots}/${service}/${id}`,
    measure,
    requireSpace: async (service) => {
      const { freeBytes, ...measured } = await measure(service);
      const neededBytes = snapshotBytes(measured);
      if (freeBytes >= neededBytes) return;
      throw new BootyError('SNAPSHOT_NO_SPACE', { service, neededBytes, freeBytes, path: of.snapshots });
    },
    takeAhead: async (service, from, folder, signal) => {
      await files.makeFolder(`${folder}/${aheadName}`, 0o700);
      const flags = ['-aL', '--reflink=auto'];
      await run(service, ['cp', ...flags, '--', `${from}/.`, `${folder}/${aheadName}`], signal);
      return sizeBelow(files, `${folder}/${aheadName}`);
    },
    settleDisk: async () => {
      if (host.platform !== 'linux') return;
      await files.makeFolder(of.snapshots, 0o700);
      await host.run(['sync', '-f', of.snapshots], { timeoutMs: copyMsMax });
    },
    take: async (service, folder, version) => {
      const [data, ahead, taken] = [dataOf(service), `${folder}/${aheadName}`, `${folder}/data`];
      const isAhead = (await files.stat(ahead)) !== null;
      let aheadBytes: number | null = null;
      if (isAhead) {
        try {
          await dropOther(files, ahead, data);
          aheadBytes = await sizeBelow(files, ahead);
          await run(service, ['cp', '-a', '--update', '--reflink=auto', '--', `${data}/.`, ahead]);
          await run(service, ['sync', '-f', ahead]);
          await files.rename(ahead, taken);
        } catch (error) {
          await files.remove(folder);
          throw error;
        }
      } else {
        await files.remove(folder);
        await files.makeFolder(folder, 0o700);
        await files.makeFolder(data, 0o700);
        await copy(service, data, taken);
      }
      await mark(folder, version);
      const bytes = await sizeBelow(files, taken);
      return { bytes, sinceBytes: aheadBytes === null ? null : bytes - aheadBytes };
    },
    dropUnfinished: async (folder) => {
      if (!(await isWhole(folder))) await files.remove(folder);
    },
    isWhole,
    lossSince: async (service, folder, by) => {
      if (by === 'folders') {
        const before = await foldersBelow(files, `${folder}/data`, '');
        const after = new Set(await foldersBelow(files, dataOf(service), ''));
        const left = before.filter((path) => after.has(path)).length;
        return left >= before.length / 2
          ? null
          : `${before.length - left} of ${before.length} folders of its data are gone`;
      }
      const [before, after] = [await sizeBelow(files, `${folder}/data`), await sizeBelow(files, dataOf(service))];
      if (before < knownBytesMin || after >= before * lostShare) return null;
      return `its data shrank from ${sizeText(before)} to ${sizeText(after)}`;
    },
    restore: async (service, folder, aside, version) => {
      const data = dataOf(service);
      const fresh = `${data}.restoring`;
      await copy(service, `${folder}/data`, fresh);
      if (await files.stat(data)) {
        await files.remove(aside);
        await files.makeFolder(aside, 0o700);
        await files.rename(data, `${aside}/data`);
        await mark(aside, version);
      }
      await files.rename(fresh, data);
    },
    mend: async (service, asides) => {
      const data = dataOf(service);
      for (const aside of asides) {
        if ((await files.stat(data)) !== null || (await files.stat(`${aside}/data`)) === null) continue;
        await files.rename(`${aside}/data`, data);
        await files.remove(aside);
      }
      await files.remove(`${data}.restoring`);
      const folder = `${of.snapshots}/${service}`;
      for (const name of await files.list(folder)) {
        if (!(await isWhole(`${folder}/${name}`))) await files.remove(`${folder}/${name}`);
      }
    },
    prune: async (service, held) => {
      const folder = `${of.snapshots}/${service}`;
      const names = await files.list(folder);
      for (const kind of kinds) {
        // Their names begin with the time.
        const own = names.filter((name) => kindOf(name, held) === kind).toSorted();
        for (const name of own.slice(0, -keptMax)) await files.remove(`${folder}/${name}`);
      }
    },
  };
};

/** Removes below `copy` what is not, by kind, size and time, the same as below `original`. */
const dropOther = async (
  files: Pick<World['files'], 'list' | 'stat' | 'remove'>,
  copy: string,
  original: string,
): Promise<void> => {
  for (const name of await files.list(copy)) {
    const [copied, own] = [`${copy}/${name}`, `${original}/${name}`];
    const [one, other] = await Promise.all([files.stat(copied), files.stat(own)]);
    const areFolders = one?.kind === 'folder' && other?.kind === 'folder';
    const isSame = one?.kind === other?.kind && one?.sizeBytes === other?.sizeBytes;
    if (areFolders) await dropOther(files, copied, own);
    else if (!isSame || one?.modifiedAtMs !== other?.modifiedAtMs) await files.remove(copied);
  }
};

/** All folders below one, by their path from it. */
const foldersBelow = async (
  files: Pick<World['files'], 'list' | 'stat'>,
  root: string,
  below: string,
): Promise<readonly string[]> => {
  const found = [];
  for (const name of await files.list(`${root}${below}`)) {
    const path = `${below}/${name}`;
    if ((await files.stat(`${root}${path}`))?.kind === 'folder')
      found.push(path, ...(await foldersBelow(files, root, path)));
  }
  return found;
};

/** `…-after`: what a way back took away; `…-failed`: what a version left that did not hold; else: before an upgrade or a try. */
const kinds = ['before', 'tried', 'after', 'failed'] as const;
const kindOf = (name: string, held: ReadonlySet<string>): (typeof kinds)[number] => {
  if (name.endsWith('-after')) return 'after';
  if (name.endsWith('-failed')) return 'failed';
  return held.has(name) ? 'before' : 'tried';
};

/** `12 KiB`, `3 MiB`. */
export const sizeText = (bytes: number): string =>
  bytes < 1_048_576 ? `${Math.ceil(bytes / 1_024)} KiB` : `${Math.round(bytes / 1_048_576)} MiB`;
