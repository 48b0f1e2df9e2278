import type { Host } from '../../ports.ts';

const askMsMax = 120_000;

/**
Which booty is installed in a folder and which is newer, asked of its own `self upgrade --plan`; null when none is newer, or
its kind of installation cannot tell, or the signal aborts: nothing of the question runs on then. Changes nothing but what
`git fetch` notes.
*/
export const askOwnVersion = async (
  host: Pick<Host, 'run'>,
  packageFolder: string,
  signal: AbortSignal,
): Promise<{ readonly current: string; readonly newest: string } | null> => {
  const command = [`${packageFolder}/bin/booty`, 'self', 'upgrade', '--plan', '--json'];
  const { code, stdout } = await host.run(command, { timeoutMs: askMsMax, signal });
  if (code !== 0) return null;
  const { current, newest } = JSON.parse(stdout) as { readonly current?: unknown; readonly newest?: unknown };
  return typeof current === 'string' && typeof newest === 'string' ? { current, newest } : null;
};
