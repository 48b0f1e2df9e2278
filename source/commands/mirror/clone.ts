import { joinCommand } from '../../config/split-command.ts';
import { BootyError, reasonOf } from '../../core/error.ts';
import { type Platform, platforms } from '../../registry/schema.ts';
import type { Cloned, CloneWant } from '../../store/mirror/clone.ts';
import { platformName } from '../../store/sources/archive/platform.ts';
import type { Arguments, Context } from '../context.ts';
import { parseWanted, whileFetching } from '../install-wanted.ts';
import { errorLines } from '../print.ts';
import { stackWants } from '../stack-wants.ts';
import { targetToStart } from '../target.ts';
import { bytesText } from '../text.ts';

type Outcome = { readonly want: CloneWant; readonly result: Cloned | Error };

/** `booty mirror clone`; resolves to the exit code. Throws USAGE. */
export const cloneMirror = async (
  context: Context,
  args: Arguments,
  folder: string,
  names: readonly string[],
): Promise<number> => {
  const { print } = context;
  const asked = platformsOf(args.text('platform'));
  const store = await context.openStore();
  const wanted = args.flag('all')
    ? (await store.overview()).map((row): CloneWant => ({ component: row.package, range: null }))
    : names.length > 0
      ? names.map(parseWanted)
      : await stackWants(context, await stackOf(context, args), platformName(context.ports.host));
  const outcomes: Outcome[] = [];
  await whileFetching(context, (progress, signal) =>
    store.clone(
      folder,
      wanted,
      asked,
      { progress, settled: (want, result) => void outcomes.push({ want, result }) },
      signal,
    ),
  );
  if (args.flag('json')) await print.json(documentOf(folder, outcomes));
  else await printOutcomes(context, folder, outcomes);
  if (outcomes.some(({ result }) => result instanceof BootyError && result.code === 'CUT_SHORT')) return 130;
  return outcomes.some(({ result }) => result instanceof Error || result.missing.length > 0) ? 1 : 0;
};

const stackOf = (context: Context, args: Arguments) =>
  targetToStart(context, args).catch((error: unknown) => {
    if (!(error instanceof BootyError) || error.code !== 'CONFIG_NOT_FOUND') throw error;
    const problem = 'booty mirror clone needs names, --all, or a stack whose components to clone (there is none here)';
    throw new BootyError('USAGE', { problem, usage: 'booty mirror clone DIR NAME[@RANGE]…' }, { cause: error });
  });

const platformsOf = (text: string | undefined): readonly Platform[] =>
  (text ?? '')
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const found = platforms.find((known) => known === word);
      if (found !== undefined) return found;
      const problem = `there is no platform ${word} (there are: ${platforms.join(', ')})`;
      throw new BootyError('USAGE', {
        problem,
        usage: 'booty mirror clone DIR NAME… --platform linux-amd64,linux-arm64',
      });
    });

const documentOf = (folder: string, outcomes: readonly Outcome[]) => ({
  folder,
  cloned: outcomes.flatMap(({ result }) => (result instanceof Error ? [] : [result])),
  failed: outcomes.flatMap(({ want: { component, range }, result }) =>
    result instanceof Error
      ? [{ component, range, error: result instanceof BootyError ? result.toJSON() : { message: reasonOf(result) } }]
      : [],
  ),
});

const printOutcomes = async ({ print }: Context, folder: string, outcomes: readonly Outcome[]): Promise<void> => {
  let cloned = 0;
  for (const { result } of outcomes) {
    if (result instanceof Error) {
      for (const line of errorLines(result)) print.note(line);
      continue;
    }
    cloned += 1;
    const where = result.platforms.length === 0 ? 'any platform with Go' : result.platforms.join(', ');
    const why = result.reason === null ? '' : print.paint('dim', `  (${result.reason})`);
    await print.line(
      `${result.component} ${result.version} from ${result.source}  ${bytesText(result.sizeBytes)}  ${where}${why}`,
    );
    for (const platform of result.missing)
      print.note(`booty: ${result.component} ${result.version} is not to be had for ${platform}`);
  }
  if (cloned < outcomes.length) print.note(`booty: ${cloned} of ${outcomes.length} cloned`);
  if (cloned > 0) {
    const word = joinCommand([folder]);
    print.note(`use it: BOOTY_MIRROR=${word} booty up; or over the network: booty mirror serve ${word}`);
  }
};
