import { findRecipe } from '../catalog/catalog.ts';
import type { Draft, DraftService } from '../config/draft/draft.ts';
import { recognise } from '../config/draft/recognise.ts';
import { settleDraft, type DraftProblem } from '../config/draft/settle-draft.ts';
import { writeDraft } from '../config/draft/write-draft.ts';
import { loadDefinition } from '../config/load.ts';
import { withText } from '../config/with-text.ts';
import { BootyError } from '../core/error.ts';
import type { StackDefinition } from '../core/model.ts';
import { checkDefinition } from '../stack/check.ts';
import type { Context } from './context.ts';
import { schemaForEditors } from './schema-path.ts';

/**
The booty.yaml that `booty init` writes to `file`, sound as it is. Throws CONFIG_INVALID when something beside it, such as
`.env`, keeps every booty.yaml of this folder from loading.
*/
export const draftFor = async (
  context: Context,
  file: string,
): Promise<{ readonly draft: Draft; readonly text: string }> => {
  const { files, host } = context.ports;
  const options = { schema: await schemaForEditors(context) };
  const check = async (draft: Draft): Promise<readonly DraftProblem[]> => {
    const overlay = withText(files, file, writeDraft(draft, options));
    try {
      const definition = await loadDefinition({ files: overlay, path: file, environment: host.environment });
      return checkDefinition(definition).map((problem) => problemOf(problem, definition));
    } catch (error) {
      return problemsOf(error, file);
    }
  };
  const componentOf = (name: string) => {
    const recipe = findRecipe(name);
    if (recipe === null) return null;
    const ports = Object.entries(recipe.ports).map(([port, written]) => [port, written.default] as const);
    const scheme = Object.values(recipe.ports)[0]?.scheme ?? 'http';
    return { component: recipe.name, scheme, ports: Object.fromEntries(ports) };
  };
  const found = await recognise({ files, folder: context.folder }, { componentOf, environment: host.environment });
  const settled = await settleDraft(found, check);
  const draft = settled.services.length > 0 ? settled : { ...settled, services: [placeholder] };
  const left = await check(draft);
  if (left[0] !== undefined) throw new BootyError('ASSERTION', { claim: `what init writes is sound: ${left[0].why}` });
  return { draft, text: writeDraft(draft, options) };
};

/** For a folder that tells nothing. */
const placeholder: DraftService = {
  name: 'main',
  from: 'booty',
  about: ['In the place of your program: write its command. Its port is in the environment as PORT.'],
  keys: { command: ['sh', '-c', 'while sleep 5; do date; done'], ports: { http: 'auto' }, restart: 'unless-stopped' },
  hints: [
    'healthcheck: {http: "${{ services.main.url }}/health"}',
    'offers: {metrics: /metrics, http-route: /}',
    'environment: {NATS_URL: "${{ services.nats.url }}"}',
  ],
};

const problemsOf = (error: unknown, file: string): readonly DraftProblem[] => {
  if (!(error instanceof BootyError) || error.code !== 'CONFIG_INVALID') throw error;
  const { problems } = (error as BootyError<'CONFIG_INVALID'>).facts;
  return problems.map((problem) => {
    const [root, service, key = null] = problem.path.split('.');
    // What stands in another file, and not because of a service, no draft can mend.
    if (root !== 'services' && problem.file !== file) throw error;
    return { service: service ?? '', key, why: problem.message.replace(/^services\.[^.\s]+\.?/, '') };
  });
};

const problemOf = (error: BootyError, { file }: StackDefinition): DraftProblem => {
  const facts = error.facts as { readonly service?: string; readonly cycle?: readonly string[] };
  const why = error.message.replace(`${file}:`, '').replace(/^\d+:\d+: /, '');
  if (facts.cycle !== undefined) return { service: facts.cycle[0] ?? '', key: 'depends_on', why };
  return { service: facts.service ?? '', key: null, why };
};
