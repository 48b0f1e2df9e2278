import { join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { CommandResult, World } from '../../../ports.ts';
import { createRate, etaMsOf, type Rate } from '../../rate.ts';
import type { FetchListener, Pick as Picked } from '../source.ts';
import { errorOf, failuresOf } from './failure.ts';
import { type Failure, nameInFile, type PackageUri, withoutCredentials } from './parse.ts';
import type { Tree } from './tree.ts';

const lookMs = 100;

/** A .deb that is being fetched for a pick. */
export type Wait = { readonly pick: Picked; readonly uri: PackageUri; readonly file: string };

/**
Downloads packages into an empty folder by one call of apt and calls `onVerified` for each as soon as it is whole and its
hash is the signed one. apt itself compares hashes only of what it downloads, and keeps a file of the same name and size
that is already there, hence the empty folder and the second look. Returns an error for each that failed.
*/
export const download = async (
  { files, clock }: Pick<World, 'files' | 'clock'>,
  tree: Tree,
  waits: readonly Wait[],
  folder: string,
  on: { readonly progress: FetchListener['progress']; readonly verified: (wait: Wait) => void },
  signal: AbortSignal,
): Promise<ReadonlyMap<Wait, BootyError>> => {
  const rates = new Map(waits.map((wait) => [wait, createRate()]));
  // Whole files and their hashes: each is hashed once while apt still works on others.
  const hashes = new Map<Wait, string>();
  const verified = new Set<Wait>();
  const look = async (): Promise<void> => {
    for (const wait of waits) {
      if (hashes.has(wait)) continue;
      const doneBytes = (await files.stat(wait.file))?.sizeBytes ?? 0;
      report(wait, doneBytes, clock.nowMs(), rates.get(wait) ?? createRate(), on.progress);
      if (doneBytes < wait.uri.sizeBytes) continue;
      report(wait, doneBytes, clock.nowMs(), rates.get(wait) ?? createRate(), on.progress, 'verifying');
      hashes.set(wait, await files.sha256(wait.file));
      if (hashes.get(wait) !== wait.uri.sha256 || verified.has(wait)) continue;
      verified.add(wait);
      on.verified(wait);
    }
  };

  const names = waits.map(
    ({ pick, uri }) => `${nameInFile(uri.file)?.package ?? pick.entry.apt?.package}=${pick.candidate.sourceVersion}`,
  );
  // More patient than an update: the mirror has answered before, and much is lost by giving up half-way.
  const patience = ['Acquire::Retries=1', 'Acquire::http::Timeout=20', 'Acquire::https::Timeout=20'];
  const command = ['apt-get', ...patience.flatMap((option) => ['-o', option]), 'download', ...names];
  const running = { result: null as CommandResult | null };
  const ended = tree.run(command, { signal, workingDir: folder }).then((result) => (running.result = result));
  // Its rejection is met below; until then looking goes on, and nothing may be left unhandled.
  ended.catch(() => undefined);
  while (running.result === null && !signal.aborted) {
    await look();
    await Promise.race([ended, new Promise<void>((resolve) => void clock.after(lookMs, resolve))]);
  }
  const result = await ended;
  // A hash taken while apt was still writing says nothing: those that did not fit are taken again.
  for (const wait of waits) if (!verified.has(wait)) hashes.delete(wait);
  await look();

  const errors = new Map<Wait, BootyError>();
  for (const wait of waits) {
    if (!verified.has(wait)) errors.set(wait, await failureOf(files, wait, hashes.get(wait), result));
  }
  return errors;
};

const report = (
  { pick, uri }: Wait,
  doneBytes: number,
  atMs: number,
  rate: Rate,
  progress: FetchListener['progress'],
  phase: 'downloading' | 'verifying' = 'downloading',
): void => {
  const bytesPerSecond = rate.bytesPerSecond(atMs, doneBytes);
  progress(pick, {
    phase,
    source: 'apt',
    version: pick.candidate.version,
    doneBytes: Math.min(doneBytes, uri.sizeBytes),
    totalBytes: uri.sizeBytes,
    bytesPerSecond,
    etaMs: etaMsOf(uri.sizeBytes - doneBytes, bytesPerSecond),
    message: null,
  });
};

/** apt keeps what failed its check beside, as `.FAILED`. */
const failureOf = async (
  files: World['files'],
  { pick, uri, file }: Wait,
  hash: string | undefined,
  result: CommandResult,
): Promise<BootyError> => {
  const url = withoutCredentials(uri.url);
  const own = failuresOf(result).filter((failure: Failure) => isAbout(failure, uri));
  const left = (await files.stat(file)) ? file : `${file}.FAILED`;
  const found = await files.stat(left);
  if (found && (hash !== undefined || own.some(({ kind }) => kind === 'hash'))) {
    return new BootyError('STORE_HASH_MISMATCH', {
      component: pick.package,
      url,
      expectedSha256: uri.sha256,
      actualSha256: hash ?? (await files.sha256(left)),
      expectedBytes: uri.sizeBytes,
      actualBytes: found.sizeBytes,
    });
  }
  return errorOf(own, `fetching ${url}`, result);
};

/** apt writes what cannot stand in a URL as %xx in one place and not in the other; the file's name tells as well. */
const isAbout = ({ address }: Failure, uri: PackageUri): boolean => {
  const last = decodeURIComponent(address.split('/').at(-1) ?? '');
  return (
    last === decodeURIComponent(uri.url.split('/').at(-1) ?? '') ||
    nameInFile(last)?.package === nameInFile(uri.file)?.package
  );
};

/** Where apt-get download puts it. */
export const waitFor = (pick: Picked, uri: PackageUri, folder: string): Wait => ({
  pick,
  uri,
  file: join(folder, uri.file),
});
