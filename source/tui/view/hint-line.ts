import type { Command } from '../command.ts';
import type { Binding, Mode } from '../binding.ts';
import { keyLabel } from '../key-label.ts';
import { keymap } from '../keymap.ts';
import { lineWidth, span, type Line } from '../line.ts';

/** `[l] log  [r] restart …` as far as whole ones fit: those one can do without go first, the last two never. */
export const hintLine = (mode: Mode, width: number, wordsOf: (binding: Binding) => string | null): Line => {
  let pieces = keymap.flatMap((binding) => {
    const words = binding.modes.includes(mode) ? wordsOf(binding) : null;
    if (words === null) return [];
    const piece = [span(`[${keyLabel(binding.keys[0] ?? '')}]`, 'accent'), span(` ${words}`, 'dim'), span('  ')];
    return [{ piece, rank: hintDropRanks[binding.command] ?? 0 }];
  });
  const widthOfAll = () => 1 + pieces.reduce((sum, { piece }) => sum + lineWidth(piece), 0) - 2;
  while (pieces.length > 2 && widthOfAll() > width) {
    const candidates = pieces.slice(0, -2);
    const worst = Math.max(...candidates.map(({ rank }) => rank));
    const dropped = candidates.findLast(({ rank }) => rank === worst);
    pieces = pieces.filter((one) => one !== dropped);
  }
  // The last one needs no gap behind it.
  return [span(' '), ...pieces.flatMap(({ piece }) => piece).slice(0, -1)];
};

/** The highest goes first where not all fit; those not named go last. */
const hintDropRanks: Readonly<Partial<Record<Command, number>>> = {
  stacks: 6,
  'upgrade.look': 6,
  'upgrade.skip': 5,
  'upgrade.later': 5,
  'log.search': 5,
  'log.start': 4,
  'log.end': 4,
  'log.open': 3,
  'service.toggle': 2,
  'stack.stop': 1.5,
  'service.restart': 1,
};
