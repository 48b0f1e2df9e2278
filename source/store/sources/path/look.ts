import { coerce } from 'semver';
import { reasonOf } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import type { RegistryPackage } from '../../../registry/schema.ts';

const versionMsMax = 5_000;

/** A package on PATH: its version, and the absolute real path of each executable. */
export type Found = {
  readonly version: string;
  readonly sourceVersion: string;
  readonly executables: Readonly<Record<string, string>>;
};

/**
Looks for all executables of a package, by upstream's names and by Debian's, and asks one of them for its version.
Answers with a sentence when there is none that can be used: one is missing, or it does not tell its version (Debian's
victoria-metrics prints an empty one).
*/
export const look = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  packageName: string,
  entry: RegistryPackage,
  signal: AbortSignal,
): Promise<Found | string> => {
  const executables: Record<string, string> = {};
  for (const name of entry.executables) {
    const debianName = entry.apt?.executables[name]?.split('/').at(-1);
    const file =
      (await host.findExecutable(name, '/', host.environment['PATH'] ?? '')) ??
      (debianName ? await host.findExecutable(debianName, '/', host.environment['PATH'] ?? '') : null);
    if (file === null) return `there is no ${name}`;
    executables[name] = await files.realPath(file);
  }
  const { versionCommand } = entry;
  const asked = versionCommand && executables[versionCommand.executable];
  if (!versionCommand || !asked) return `how to ask ${packageName} for its version is not known`;
  try {
    const command = [asked, ...versionCommand.arguments];
    const { stdout, stderr, timedOut } = await host.run(command, { timeoutMs: versionMsMax, signal });
    if (timedOut) return `${asked} did not tell its version within ${versionMsMax / 1_000} s`;
    // Some print it to stderr, and not before a line that is none.
    const text = /\bv?(\d+\.\d+(?:\.\d+)?)\b/.exec(`${stdout}\n${stderr}`)?.[1];
    const version = coerce(text)?.version;
    if (!text || !version) return `${asked} does not tell its version`;
    return { version, sourceVersion: text, executables };
  } catch (error) {
    signal.throwIfAborted();
    return `${asked} does not run: ${reasonOf(error)}`;
  }
};
