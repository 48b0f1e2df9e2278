import type { Context } from './context.ts';

const pollMs = 5;
const timeoutMs = 2_000;

/**
Resolves once the daemon has ended, so that nothing of a stack is there any more when the command that took it down
returns; after two seconds in any case.
*/
export const daemonGone = async (context: Context, pid: number | null): Promise<void> => {
  const { clock, host } = context.ports;
  const deadlineMs = clock.steadyMs() + timeoutMs;
  while (pid !== null && (await host.identityOf(pid)) !== null && clock.steadyMs() < deadlineMs) {
    await new Promise<void>((resolve) => clock.after(pollMs, resolve));
  }
};
