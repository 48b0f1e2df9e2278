import { BootyError } from '../../core/error.ts';
import type { Context } from '../context.ts';

/** Runs what asks a host, with a signal that SIGINT, SIGTERM and SIGHUP abort; what is there then is left as it was. */
export const whileUpdating = async <Result>(
  { terminal }: Pick<Context, 'terminal'>,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const abort = new AbortController();
  const stop = (): void => abort.abort(new BootyError('REGISTRY_CUT_SHORT', {}));
  const offs = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((what) => terminal.on(what, stop));
  try {
    return await run(abort.signal);
  } finally {
    for (const off of offs) off();
  }
};
