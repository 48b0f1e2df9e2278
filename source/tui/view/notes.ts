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

/** The first rows of the links; where there are more, the last row ends with how many. */
export const linkRows = (links: readonly UiLink[], width: number, rows: number): readonly Line[] => {
  const lines = linkLines(links, width);
  if (rows < 1 || lines.length <= rows) return lines.slice(0, rows);
  for (let shown = links.length - 1; shown > 0; shown -= 1) {
    const kept = linkLines(links.slice(0, shown), width);
    const last = kept.at(-1) ?? [];
    const more = span(`   +${links.length - shown} more`, 'accent');
    if (kept.length <= rows && lineWidth([...last, more]) <= width) return [...kept.slice(0, -1), [...last, more]];
  }
  return [[span(` +${links.length} more`, 'accent'), span(': [?] shows the links', 'dim')]];
};

/** What is not as one would expect: moved ports, a stack that lost its owner. */
export const noteLines = (seen: Seen): readonly Line[] => {
  const notes = seen.notes.map((note): Line => [span(' ! ', 'warn'), span(note)]);
  if (seen.orphanedAtMs === null) return notes;
  const lost = `the screen this stack was tied to went away at ${formatClock(seen.orphanedAtMs)} without a word; all ran on`;
  return [[span(' ! ', 'warn'), span(lost)], ...notes];
};
