import { join } from 'node:path';
import { BootyError, reasonOf } from '../../../core/error.ts';
import { limits } from '../../../core/limits.ts';
import type { ArchiveFormat, World } from '../../../ports.ts';
import type { Platform } from '../../../registry/schema.ts';
import { createGate } from '../../gate.ts';
import { createRate, etaMsOf } from '../../rate.ts';
import type { InstallProgress } from '../../store.ts';
import type { Fetched, FetchListener, Pick as Picked } from '../source.ts';
import { downloadArchive, type DownloadParts, shownUrl, type Wish } from './download.ts';
import type { Hosts } from './hosts.ts';
import type { Mirror } from './mirror.ts';

const downloadsAtOnceMax = 4;
/** Each takes a core: more at once would only delay the first to be ready. */
const unpackingAtOnceMax = 2;
const progressMsMin = 100;

export type FetchParts = DownloadParts &
  Pick<World, 'archives'> & { readonly platform: Platform; readonly mirror: Mirror; readonly hosts: Hosts };

/** Downloads and unpacks all picks, several at once; each is settled as soon as it is whole. */
export const fetch = async (
  parts: FetchParts,
  picks: readonly Picked[],
  folder: string,
  on: FetchListener,
  signal: AbortSignal,
): Promise<void> => {
  const gates = { downloading: createGate(downloadsAtOnceMax), unpacking: createGate(unpackingAtOnceMax) };
  await Promise.all(
    picks.map(async (pick) => {
      let result: Fetched | Error;
      try {
        result = await fetchOne(parts, gates, pick, folder, on, signal);
      } catch (error) {
        result = error instanceof Error ? error : new Error(String(error));
      }
      on.settled(pick, result);
    }),
  );
};

type Gate = ReturnType<typeof createGate>;
type Part = Wish & { readonly members: Readonly<Record<string, string>>; doneBytes: number };

const fetchOne = async (
  parts: FetchParts,
  gates: { readonly downloading: Gate; readonly unpacking: Gate },
  pick: Picked,
  folder: string,
  on: FetchListener,
  signal: AbortSignal,
): Promise<Fetched> => {
  const wishes = partsOf(parts, pick);
  const report = createReport(parts, pick, wishes, on);
  const target = await parts.files.makeTemporary(folder, 'files-');
  const found: Record<string, string> = {};
  // The first to fail ends the others; all have ended when this returns, so that nothing writes into a removed folder.
  const ended = new AbortController();
  const limited = AbortSignal.any([signal, ended.signal]);
  const work = wishes.map(async (wish) => {
    try {
      const { file, sizeBytes } = await gates.downloading(() => {
        limited.throwIfAborted();
        const bytes = (doneBytes: number): void => {
          wish.doneBytes = doneBytes;
          report('downloading', null);
        };
        return downloadArchive(parts, wish, { bytes, trouble: (text) => report('downloading', text) }, limited);
      });
      parts.hosts.note(wish.url, null);
      report('unpacking', null);
      const unpacked = await gates.unpacking(() => unpack(parts, pick, wish, file, sizeBytes, target, limited));
      Object.assign(found, unpacked);
      await parts.files.remove(file);
      return { url: shownUrl(wish.url), sha256: wish.sha256, sizeBytes };
    } catch (error) {
      if (error instanceof BootyError && error.code === 'STORE_MIRROR_UNREACHABLE') {
        parts.hosts.note(wish.url, reasonOf(error));
      }
      ended.abort();
      throw error;
    }
  });
  const settled = await Promise.allSettled(work);
  signal.throwIfAborted();
  // An abort is only the echo of another's failure.
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((error) => error instanceof BootyError) ?? failures[0];
  const [first, ...others] = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (first === undefined) throw new BootyError('ASSERTION', { claim: 'a version has at least one archive' });
  return {
    files: found,
    ...(pick.entry.tree && { tree: target }),
    ...first,
    ...(others.length > 0 && { others }),
  };
};

const partsOf = ({ platform, mirror }: FetchParts, { package: component, entry, candidate }: Picked): readonly Part[] =>
  (entry.versions[candidate.version]?.archives ?? []).flatMap((archive) => {
    const download = archive.platforms[platform];
    if (!download?.sha256) return [];
    const { url, format, sha256, members } = download;
    const sizeBytes = download.sizeBytes ?? null;
    return [{ component, url: mirror.at(url), format, sha256, sizeBytes, members, doneBytes: 0 }];
  });

/** Progress of all parts in one, at most ten times a second. */
const createReport = (
  { clock }: FetchParts,
  pick: Picked,
  wishes: readonly Part[],
  on: FetchListener,
): ((phase: InstallProgress['phase'], message: string | null) => void) => {
  const rate = createRate();
  const sizes = wishes.map(({ sizeBytes }) => sizeBytes);
  const totalBytes = sizes.every((size) => size !== null) ? sizes.reduce((sum, size) => sum + (size ?? 0), 0) : null;
  let last: { atMs: number; phase: string; message: string | null } = { atMs: 0, phase: '', message: null };
  return (phase, message) => {
    const atMs = clock.nowMs();
    const isSame = phase === last.phase && message === last.message;
    if (isSame && atMs - last.atMs < progressMsMin) return;
    last = { atMs, phase, message };
    const doneBytes = wishes.reduce((sum, wish) => sum + wish.doneBytes, 0);
    const bytesPerSecond = rate.bytesPerSecond(atMs, doneBytes);
    on.progress(pick, {
      phase,
      source: 'archive',
      version: pick.candidate.version,
      doneBytes,
      totalBytes,
      bytesPerSecond,
      etaMs: totalBytes === null ? null : etaMsOf(totalBytes - doneBytes, bytesPerSecond),
      message,
    });
  };
};

/** Executable → where it lies now. */
const unpack = async (
  { archives }: FetchParts,
  pick: Picked,
  { format, members }: { readonly format: ArchiveFormat; readonly members: Readonly<Record<string, string>> },
  file: string,
  sizeBytes: number,
  target: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> => {
  const stripLevels = pick.entry.tree?.stripLevels ?? null;
  const found = Object.entries(members).map(([name, path]): [string, string] => [
    name,
    stripLevels === null ? join(target, name) : join(target, ...path.split('/').slice(stripLevels)),
  ]);
  const grown = Math.max(limits.unpackedBytesAlwaysMax, sizeBytes * limits.unpackedRatioMax);
  const bounds = { entriesMax: limits.archiveEntriesMax, bytesMax: Math.min(limits.unpackedBytesMax, grown) };
  const into =
    stripLevels === null
      ? { members: new Map(found.map(([name, path]) => [members[name] ?? '', path])) }
      : { folder: target, stripLevels };
  try {
    await archives.unpack({ file, format }, into, bounds, signal);
  } catch (error) {
    // What the file system refuses is named by whoever called; a broken archive is this package's matter.
    if (signal.aborted || (error instanceof Error && 'syscall' in error)) throw error;
    const { package: component, candidate } = pick;
    const facts = { component, sourceVersion: candidate.sourceVersion, found: reasonOf(error) };
    throw new BootyError('STORE_PACKAGE_BROKEN', facts, { cause: error });
  }
  return Object.fromEntries(found);
};
