import { createContext, Script } from 'node:vm';

/**
Runs something synchronous and ends it after the time: a regular expression somebody typed may otherwise run for
years, and with it the loop. Throws TimedOut then. Costs about 0.2 ms a call, for the thread that keeps the time.
*/
export const guarded = <Result>(run: () => Result, timeoutMs: number): Result => {
  let result: { readonly value: Result } | null = null;
  context.run = () => {
    result = { value: run() };
  };
  try {
    script.runInContext(context, { timeout: timeoutMs });
  } catch (error) {
    // It comes from another realm, whose Error is not ours.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TimedOut();
    throw error;
  } finally {
    context.run = () => {};
  }
  if (result === null) throw new TimedOut();
  return (result as { readonly value: Result }).value;
};

export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

const context: { run: () => void } = { run: () => {} };
createContext(context);
const script = new Script('run()');
