import { BootyError } from '../../core/error.ts';
import { bootyHome } from '../../core/paths.ts';
import type { RegistryVerb } from './verb.ts';

export const removeRegistry: RegistryVerb = {
  name: 'remove',
  usage: 'registry remove NAME',
  summary: 'take a registry off your list; what is installed stays',
  options: {},
  wordsMin: 1,
  wordsMax: 1,
  run: async (context, args) => {
    const [name = ''] = args.positionals;
    const { files, host } = context.ports;
    const home = bootyHome(host);
    const { changeList } = await import('../../trust/registry-list.ts');
    const { cacheFolder } = await import('../../trust/tuf/cache.ts');
    await changeList(files, home, (list) => {
      if (list.some((entry) => entry.name === name)) return list.filter((entry) => entry.name !== name);
      throw new BootyError('REGISTRY_UNKNOWN', { registry: name, known: list.map((entry) => entry.name) });
    });
    await files.remove(cacheFolder(home, name));
    if (args.flag('json')) await context.print.json({ removed: name });
    else await context.print.line(`${name} is not asked any more; what is installed stays`);
    return 0;
  },
};
