import type { UiLink } from '../../api/protocol.ts';
import { formatClock } from '../format.ts';
import { lineWidth, span, type Line, type Span } from '../line.ts';
import type { Seen } from '../ui-state.ts';

/** What can be opened in a browser, as many to a row as fit whole. */
export const linkLines = (links: readonly UiLink[], width: number): readonly Line[] => {
  const lines: Span[][] = [];
  for (const link of links) {
    const piece = [span(link.title, 'dim'), span(' '), span(link.url, 'accent')];
    const last = lines.at(-1);
    if (last && lineWidth(last) + 3 + lineWidth(piece) <= width) last.push(span('   '), ...piece);
    else lines.push([span(' '), ...piece]);
  }
  return lines;
};

/** What is not as one would expect: moved ports, a stack that lost its owner. */
export const noteLines = (seen: Seen): readonly Line[] => {
  const notes = seen.notes.map((note): Line => [span(' ! ', 'warn'), span(note)]);
  if (seen.orphanedAtMs === null) return notes;
  const lost = `the screen this stack was tied to went away at ${formatClock(seen.orphanedAtMs)} without a word; all ran on`;
  return [[span(' ! ', 'warn'), span(lost)], ...notes];
};
