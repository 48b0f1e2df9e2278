import { lineWidth, span, type Line } from '../line.ts';
import type { Look } from '../theme.ts';

/** A title on a dim rule over the whole width, with something on the right: `── LOG nats ───────── following ──`. */
export const ruleLine = (title: Line, right: Line, width: number, look: Look): Line => {
  const { rule } = look.symbols;
  const used = lineWidth(title) + lineWidth(right);
  const tail = right.length === 0 ? [] : [span(' '), ...right, span(` ${rule}${rule}`, 'dim')];
  const between = Math.max(0, width - used - (right.length === 0 ? 4 : 8));
  return [span(`${rule}${rule} `, 'dim'), ...title, span(' '), span(rule.repeat(between), 'dim'), ...tail];
};
