import { BootyError, reasonOf } from '../core/error.ts';
import { type Arguments, type Command, type Context, jsonOption } from './context.ts';
import { installWanted, type Outcome, parseWanted, type Wanted } from './install-wanted.ts';
import { errorLines } from './print.ts';
import { noteRegistries } from './registry-notes.ts';

export const install: Command = {
  name: 'install',
  summary: 'fetch components into the store',
  usage: 'install NAME[@RANGE]… [--json]',
  details: [
    'The newest version in the range is taken from the first source that has it: archive (upstream, by the hashes of the',
    "registry), apt (this machine's Debian archive), go (built here from its Go module, where there is a Go), path (what",
    'is on PATH already). BOOTY_SOURCES=apt,archive orders or limits them; BOOTY_MIRROR (a URL or folder of `booty mirror',
    'clone`, or HOST=URL pairs for archives) says where all is fetched. What is installed already and fits is left as it',
    'is. An interrupted download goes on where it ended.',
  ],
  options: jsonOption,
  exitCodes: { 1: 'one or more could not be installed; the others are', 130: 'cut short' },
  examples: [
    'booty install nats',
    "booty install 'nats@~2.9' 'nats@~2.10'   # side by side",
    "booty install 'victoria-metrics@^1.150' caddy",
    'BOOTY_SOURCES=apt booty install nats',
  ],
  words: 'component',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const wanted = wantedOf(args);
    await noteRegistries(context);
    const outcomes = await installWanted(context, wanted);
    if (args.flag('json')) await context.print.json(documentOf(outcomes));
    else await printOutcomes(context, outcomes);
    return Math.max(0, ...outcomes.map(({ result }) => exitCodeOf(result)));
  },
};

const wantedOf = (args: Arguments): readonly Wanted[] => {
  const wanted = args.positionals.map(parseWanted);
  const usage = `booty ${install.usage}`;
  if (wanted.length === 0)
    throw new BootyError('USAGE', { problem: 'booty install needs the name of a component', usage });
  // The very same said twice is said once.
  return wanted.filter(
    (one, index) => wanted.findIndex((each) => each.component === one.component && each.range === one.range) === index,
  );
};

const exitCodeOf = (result: Outcome['result']): number => {
  if (!(result instanceof Error)) return 0;
  return result instanceof BootyError ? result.exitCode : 1;
};

const documentOf = (outcomes: readonly Outcome[]) => ({
  installed: outcomes.flatMap(({ component, result }) =>
    result instanceof Error ? [] : [{ ...result, package: result.component, component }],
  ),
  failed: outcomes.flatMap(({ component, range, result }) =>
    result instanceof Error
      ? [{ component, range, error: result instanceof BootyError ? result.toJSON() : { message: reasonOf(result) } }]
      : [],
  ),
});

const printOutcomes = async ({ print }: Context, outcomes: readonly Outcome[]): Promise<void> => {
  let installed = 0;
  for (const { component, result } of outcomes) {
    if (result instanceof Error) {
      for (const line of errorLines(result)) print.note(line);
      continue;
    }
    installed += 1;
    const why = result.reason === null ? '' : print.paint('dim', `  (${result.reason})`);
    await print.line(`${component} ${result.version} from ${result.source}  ${result.folder}${why}`);
  }
  if (installed < outcomes.length) print.note(`booty: ${installed} of ${outcomes.length} installed`);
};
