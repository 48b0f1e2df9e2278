import { resolve } from 'node:path';
import { BootyError } from '../../core/error.ts';
import type { RegistryVerb } from './verb.ts';

export const signRegistry: RegistryVerb = {
  name: 'sign',
  usage: 'registry sign DIR --keys KEYS [--expires 30d]',
  summary: 'sign DIR/registry.json, so that any web server can serve DIR to others',
  options: {
    keys: { type: 'string', value: 'KEYS', help: 'sign: folder of keys, made by booty registry keys new' },
    expires: {
      type: 'string',
      value: 'TIMES',
      help: 'sign: how long it is good for (90d, or timestamp=12h,root=400d); default 30d, 90d, 90d and 365d for the root',
    },
  },
  wordsMin: 1,
  wordsMax: 1,
  run: async (context, args) => {
    const { ports, print, folder } = context;
    const [word = ''] = args.positionals;
    const keys = args.text('keys');
    const usage = `booty ${signRegistry.usage}`;
    if (keys === undefined) throw new BootyError('USAGE', { problem: 'booty registry sign needs --keys', usage });
    const { parseLifetimes } = await import('../../trust/tuf/lifetimes.ts');
    const sign = await import('../../trust/tuf/sign.ts');
    const signed = await sign.signRegistry(ports.files, {
      folder: resolve(folder, word),
      keys: resolve(folder, keys),
      ...parseLifetimes(args.text('expires')),
      nowMs: ports.clock.nowMs(),
    });
    if (args.flag('json')) {
      await print.json(signed);
      return 0;
    }
    for (const [role, version] of Object.entries(signed.versions)) {
      const isFresh = signed.fresh.some((each) => each === role);
      const expires = signed.expires[role as keyof typeof signed.expires];
      await print.line(`${role.padEnd(9)} version ${version}, until ${expires}${isFresh ? '' : ' (as before)'}`);
    }
    await print.line(`serve ${word}; others add it with: booty registry add URL --root ${signed.firstRootSha256}`);
    return 0;
  },
};
