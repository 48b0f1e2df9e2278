import { parse } from 'semver';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import type { Candidate, Offer, Wanted } from '../source.ts';
import { checksumError, findGo, goComplaint, goEnvironment } from './command.ts';

const listMsMax = 10_000;

/** Asks Go's module proxy for the versions of all packages that are Go modules; one that fails is refused with its reason. */
export const offer = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  wanted: readonly Wanted[],
  signal: AbortSignal,
  environment: Readonly<Record<string, string>> = {},
): Promise<Offer> => {
  const candidates = new Map<string, readonly Candidate[]>();
  const refused = new Map<string, BootyError>();
  const modules = new Map(wanted.flatMap(({ package: name, entry }) => (entry.go ? [[name, entry.go.module]] : [])));
  const go = modules.size > 0 ? await findGo(host) : null;
  if (go === null) return { candidates, trouble: null };
  // An empty folder, so that no go.mod of the user is read or changed.
  const workingDir = await files.makeTemporary(host.temporaryFolder, 'booty-go-');
  try {
    await Promise.all(
      [...modules].map(async ([name, module]) => {
        const command = [go, 'list', '-m', '-versions', '-json', module];
        const options = { timeoutMs: listMsMax, environment: { ...goEnvironment, ...environment }, workingDir, signal };
        const result = await host.run(command, options);
        signal.throwIfAborted();
        const versions = result.code === 0 ? parseVersions(result.stdout) : null;
        if (versions !== null) candidates.set(name, versions);
        else {
          const facts = { source: 'go', doing: `asking for the versions of ${module}`, found: goComplaint(result) };
          refused.set(name, checksumError(result, module) ?? new BootyError('STORE_SOURCE_FAILED', facts));
        }
      }),
    );
  } finally {
    await files.remove(workingDir);
  }
  return { candidates, trouble: null, refusal: (name) => refused.get(name) ?? null };
};

/**
Releases in an answer of `go list -m -versions -json` (https://go.dev/ref/mod#go-list-m); a module without tags has none.
Pre-releases are left out, `+incompatible` is no part of the version. Null when it is no such answer.
*/
export const parseVersions = (text: string): readonly Candidate[] | null => {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof answer !== 'object' || answer === null) return null;
  const versions = 'Versions' in answer ? answer.Versions : [];
  if (!Array.isArray(versions)) return null;
  return versions.flatMap((sourceVersion: unknown): Candidate[] => {
    const version = typeof sourceVersion === 'string' && sourceVersion.startsWith('v') ? parse(sourceVersion) : null;
    if (version === null || version.prerelease.length > 0) return [];
    return [{ version: version.version, sourceVersion: String(sourceVersion), suite: null }];
  });
};
