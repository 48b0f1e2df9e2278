import { keyLabel, keymap, type Mode } from '../keymap.ts';
import { span, type Line } from '../line.ts';
import { pad } from '../text.ts';

/** All keys, grouped by where they act; made from the keymap, so that it cannot say less or more than is true. */
export const helpLines = (): readonly Line[] =>
  groups.flatMap(({ title, mode }, index) => [
    ...(index === 0 ? [] : [[]]),
    [span(` ${title}`, 'accent')],
    ...keymap
      .filter((binding) => binding.modes.includes(mode))
      .filter((binding) => index === 0 || !binding.modes.includes('table') || mode === 'log')
      .filter((binding) => index === 0 || !isShared(binding.modes))
      .map((binding): Line => {
        const keys = binding.keys.map(keyLabel).join(' ');
        return [span(`   ${pad(keys, keysWidth)}`, 'strong'), span(binding.help)];
      }),
  ]);

const keysWidth = 18;

const groups: readonly { readonly title: string; readonly mode: Mode }[] = [
  { title: 'SERVICES', mode: 'table' },
  { title: 'LOG', mode: 'log' },
  { title: 'EVENTS', mode: 'events' },
  { title: 'MERGED LOGS', mode: 'logs' },
  { title: 'FETCH', mode: 'fetch' },
  { title: 'DOCTOR', mode: 'doctor' },
  { title: 'TYPING A SEARCH', mode: 'search' },
  { title: 'WHILE STOPPING', mode: 'stopping' },
  { title: 'LEAVING A TIED STACK', mode: 'leave' },
  { title: 'CONFIRMING', mode: 'confirm' },
  { title: 'TYPING A NAME', mode: 'name' },
  { title: 'CHOOSING A STACK', mode: 'chooser' },
  { title: 'THIS HELP', mode: 'help' },
];

/** Listed once, in the first group. */
const isShared = (modes: readonly Mode[]): boolean => modes.includes('table') && modes.length > 1;
