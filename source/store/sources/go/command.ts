import { BootyError } from '../../../core/error.ts';
import type { CommandResult, World } from '../../../ports.ts';

/** Where Go's own installation instructions put it, which not everybody has on PATH. */
export const goPlace = '/usr/local/go/bin';

/** Absolute path of `go`, or null. */
export const findGo = async (host: World['host']): Promise<string | null> =>
  (await host.findExecutable('go', '/', host.environment['PATH'] ?? '')) ??
  (await host.findExecutable('go', '/', goPlace));

/** How Go is called, for it not to follow the settings of a module, workspace or shell it happens to run in. */
export const goEnvironment = {
  GO111MODULE: 'on',
  GOFLAGS: '-mod=mod',
  GOWORK: 'off',
  // A newer compiler is not fetched behind the user's back.
  GOTOOLCHAIN: 'local',
  CGO_ENABLED: '0',
} as const;

/** The line of Go's output that says what went wrong: neither what it fetches nor the packages that `-v` names. */
export const goComplaint = ({ stderr, code, signal, timedOut }: CommandResult): string => {
  if (timedOut) return 'it took too long and was ended';
  const lines = stderr.split('\n').map((line) => line.trim());
  const telling = lines.find((line) => line.includes(' ') && !/^(#|go: (downloading|finding|extracting) )/.test(line));
  return telling?.replace(/^go: /, '') ?? `go ended with ${code ?? signal}`;
};

/** The checksum database, or a go.sum, knows other bytes: nobody is asked instead. Null when that is not what happened. */
export const checksumError = (result: CommandResult, address: string): BootyError | null => {
  if (!/SECURITY ERROR|checksum mismatch/.test(result.stderr)) return null;
  return new BootyError('STORE_SIGNATURE', { source: 'go', address, found: goComplaint(result) });
};

/** A cache of Go's below a folder of booty's, which stays as removable as any other folder. */
export const goCache = (folder: string): Readonly<Record<string, string>> => ({
  GOPATH: folder,
  GOMODCACHE: `${folder}/pkg/mod`,
  GOFLAGS: `${goEnvironment.GOFLAGS} -modcacherw`,
});
