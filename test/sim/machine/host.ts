import type { CommandResult, Host } from '../../../source/ports.ts';
import type { Lifeline } from './lifeline.ts';

/** The simulated machine itself; `run` answers for the commands that services are asked by. */
export const createFakeHost = (
  line: Lifeline,
  bootId: () => string,
  environment: Readonly<Record<string, string>>,
  run: (command: readonly string[]) => Partial<CommandResult> | 'silence',
): Host => ({
  platform: 'linux',
  arch: 'x64',
  userId: 1000,
  environment,
  homeFolder: '/home/fake',
  temporaryFolder: '/tmp',
  pid: line.pid,
  bootId: () => line.ask(bootId),
  identityOf: (pid) => line.ask(() => (pid === line.pid ? { pid, startTicks: '1', bootId: bootId() } : null)),
  findExecutable: async (name) => `/usr/bin/${name}`,
  run: (command, { timeoutMs }) => {
    const end = { code: null, signal: null, stdout: '', stderr: '', timedOut: false };
    const result = Promise.withResolvers<CommandResult>();
    const giveUp = line.after(timeoutMs, () => result.resolve({ ...end, signal: 'SIGKILL', timedOut: true }));
    void line
      .ask(() => run(command))
      .then((said) => {
        if (said === 'silence') return;
        giveUp();
        result.resolve({ ...end, ...said });
      });
    return result.promise;
  },
});
