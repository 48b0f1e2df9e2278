import { bootyHome } from '../../core/paths.ts';
import type { World } from '../../ports.ts';
import { readList } from '../../trust/registry-list.ts';

const updateMsMax = 120_000;

/**
Has the user's remote registries ask their hosts for newer metadata, by booty's own `registry update`, so that what it loads
for that is gone with it; asks nobody where there are none. Returns why some could not be updated, a sentence each: what
is known of them stays. Ends, leaving nothing running, when the signal aborts.
*/
export const updateAside = async (
  { host, files }: Pick<World, 'host' | 'files'>,
  packageFolder: string,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  // A list that cannot be read is told of by whoever reads the registries.
  const list = await readList(files, bootyHome(host)).catch(() => []);
  if (!list.some((entry) => 'url' in entry)) return [];
  const command = [`${packageFolder}/bin/booty`, 'registry', 'update', '--json'];
  const { stdout, stderr, timedOut } = await host.run(command, {
    ...{ timeoutMs: updateMsMax, signal, environment: host.environment },
  });
  if (signal.aborted) return [];
  if (timedOut) return [`remote registries did not answer within ${updateMsMax / 1_000} s`];
  try {
    const { registries } = JSON.parse(stdout) as {
      readonly registries: readonly { readonly name: string; readonly error: { readonly message: string } | null }[];
    };
    return registries.flatMap(({ name, error }) => (error === null ? [] : [`registry ${name}: ${error.message}`]));
  } catch {
    return [`remote registries could not be updated: ${stderr.trim().split('\n')[0] ?? ''}`];
  }
};
