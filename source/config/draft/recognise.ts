import type { Files } from '../../ports.ts';
import { parseDotenv } from '../dotenv.ts';
import { resolvePath } from '../path.ts';
import { readText } from '../read-text.ts';
import type { ComposeWorld } from './compose-service.ts';
import type { Draft, DraftService } from './draft.ts';
import { readCompose } from './read-compose.ts';
import { readGoMod } from './read-go-mod.ts';
import { readPackageJson } from './read-package-json.ts';
import { readProcfile } from './read-procfile.ts';

/** Compose's own names in its own order of preference. */
const composeNames = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/**
What a folder tells of the programs that run in it. A compose file and a Procfile name them outright; where neither has
a command of the folder's own, package.json and go.mod are asked. Reads only, and takes what it cannot read for absent.
*/
export const recognise = async (
  { files, folder }: { readonly files: Files; readonly folder: string },
  {
    componentOf,
    environment,
  }: Pick<ComposeWorld, 'componentOf'> & {
    readonly environment: Readonly<Record<string, string>>;
  },
): Promise<Draft> => {
  const textOf = async (name: string): Promise<string | null> => {
    const text = await readText(files, resolvePath(folder, name));
    return text.ok ? text.value : null;
  };
  const own = (name: string) => environment[name];
  const dotenv = parseDotenv('.env', (await textOf('.env')) ?? '', own).values;
  const world = { componentOf, isSet: (name: string) => own(name) !== undefined || dotenv.has(name) };
  const compose = await firstCompose(textOf, { files, folder, world });
  const procfile = readProcfile((await textOf('Procfile')) ?? '');
  const named = [...(compose?.services ?? []), ...procfile];
  const hasOwn = named.some(({ keys }) => 'command' in keys);
  const programs = hasOwn ? [] : await programsIn({ files, folder });
  return unique({ services: [...named, ...programs], skipped: compose?.skipped ?? [] });
};

type Place = { readonly files: Files; readonly folder: string };

const firstCompose = async (
  textOf: (name: string) => Promise<string | null>,
  { files, folder, world }: Place & { readonly world: Omit<ComposeWorld, 'programIn'> },
): Promise<Draft | null> => {
  for (const name of composeNames) {
    const text = await textOf(name);
    if (text === null) continue;
    const programs = new Map<string, DraftService | undefined>();
    const programIn: ComposeWorld['programIn'] = (context) => {
      if (!programs.has(context)) programs.set(context, undefined);
      const [command, from] = [programs.get(context)?.keys['command'], programs.get(context)?.from];
      return typeof command === 'string' && from !== undefined ? { command, from } : null;
    };
    // The first reading tells which folders are asked for, the second knows what is in them.
    readCompose(text, name, { ...world, programIn });
    for (const context of programs.keys()) {
      const [program] = await programsIn({ files, folder: resolvePath(folder, context) });
      programs.set(context, program);
    }
    const draft = readCompose(text, name, { ...world, programIn });
    if (draft !== null) return draft;
  }
  return null;
};

/** By the files of the language: package.json first, as it names what is meant to be run. */
const programsIn = async ({ files, folder }: Place): Promise<readonly DraftService[]> => {
  const names = await namesIn(files, folder);
  const textOf = async (name: string): Promise<string | null> => {
    const text = await readText(files, resolvePath(folder, name));
    return text.ok ? text.value : null;
  };
  const packageJson = names.includes('package.json') ? await textOf('package.json') : null;
  const script = packageJson === null ? null : readPackageJson(packageJson, names);
  if (script !== null) return [script];
  const goMod = names.includes('go.mod') ? await textOf('go.mod') : null;
  if (goMod === null) return [];
  const programs: string[] = [];
  for (const name of names.includes('cmd') ? await namesIn(files, resolvePath(folder, 'cmd')) : []) {
    if ((await files.stat(resolvePath(folder, `cmd/${name}/main.go`))) !== null) programs.push(name);
  }
  return readGoMod(goMod, { hasMain: names.includes('main.go'), programs });
};

const namesIn = (files: Files, folder: string): Promise<readonly string[]> =>
  files.list(folder).catch((): readonly string[] => []);

/** One name, one service: who came first has it. */
const unique = ({ services, skipped }: Draft): Draft => {
  const first = (name: string) => services.find((service) => service.name === name);
  const twice = services.filter((service) => first(service.name) !== service);
  const why = ({ name }: DraftService) => `${first(name)?.from} has one of that name`;
  return {
    services: services.filter((service) => !twice.includes(service)),
    skipped: [...skipped, ...twice.map((service) => ({ name: service.name, from: service.from, why: why(service) }))],
  };
};
