import { createClient } from '../api/client.ts';
import { BootyError } from '../core/error.ts';
import type { StackRow } from '../core/model.ts';
import type { Context } from './context.ts';
import type { Target } from './target.ts';

/** A busy machine makes a daemon slow, and one that was stopped (SIGSTOP) says nothing for ever. */
const silenceMsMax = 10_000;

/**
How a stack stands, by its daemon. Throws DAEMON_UNREACHABLE when nobody is at the socket, DAEMON_SILENT when somebody is and
does not answer in time.
*/
export const rowInTime = async (
  context: Context,
  target: Pick<Target, 'stack' | 'paths'>,
  timeoutMs = silenceMsMax,
): Promise<StackRow> => {
  const { ports } = context;
  const { stack, paths } = target;
  const silent = Promise.withResolvers<never>();
  const cancel = ports.clock.after(timeoutMs, () => {
    daemonAtWork(context, target).then(
      (pid) => silent.reject(new BootyError('DAEMON_SILENT', { stack, pid, afterMs: timeoutMs })),
      (error: unknown) => silent.reject(error),
    );
  });
  try {
    return await Promise.race([createClient(ports.channels, stack, paths.socket).ps(), silent.promise]);
  } finally {
    cancel();
  }
};

/** The pid of a daemon that holds the stack's lock and does not answer yet, or any more; null when there is none. */
export const daemonAtWork = async (
  { ports }: Pick<Context, 'ports'>,
  { paths }: Pick<Target, 'paths'>,
): Promise<number | null> => {
  const text = await ports.files.readText(paths.lockFile).catch(() => null);
  const [, pid, start] = /^\{"pid":(\d+),"start":"(\d+)"/.exec(text ?? '') ?? [];
  const identity = pid === undefined ? null : await ports.host.identityOf(Number(pid));
  return identity?.startTicks === start ? (identity?.pid ?? null) : null;
};
