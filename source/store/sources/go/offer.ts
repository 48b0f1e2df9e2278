import { parse as parseVersion } from 'semver';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import { commitVersion } from '../../../registry/release-version.ts';
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
  const modules = new Map(wanted.flatMap(({ package: name, entry }) => (entry.go ? [[name, entry.go]] : [])));
  const go = modules.size > 0 ? await findGo(host) : null;
  if (go === null) return { candidates, trouble: null };
  // An empty folder, so that no go.mod of the user is read or changed.
  const workingDir = await files.makeTemporary(host.temporaryFolder, 'booty-go-');
  try {
    await Promise.all(
      [...modules].map(async ([name, { module, versions: naming }]) => {
        const asked = naming === 'date' ? [`${module}@latest`] : ['-versions', module];
        const command = [go, 'list', '-m', '-json', ...asked];
        const options = { timeoutMs: listMsMax, environment: { ...goEnvironment, ...environment }, workingDir, signal };
        const result = await host.run(command, options);
        signal.throwIfAborted();
        const parse = naming === 'date' ? parseCommit : parseVersions;
        const versions = result.code === 0 ? parse(result.stdout) : null;
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
  const answer = parseObject(text);
  if (answer === null) return null;
  const versions = 'Versions' in answer ? answer.Versions : [];
  if (!Array.isArray(versions)) return null;
  return versions.flatMap((sourceVersion: unknown): Candidate[] => {
    const version =
      typeof sourceVersion === 'string' && sourceVersion.startsWith('v') ? parseVersion(sourceVersion) : null;
    if (version === null || version.prerelease.length > 0) return [];
    return [{ version: version.version, sourceVersion: String(sourceVersion), suite: null }];
  });
};

/** The one version in an answer of `go list -m -json MODULE@latest`, where that is a commit; null when it is none. */
const parseCommit = (text: string): readonly Candidate[] | null => {
  const answer = parseObject(text);
  const sourceVersion = answer !== null && 'Version' in answer ? answer.Version : null;
  const version = typeof sourceVersion === 'string' ? commitVersion(sourceVersion) : null;
  return version === null ? null : [{ version, sourceVersion: String(sourceVersion), suite: null, note: newestCommit }];
};

const newestCommit = 'the newest commit, as upstream gives its Go module no versions';

const parseObject = (text: string): object | null => {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' ? answer : null;
  } catch {
    return null;
  }
};
