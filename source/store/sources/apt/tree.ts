import type { CommandResult, World } from '../../../ports.ts';
import { aptConfiguration, treePaths } from './configuration.ts';

/** Longest that apt may take; a mirror that goes silent is given up much earlier by apt itself. */
const commandMsMax = 1_800_000;

/** An apt of booty's own: its lists, caches and sources lie in one folder and nothing of the machine is changed. */
export type Tree = {
  readonly paths: ReturnType<typeof treePaths>;
  /** Makes the folder ready; idempotent. The lock's folder exists from here on. */
  prepare(): Promise<void>;
  /** Runs an apt command on the private tree; never rejects for its exit code. Rejects when the signal aborts. */
  run(command: readonly string[], options: RunOptions): Promise<CommandResult>;
  /** The same with the machine's own configuration, to ask what it is. */
  runPlain(command: readonly string[], signal: AbortSignal): Promise<CommandResult>;
};

type RunOptions = {
  readonly signal: AbortSignal;
  /** Ends the command too, yet with a result. */
  readonly giveUp?: AbortSignal;
  readonly onLine?: (line: string) => void;
  readonly workingDir?: string;
};

/** @param folder absolute; made with mode 0700, as source lines may hold passwords. */
export const createTree = ({ files, host }: Pick<World, 'files' | 'host'>, folder: string): Tree => {
  const paths = treePaths(folder);
  // Messages are read by parse.ts, so they must not be translated.
  const environment: Readonly<Record<string, string>> = {
    ...host.environment,
    LC_ALL: 'C',
    LANGUAGE: 'C',
    DEBIAN_FRONTEND: 'noninteractive',
  };
  const execute = async (
    [name = '', ...args]: readonly string[],
    { giveUp, ...options }: RunOptions,
  ): Promise<CommandResult> => {
    options.signal.throwIfAborted();
    // Looked up in the environment that was handed in, which need not be that of this process.
    const file = await host.findExecutable(name, '/', environment['PATH'] ?? '');
    const signal = giveUp ? AbortSignal.any([options.signal, giveUp]) : options.signal;
    const result = await host.run([file ?? name, ...args], {
      timeoutMs: commandMsMax,
      environment,
      ...options,
      signal,
    });
    options.signal.throwIfAborted();
    return result;
  };
  return {
    paths,
    prepare: async () => {
      await files.makeFolder(folder, 0o700);
      await files.makeFolder(paths.partialLists, 0o700);
      await files.makeFolder(paths.partialArchives, 0o700);
      if ((await files.readText(paths.status)) === null) await files.writeAtomic(paths.status, '', 0o600);
      await files.writeAtomic(paths.configuration, aptConfiguration(folder), 0o600);
    },
    run: ([name = '', ...args], options) => execute([name, '-c', paths.configuration, ...args], options),
    runPlain: (command, signal) => execute(command, { signal }),
  };
};
