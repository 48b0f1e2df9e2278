import { resolve } from 'node:path';
import { BootyError } from '../../core/error.ts';
import { bootyHome } from '../../core/paths.ts';
import type { RegistryVerb } from './verb.ts';

export const addRegistry: RegistryVerb = {
  name: 'add',
  usage: 'registry add FILE [--name NAME]',
  summary: 'lay a registry file over those there are',
  options: { name: { type: 'string', value: 'NAME', help: 'how it is called here (default: by its file)' } },
  wordsMin: 1,
  wordsMax: 1,
  run: async (context, args) => {
    const [word = ''] = args.positionals;
    const { host } = context.ports;
    const file = resolve(context.folder, word);
    const { changeList } = await import('../../trust/registry-list.ts');
    const { tryLayer } = await import('../../trust/open-registries.ts');
    const { registryPlaces } = await import('../registries-of.ts');
    const name = args.text('name') ?? nameOf(file);
    const home = bootyHome(host);
    // What cannot be used is not added: it would stop every installation until somebody takes it away again.
    const layer = await tryLayer(context.ports, await registryPlaces(context), { name, file });
    if (layer.error !== null) throw layer.error;
    await changeList(context.ports.files, home, (list) => {
      if (list.some((entry) => entry.name === name)) {
        const problem = `booty registry add: there is a registry ${name} already`;
        throw new BootyError('USAGE', { problem, usage: `booty ${addRegistry.usage}` });
      }
      return [...list, { name, file }];
    });
    if (args.flag('json')) await context.print.json({ added: { name, file } });
    else await context.print.line(`${name} is laid over the registries before it; see: booty registry list`);
    return 0;
  },
};

/** `/srv/acme.registry.json` → acme; `/srv/acme/registry.json` → acme. */
const nameOf = (file: string): string => {
  const [base = '', folder = ''] = file.split('/').toReversed();
  const stem = base.replace(/\.json$/, '').replace(/\.?registry$/, '');
  return (
    (stem || folder)
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]+/g, '-')
      .replace(/^[-_]+/, '')
      .slice(0, 40) || 'added'
  );
};
