import { resolve } from 'node:path';
import { BootyError } from '../../core/error.ts';
import type { KeyBook } from '../../trust/tuf/keys.ts';
import type { Context } from '../context.ts';
import type { RegistryVerb } from './verb.ts';

export const registryKeys: RegistryVerb = {
  name: 'keys',
  usage: 'registry keys [new | rotate ROLE] KEYS [--root-keys N --threshold N]',
  summary: 'make, show or exchange the keys that sign a registry; each is a file with mode 0600',
  options: {
    'root-keys': { type: 'string', value: 'N', help: 'keys new: how many keys the root has (default 1)' },
    threshold: { type: 'string', value: 'N', help: 'keys new: how many of them must sign it (default 1)' },
  },
  wordsMin: 1,
  wordsMax: 3,
  run: async (context, args) => {
    const { ports, print, folder } = context;
    const { createKeys, isRole, readKeyBook, rotateKey } = await import('../../trust/tuf/keys.ts');
    const words = [...args.positionals];
    const bad = (problem: string): BootyError =>
      new BootyError('USAGE', { problem: `booty registry keys: ${problem}`, usage: `booty ${registryKeys.usage}` });
    const verb = words.length > 1 ? words.shift() : 'show';
    const role = verb === 'rotate' ? (words.shift() ?? '') : null;
    if (words.length !== 1) throw bad('one folder of keys is needed');
    const where = resolve(folder, words[0] ?? '');
    const count = (name: string): number => {
      const text = args.text(name) ?? '1';
      if (!/^\d{1,2}$/.test(text)) throw bad(`--${name} is a number`);
      return Number(text);
    };
    let book: KeyBook;
    if (verb === 'new') {
      book = await createKeys(ports.files, where, { rootKeys: count('root-keys'), threshold: count('threshold') });
      print.note(`Keep the root keys of ${where} away from machines that sign every day, and copies of them safe.`);
    } else if (verb === 'rotate') {
      if (role === null || !isRole(role)) throw bad(`${role} is no role (root, targets, snapshot, timestamp)`);
      const { book: next, retired } = await rotateKey(ports.files, where, role);
      book = next;
      print.note(`${retired.file} is retired; the next booty registry sign needs the root keys, old ones included.`);
    } else if (verb === 'show') book = await readKeyBook(ports.files, where);
    else throw bad(`there is no ${verb}`);
    if (args.flag('json')) await print.json({ folder: where, roles: book.roles });
    else await printBook(context, where, book);
    return 0;
  },
};

const printBook = async ({ print, ports }: Context, where: string, book: KeyBook): Promise<void> => {
  for (const [role, { threshold, keys }] of Object.entries(book.roles)) {
    await print.line(`${role}: ${threshold} of ${keys.length} must sign`);
    for (const { id, file } of keys) {
      const isThere = (await ports.files.stat(`${where}/${file}`)) !== null;
      await print.line(`  ${id}  ${file}${isThere ? '' : ' (not in this folder)'}`);
    }
  }
};
