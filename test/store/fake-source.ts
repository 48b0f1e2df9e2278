import { join } from 'node:path';
import { BootyError } from '../../source/core/error.ts';
import type { Files } from '../../source/ports.ts';
import type { Candidate, Source } from '../../source/store/sources/source.ts';

/**
A source whose packages are little scripts, for tests of what the store does with any source. `versions` by package; a
package in `failing` is offered but cannot be fetched.
*/
export const fakeSource = (
  files: Files,
  versions: Readonly<Record<string, readonly string[]>>,
  options: {
    readonly name?: string;
    readonly unusable?: string;
    readonly trouble?: BootyError;
    readonly failing?: readonly string[];
    readonly suite?: string;
    /** What every fetch ends with. */
    readonly error?: BootyError;
    /** Of what is downloaded, as the source says. */
    readonly sha256?: string;
    /** Awaited within each fetch. */
    readonly hold?: (signal: AbortSignal) => Promise<void>;
  } = {},
): Source & { readonly fetched: string[] } => {
  const fetched: string[] = [];
  return {
    name: options.name ?? 'fake',
    fetched,
    unusable: async () => options.unusable ?? null,
    offer: async () => ({
      candidates: new Map(
        Object.entries(versions).map(([name, list]) => [
          name,
          list.map((version): Candidate => ({ version, sourceVersion: `${version}-1`, suite: options.suite ?? null })),
        ]),
      ),
      trouble: options.trouble ?? null,
    }),
    fetch: async (picks, folder, on, signal) => {
      await options.hold?.(signal);
      for (const pick of picks) {
        fetched.push(`${pick.package} ${pick.candidate.version}`);
        if (options.error !== undefined) {
          on.settled(pick, options.error);
          continue;
        }
        if (options.failing?.includes(pick.package)) {
          const facts = { component: pick.package, sourceVersion: pick.candidate.sourceVersion, found: 'as told' };
          on.settled(pick, new BootyError('STORE_PACKAGE_BROKEN', facts));
          continue;
        }
        const found: Record<string, string> = {};
        for (const name of pick.entry.executables) {
          found[name] = join(folder, `${pick.package}-${pick.candidate.version}-${name}`);
          await files.append(found[name], `#!/bin/sh\necho ${name} ${pick.candidate.version}\n`, 0o755);
          await files.chmod(found[name], 0o4755);
        }
        const sha256 = options.sha256 ?? 'a'.repeat(64);
        on.settled(pick, { files: found, url: 'https://example.org/a', sha256, sizeBytes: 40 });
      }
    },
  };
};
