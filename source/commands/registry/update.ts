import { BootyError } from '../../core/error.ts';
import { bootyHome } from '../../core/paths.ts';
import type { RemoteEntry } from '../../trust/registry-list.ts';
import type { Context } from '../context.ts';
import { errorLines } from '../print.ts';
import { registryPlaces } from '../registries-of.ts';
import type { RegistryVerb } from './verb.ts';
import { whileUpdating } from './while-updating.ts';

export const updateRegistries: RegistryVerb = {
  name: 'update',
  usage: 'registry update [NAME]',
  summary: 'ask the hosts of remote registries for newer metadata; what they say is checked, or not taken',
  options: {},
  wordsMin: 0,
  wordsMax: 1,
  run: async (context, args) => {
    const [name] = args.positionals;
    const { readList } = await import('../../trust/registry-list.ts');
    const list = await readList(context.ports.files, bootyHome(context.ports.host));
    const remote = list.filter((entry) => 'url' in entry);
    const wanted = name === undefined ? remote : remote.filter((entry) => entry.name === name);
    if (name !== undefined && wanted.length === 0) {
      throw new BootyError('REGISTRY_UNKNOWN', { registry: name, known: remote.map((entry) => entry.name) });
    }
    const outcomes: Outcome[] = [];
    for (const entry of wanted) outcomes.push(await update(context, entry));
    if (args.flag('json')) {
      await context.print.json({
        registries: outcomes.map(({ error, ...rest }) => ({ ...rest, error: error ?? null })),
      });
    } else await printOutcomes(context, outcomes);
    return outcomes.every(({ error }) => error === null) ? 0 : 1;
  },
};

type Outcome = {
  readonly name: string;
  readonly url: string;
  readonly version: number | null;
  readonly expiresAtMs: number | null;
  readonly error: Error | null;
};

/** One that cannot be updated is no reason not to ask the others. */
const update = async (context: Context, entry: RemoteEntry): Promise<Outcome> => {
  const { ports } = context;
  const { name, url } = entry;
  const { updateRemote } = await import('../../trust/tuf/update.ts');
  const { requireLayer } = await import('../../trust/open-registries.ts');
  const places = await registryPlaces(context);
  try {
    const { versions, expiresAtMs } = await whileUpdating(context, (signal) =>
      updateRemote(ports, places.home, entry, {
        accept: (registry) => requireLayer(ports, places, entry, registry),
        signal,
      }),
    );
    const first = Math.min(...Object.values(expiresAtMs));
    return { name, url, version: versions.timestamp, expiresAtMs: first, error: null };
  } catch (error) {
    if (!(error instanceof BootyError)) throw error;
    return { name, url, version: null, expiresAtMs: null, error };
  }
};

const printOutcomes = async ({ print, ports }: Context, outcomes: readonly Outcome[]): Promise<void> => {
  const { ageText } = await import('../../trust/age.ts');
  if (outcomes.length === 0)
    print.note('booty: there is no remote registry; add one with: booty registry add URL --root …');
  for (const { name, url, version, expiresAtMs, error } of outcomes) {
    if (error !== null) for (const line of errorLines(error)) print.note(line);
    else {
      const left = ageText((expiresAtMs ?? 0) - ports.clock.nowMs());
      await print.line(`${name} is up to date with ${url}: version ${version}, good for ${left}`);
    }
  }
};
