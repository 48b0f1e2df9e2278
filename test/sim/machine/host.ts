import path from 'node:path';
import { BootyError } from '../../../source/core/error.ts';
import type { CommandResult, Host } from '../../../source/ports.ts';
import type { Lifeline } from './lifeline.ts';

/** How a command ends, that it never does, or that there is none. */
export type Said = Partial<CommandResult> | 'silence' | 'missing';

/** The simulated machine itself; `run` answers for the commands that services are asked by. */
export const createFakeHost = (
  line: Lifeline,
  of: {
    readonly bootId: () => string;
    readonly environment: Readonly<Record<string, string>>;
    readonly isExecutable: (path: string) => boolean;
    readonly run: (command: readonly string[]) => Said;
  },
): Host => ({
  platform: 'linux',
  arch: 'x64',
  userId: 1000,
  userName: () => 'fake',
  environment: of.environment,
  homeFolder: '/home/fake',
  temporaryFolder: '/tmp',
  pid: line.pid,
  bootId: () => line.ask(of.bootId),
  identityOf: (pid) => line.ask(() => (pid === line.pid ? { pid, startTicks: '1', bootId: of.bootId() } : null)),
  findExecutable: async (name, from, search) => {
    if (name === '') return null;
    const folders = name.includes('/') ? [from] : search.split(':').map((folder) => path.resolve(from, folder));
    return folders.map((folder) => path.resolve(folder, name)).find(of.isExecutable) ?? null;
  },
  run: (command, { timeoutMs, signal, onLine }) => {
    const end = { code: null, signal: null, stdout: '', stderr: '', timedOut: false };
    const result = Promise.withResolvers<CommandResult>();
    const giveUp = line.after(timeoutMs, () => result.resolve({ ...end, signal: 'SIGKILL', timedOut: true }));
    const cancel = (): void => {
      giveUp();
      result.resolve({ ...end, signal: 'SIGKILL' });
    };
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) cancel();
    void line
      .ask(() => (command.length === 0 ? 'missing' : of.run(command)))
      .then((said) => {
        if (said === 'silence') return;
        giveUp();
        if (said === 'missing') {
          const problem = 'there is no such file';
          return result.reject(new BootyError('COMMAND_NOT_RUN', { command: command.join(' '), problem }));
        }
        const whole = { ...end, ...said };
        const lines = `${whole.stdout}\n${whole.stderr}`.split('\n').filter((text) => text !== '');
        for (const text of lines) onLine?.(text);
        result.resolve(whole);
      });
    return result.promise;
  },
});
