import { parseArgs } from 'node:util';
import { BootyError, reasonOf } from '../core/error.ts';
import { commands } from './commands.ts';
import type { Arguments, Command, Context } from './context.ts';
import { commandHelp, overview } from './help.ts';
import { parseOptions } from './parse-options.ts';
import { setOffCommand } from './set-off-command.ts';

/** Runs what the words after `booty` ask for and resolves to the exit code; never rejects. */
export const runCommand = async (context: Context, words: readonly string[]): Promise<number> => {
  const [verb = '', ...rest] = words;
  const command = commands.find((each) => each.name === verb);
  // After `--` stand the words of another command, or names.
  const own = command ? setOffCommand(command, rest) : rest;
  const asJson = own.slice(0, own.includes('--') ? own.indexOf('--') : own.length).includes('--json');
  try {
    return await dispatch(context, words);
  } catch (thrown) {
    const error = systemError(thrown) ?? thrown;
    await context.print.error(error, asJson);
    return error instanceof BootyError ? error.exitCode : 1;
  }
};

const dispatch = async (context: Context, words: readonly string[]): Promise<number> => {
  const [verb, ...rest] = words;
  if (verb === undefined || verb === 'help' || verb === '--help' || verb === '-h') {
    const about = verb === 'help' ? commands.find((command) => command.name === rest[0]) : undefined;
    await context.print.line((about ? commandHelp(about) : overview()).join('\n'));
    // Called with nothing, it has not done anything: that is a usage error, said kindly.
    return verb === undefined ? 2 : 0;
  }
  if (verb === '--version' || verb === '-V' || verb === 'version') {
    await context.print.line(`booty ${context.version}`);
    return 0;
  }
  const command = commands.find((each) => each.name === verb);
  if (!command) {
    const close = commands.find((each) => !each.hidden && (each.name.startsWith(verb) || verb.startsWith(each.name)));
    const problem = `there is no command ${verb}${close ? `; did you mean ${close.name}?` : ''}`;
    throw new BootyError('USAGE', { problem, usage: 'booty --help' });
  }
  const args = readArguments(command, rest);
  if (args === 'help') {
    await context.print.line(commandHelp(command).join('\n'));
    return 0;
  }
  return command.run(context, args);
};

const readArguments = (command: Command, words: readonly string[]): Arguments | 'help' => {
  const usage = `booty ${command.usage}`;
  const options = parseOptions(command);
  try {
    const { values, positionals } = parseArgs({
      args: [...setOffCommand(command, words)],
      options,
      allowPositionals: true,
      strict: true,
    });
    if (values['help'] === true) return 'help';
    if (positionals.length > command.positionalsMax) {
      throw new Error(`unexpected word '${positionals[command.positionalsMax]}'`);
    }
    return {
      text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
      flag: (name) => values[name] === true,
      positionals,
    };
  } catch (error) {
    // parseArgs explains at length how to pass a dash; its first sentence says what is wrong.
    const problem = `booty ${command.name}: ${reasonOf(error).split('. ', 1)[0]}`;
    throw new BootyError('USAGE', { problem, usage });
  }
};

/** What the system refused is no bug of booty: the path and the reason are all there is to say. */
const systemError = (thrown: unknown): BootyError | null => {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('path' in thrown)) return null;
  const { code, path } = thrown;
  if (typeof code !== 'string' || typeof path !== 'string' || !/^E[A-Z]+$/.test(code)) return null;
  return new BootyError('FILE_REFUSED', { path, why: code }, { cause: thrown });
};
