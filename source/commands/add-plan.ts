import { catalog, componentNames, findRecipe } from '../catalog/catalog.ts';
import type { Recipe } from '../catalog/recipe.ts';
import { addService } from '../config/add-service.ts';
import { findConfig } from '../config/find.ts';
import { loadDefinition } from '../config/load.ts';
import { namePattern } from '../config/stack-name.ts';
import { nearest } from '../config/suggest.ts';
import { parseVersionRange } from '../config/version-range.ts';
import { withText } from '../config/with-text.ts';
import { BootyError } from '../core/error.ts';
import type { StackDefinition } from '../core/model.ts';
import { checkDefinition } from '../stack/check.ts';
import { jointsOf, type Joints } from '../stack/joints.ts';
import { whereIs } from '../stack/where.ts';
import type { Context } from './context.ts';

/** What `booty add` would do; nothing is done yet. */
export type AddPlan = Joints & {
  readonly file: string;
  readonly service: string;
  readonly component: string;
  readonly title: string;
  /** As written, or null. */
  readonly version: string | null;
  /** Port names and the numbers they take unless those are taken. */
  readonly ports: Readonly<Record<string, number>>;
  /** How a command of the user's finds it; null when it has no port. */
  readonly reference: string | null;
  readonly textBefore: string;
  readonly text: string;
};

/**
Plans to add a system to the booty.yaml of the folder. Throws what the loader throws for the file as it is,
COMPONENT_NOT_KNOWN, USAGE for a bad name or range, SERVICE_EXISTS, ADD_REFUSED when the stack would not be sound with it,
CONFIG_NOT_EDITABLE when there is no place in the file that can be written to.
*/
export const planToAdd = async (
  context: Context,
  asked: { readonly wanted: string; readonly as: string | undefined; readonly file: string | undefined },
): Promise<AddPlan> => {
  const { files, host } = context.ports;
  const { recipe, word, version } = wantedSystem(asked.wanted);
  const file = await fileToEdit(context, asked.file);
  const load = (text: string | null): Promise<StackDefinition> => {
    const seen = text === null ? files : withText(files, file, text);
    return loadDefinition({ files: seen, path: file, environment: host.environment });
  };
  const before = await load(null);
  const service = newName(asked.as ?? word, recipe, before, asked.as !== undefined);
  const textBefore = (await files.readText(file)) ?? '';
  const keys = { component: recipe.name, ...(version === null ? {} : { version }) };
  const text = addService(textBefore, { name: service, keys, comment: commentOf(recipe) });
  const definition = text === null ? null : await load(text).catch(() => null);
  if (text === null || definition === null || !isOneMore(before, definition, service)) {
    const lines = `services: {${service}: {${Object.entries(keys)
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
      .join(', ')}}}`;
    throw new BootyError('CONFIG_NOT_EDITABLE', {
      path: file,
      found: 'its services are not written as a plain map',
      lines,
    });
  }
  refuseUnsound(definition, service, file);
  const ports = Object.entries(recipe.ports).map(([name, port]) => [name, port.default] as const);
  return {
    file,
    service,
    component: recipe.name,
    title: recipe.title,
    version,
    ports: Object.fromEntries(ports),
    ...jointsOf(definition, service),
    reference: ports.length > 0 ? `\${{ services.${service}.url }}` : null,
    textBefore,
    text,
  };
};

const wantedSystem = (
  wanted: string,
): { readonly recipe: Recipe; readonly word: string; readonly version: string | null } => {
  const [word = '', ...rest] = wanted.split('@');
  const recipe = findRecipe(word);
  if (recipe === null) {
    const names = catalog.flatMap(({ name, aliases }) => [name, ...aliases]);
    throw new BootyError('COMPONENT_NOT_KNOWN', {
      component: word,
      nearest: nearest(word, names),
      known: componentNames,
    });
  }
  if (rest.length === 0) return { recipe, word, version: null };
  const range = parseVersionRange(rest.join('@'));
  if (!range.ok) throw usage(`${range.fault.message}; ${range.fault.fix}`);
  // As the person typed it: what it stands for is the loader's business.
  return { recipe, word, version: rest.join('@') };
};

const fileToEdit = async ({ ports, folder }: Context, written: string | undefined): Promise<string> => {
  const { files, host } = ports;
  const path = written ?? (await findConfig(files, folder, host.homeFolder)) ?? `${folder}/booty.yaml`;
  const absolute = path.startsWith('/') ? path : `${folder}/${path}`;
  // A link stays a link: what it leads to is written.
  return files.realPath(absolute).catch(() => absolute);
};

const newName = (name: string, recipe: Recipe, before: StackDefinition, isChosen: boolean): string => {
  if (!namePattern.test(name))
    throw usage(`${JSON.stringify(name)} is no name for a service: lower-case letters, digits, - and _`);
  const same = before.services.find((service) => service.name === name);
  // One of a kind is what people have: another one has to be meant.
  const alike = before.services.find(({ component }) => component !== null && findRecipe(component) === recipe);
  const other = same ?? (isChosen ? undefined : alike);
  if (other === undefined) return name;
  throw new BootyError('SERVICE_EXISTS', {
    service: other.name,
    file: before.file ?? '',
    where: whereIs(before, `services.${other.name}`),
    component: recipe.name,
  });
};

const usage = (problem: string): BootyError =>
  new BootyError('USAGE', { problem, usage: 'booty add NAME[@RANGE] [--as SERVICE]' });

const commentOf = (recipe: Recipe): string => {
  const ports = Object.entries(recipe.ports).map(([name, port]) => `${name} ${port.default}`);
  return `${recipe.title}${ports.length > 0 ? `; ports unless taken: ${ports.join(', ')}` : ''}.`;
};

/** Whether the file says what it said before, and the new service besides. */
const isOneMore = (before: StackDefinition, after: StackDefinition, service: string): boolean =>
  after.services.at(-1)?.name === service &&
  JSON.stringify(after.services.slice(0, -1)) === JSON.stringify(before.services);

const refuseUnsound = (definition: StackDefinition, service: string, file: string): void => {
  const [problem] = checkDefinition(definition);
  if (problem === undefined) return;
  const facts = problem.facts as { readonly components?: readonly string[]; readonly where?: string | null };
  // The lines it speaks of are not there yet.
  const sentence = problem.message.replace(`${facts.where ?? ''}: `, '');
  const first = problem.code === 'NEED_UNMET' ? facts.components?.[0] : undefined;
  const fix =
    first === undefined
      ? problem.hint
      : `add first what it needs: booty add ${facts.components?.join(', or booty add ')}`;
  throw new BootyError('ADD_REFUSED', { service, file, problem: sentence, fix });
};
