import { lineWidth, span, type Line } from '../line.ts';
import { shownPanes } from '../pane-names.ts';
import type { Look } from '../theme.ts';
import { paneNames } from '../pane-state.ts';
import type { UiState } from '../ui-state.ts';
import { ruleLine } from './rule.ts';

/** The rule above a pane: its title, and where there is room all panes with their keys. */
export const paneRule = (state: UiState, title: Line, look: Look): Line => {
  const { columns } = state.size;
  const names = shownPanes(state);
  const strip = names.flatMap((name, index): Line => [
    ...(index === 0 ? [] : [span('  ')]),
    span(`${paneNames.indexOf(name) + 1} ${name}`, name === state.pane ? 'accent' : 'dim'),
  ]);
  const fits = lineWidth(title) + lineWidth(strip) + 9 <= columns;
  return ruleLine(title, fits ? strip : [], columns, look);
};
