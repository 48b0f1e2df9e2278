import { join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import type { Fetched, Pick as Picked } from '../source.ts';
import { checksumError, findGo, goComplaint, goEnvironment } from './command.ts';

/** A large server on a slow machine, its modules over a slow line. */
const buildMsMax = 30 * 60_000;

/**
Builds all executables of a pick below `folder` with `go install`, without cgo and without paths of this machine in them.
Throws STORE_BUILD_FAILED when Go refuses or cannot, STORE_SOURCE_FAILED when modules are not to be had, STORE_SIGNATURE
when they are not what the checksum database knows, and whatever the signal aborts with. `environment` says where modules
come from, if not from where the machine's Go is set to.
*/
export const build = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  { package: component, entry, candidate: { sourceVersion } }: Picked,
  folder: string,
  onStep: (phase: 'downloading' | 'unpacking', message: string) => void,
  signal: AbortSignal,
  environment: Readonly<Record<string, string>> = {},
): Promise<Fetched> => {
  const go = await findGo(host);
  const buildError = (command: string, found: string): BootyError =>
    new BootyError('STORE_BUILD_FAILED', { component, sourceVersion, command, found });
  const built: { readonly name: string; readonly file: string; readonly url: string }[] = [];
  const own = await files.makeTemporary(folder, `${component}-`);
  for (const [name, importPath] of Object.entries(entry.go?.executables ?? {})) {
    const target = `${importPath}@${sourceVersion}`;
    const words = ['install', '-v', '-trimpath', '-ldflags=-s -w', ...(entry.go?.flags ?? []), target];
    const byHand = `go install -trimpath ${target}`;
    if (go === null) throw buildError(byHand, 'go is here no more');
    // A folder for each: what Go calls an executable follows from its path, not from what it is called here.
    const bin = join(own, `${name}.bin`);
    const work = join(own, `${name}.work`);
    for (const each of [bin, work]) await files.makeFolder(each, 0o755);
    onStep('downloading', `building ${target}`);
    const result = await host.run([go, ...words], {
      timeoutMs: buildMsMax,
      // What a build that is cut short leaves behind goes with the folder.
      environment: { ...goEnvironment, ...environment, GOBIN: bin, GOTMPDIR: work },
      workingDir: work,
      onLine: (line) => {
        const [, module] = /^go: downloading (.+)$/.exec(line) ?? [];
        if (module !== undefined) onStep('downloading', module);
        else if (/^\S+$/.test(line)) onStep('unpacking', `compiling ${line}`);
      },
      signal,
    });
    signal.throwIfAborted();
    if (result.code !== 0) {
      const found = goComplaint(result);
      const source = { source: 'go', doing: `fetching ${target}`, found };
      throw (
        checksumError(result, target) ??
        (/ (replace|exclude) directives/.test(result.stderr.replaceAll(/\s+/g, ' '))
          ? buildError(byHand, 'its go.mod replaces modules by others, which Go follows in its own source tree only')
          : isAway.test(found)
            ? new BootyError('STORE_SOURCE_FAILED', source)
            : buildError(byHand, found))
      );
    }
    const [file, ...others] = await files.list(bin);
    if (file === undefined || others.length > 0) throw buildError(byHand, `it is no program: ${importPath}`);
    built.push({ name, file: join(bin, file), url: `pkg:golang/${target}` });
  }
  const downloads = await Promise.all(
    built.map(async ({ file, url }) => {
      const sizeBytes = (await files.stat(file))?.sizeBytes ?? 0;
      return { url, sha256: await files.sha256(file), sizeBytes };
    }),
  );
  const [first, ...others] = downloads;
  if (first === undefined) throw buildError('go version', 'the registry names nothing to build');
  const executables = Object.fromEntries(built.map(({ name, file }) => [name, file]));
  return { files: executables, ...first, ...(others.length > 0 && { others }) };
};

/** What Go says when its proxy, or a host behind it, does not answer or does not give. */
const isAway = /\bdial tcp\b|\bno such host\b|\btimeout\b|\bproxyconnect\b|: (4\d\d|5\d\d) [A-Z]/;
