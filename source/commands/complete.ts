import { parseArgs } from 'node:util';
import { builtinStacks } from '../stack/builtin.ts';
import type { Arguments, Command, Context } from './context.ts';
import { parseOptions } from './parse-options.ts';
import { registriesOf } from './registries-of.ts';
import { rowInTime } from './row-in-time.ts';
import { knownStacks, targetToStart, targetToUse } from './target.ts';

/** Whoever presses Tab does not wait longer for a daemon that says nothing. */
const silenceMsMax = 1_000;

/**
What completion scripts ask while somebody types: one candidate a line, nothing at all when something is wrong. The
words after the kind are those typed so far, without the one under the cursor. Starts no daemon and looks at no network.
*/
export const createComplete = (all: () => readonly Command[]): Command => ({
  name: '__complete',
  summary: 'list what a word can be (asked by completion scripts)',
  usage: '__complete stack | component | service COMMAND [WORD…]',
  details: [],
  hidden: true,
  options: {},
  wordsBeforeCommand: 0,
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const [kind = '', verb = '', ...words] = args.positionals;
    const found = await candidates(context, all(), kind, verb, words).catch(() => []);
    if (found.length > 0) await context.print.line([...new Set(found)].join('\n'));
    return 0;
  },
});

const candidates = async (
  context: Context,
  commands: readonly Command[],
  kind: string,
  verb: string,
  words: readonly string[],
): Promise<readonly string[]> => {
  if (kind === 'stack') return [...builtinStacks, ...(await knownStacks(context)).map(({ name }) => name)];
  const command = commands.find((each) => each.name === verb);
  const typed = command && argumentsSoFar(command, words);
  if (typed && typed.positionals.length >= (command.wordsBeforeCommand ?? Number.POSITIVE_INFINITY)) return [];
  if (kind === 'component') return tools(context);
  if (kind !== 'service' || !typed) return [];
  const services = await serviceNames(context, typed);
  return services.filter((name) => !typed.positionals.includes(name));
};

/** Half a command line is rarely a right one: what cannot be read yet is left out. */
const argumentsSoFar = (command: Command, words: readonly string[]): Arguments => {
  const options = parseOptions(command);
  const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true, strict: false });
  return {
    text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
    flag: (name) => values[name] === true,
    positionals,
  };
};

const serviceNames = async (context: Context, typed: Arguments): Promise<readonly string[]> => {
  const running = await targetToUse(context, typed)
    .then((target) => rowInTime(context, target, silenceMsMax))
    .catch(() => null);
  if (running && running.services.length > 0) return running.services.map(({ name }) => name);
  const { definition } = await targetToStart(context, typed);
  return definition?.services.map(({ name }) => name) ?? [];
};

const tools = async (context: Context): Promise<readonly string[]> => {
  const { registry } = await registriesOf(context);
  return Object.values(registry.packages).flatMap((entry) => [...Object.keys(entry.components), ...entry.executables]);
};
