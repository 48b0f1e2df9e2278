import type { Line } from '../tui/line.ts';
import { lookFor, paint } from '../tui/theme.ts';
import type { Context } from './context.ts';

const columnsMax = 100;

/** How lines of the upgrade screen come out as text on this terminal, and how wide. */
export type UpgradePainter = { readonly draw: (line: Line) => string; readonly width: number };

/** Coloured only where colours are shown and wanted; at most 100 columns wide. */
export const upgradePainter = ({ terminal, ports }: Context): UpgradePainter => {
  const { environment } = ports.host;
  const isPlain = !terminal.outputIsTerminal || Boolean(environment['NO_COLOR']) || environment['TERM'] === 'dumb';
  const look = lookFor(environment);
  const draw = (line: Line): string => (isPlain ? line.map(({ text }) => text).join('') : paint(line, look)).trimEnd();
  return { draw, width: Math.min(columnsMax, terminal.columns) };
};
