import { dirname, join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { Platform } from '../../../registry/schema.ts';
import { createGate } from '../../gate.ts';
import type { MirroredFile } from '../../mirror/document.ts';
import { createRate, etaMsOf } from '../../rate.ts';
import type { Copied, CopyListener, MirrorFolder, Pick as Picked } from '../source.ts';
import { type DownloadParts, downloadArchive } from './download.ts';
import type { Hosts } from './hosts.ts';
import { type Mirror, mirroredPath } from './mirror.ts';

const downloadsAtOnceMax = 4;

export type CopyParts = Omit<DownloadParts, 'home'> & { readonly mirror: Mirror; readonly hosts: Hosts };

/**
Puts the archives of all picks, for all platforms asked that upstream builds for, where a client of the mirror looks for
them. Each is held to the registry's hash before it takes its place.
*/
export const copy = async (
  parts: CopyParts,
  picks: readonly Picked[],
  into: MirrorFolder,
  on: CopyListener,
  signal: AbortSignal,
): Promise<void> => {
  const gate = createGate(downloadsAtOnceMax);
  await Promise.all(
    picks.map(async (pick) => {
      let result: Copied | Error;
      try {
        result = await copyOne(parts, gate, pick, into, on, signal);
      } catch (error) {
        signal.throwIfAborted();
        result = error instanceof Error ? error : new Error(String(error));
      }
      on.settled(pick, result);
    }),
  );
};

const copyOne = async (
  parts: CopyParts,
  gate: ReturnType<typeof createGate>,
  pick: Picked,
  into: MirrorFolder,
  on: CopyListener,
  signal: AbortSignal,
): Promise<Copied> => {
  const { package: component, entry, candidate } = pick;
  const archives = entry.versions[candidate.version]?.archives ?? [];
  const whole = (platform: Platform): boolean =>
    archives.length > 0 && archives.every((archive) => archive.platforms[platform]?.sha256);
  const platforms = into.platforms.filter(whole);
  if (platforms.length === 0) {
    const why = 'upstream publishes none whose bytes are known';
    const facts = { component, version: candidate.version, platform: into.platforms.join(', '), why };
    throw new BootyError('STORE_NO_BUILD', facts);
  }
  const found: Record<string, MirroredFile> = {};
  const wishes = platforms.flatMap((platform) => archives.map((archive) => archive.platforms[platform]));
  await Promise.all(
    wishes.map((wish) =>
      gate(async () => {
        if (!wish?.sha256) return;
        const { url, format, sha256, sizeBytes = null } = wish;
        const path = mirroredPath(url);
        const target = join(into.folder, path);
        const held = await parts.files.stat(target);
        if (held?.kind === 'file' && (await parts.files.sha256(target)) === sha256) {
          found[path] = { sha256, sizeBytes: held.sizeBytes };
          return;
        }
        const rate = createRate();
        const report = (doneBytes: number, message: string | null): void => {
          const bytesPerSecond = rate.bytesPerSecond(parts.clock.nowMs(), doneBytes);
          on.progress(pick, {
            phase: 'downloading',
            source: 'archive',
            version: candidate.version,
            doneBytes,
            totalBytes: sizeBytes,
            bytesPerSecond,
            etaMs: sizeBytes === null ? null : etaMsOf(sizeBytes - doneBytes, bytesPerSecond),
            message,
          });
        };
        const downloaded = await downloadArchive(
          { ...parts, home: into.work },
          { component, url: parts.mirror.at(url), format, sha256, sizeBytes },
          { bytes: (doneBytes) => report(doneBytes, null), trouble: (text) => report(0, text) },
          signal,
        );
        await parts.files.makeFolder(dirname(target), 0o755);
        await parts.files.chmod(downloaded.file, 0o644);
        await parts.files.rename(downloaded.file, target);
        found[path] = { sha256, sizeBytes: downloaded.sizeBytes };
      }),
    ),
  );
  return { platforms, files: found };
};
