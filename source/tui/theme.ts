/**
How meaning looks: sixteen-colour SGR sequences (ECMA-48) and symbols with an ASCII twin. Colour is never the only
carrier: each state has its word and its symbol too, so NO_COLOR and a serial console lose nothing.
*/
import type { ServiceState } from '../core/model.ts';
import type { Line, Tone } from './line.ts';

export type Symbols = {
  readonly states: Readonly<Record<ServiceState, string>>;
  readonly rule: string;
  readonly barDone: string;
  readonly barLeft: string;
  readonly pointer: string;
  readonly more: string;
  readonly separator: string;
  readonly pending: string;
  /** Beside a marked service. */
  readonly mark: string;
  readonly up: string;
  readonly down: string;
};

export type Look = { readonly colour: boolean; readonly symbols: Symbols };

/**
The look a terminal can show, from its environment: NO_COLOR (https://no-color.org) takes colours away, bold and
inverse stay; a locale that is not UTF-8, or the Linux console, gets ASCII symbols.
*/
export const lookFor = (environment: Readonly<Record<string, string | undefined>>): Look => {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || 'C.UTF-8';
  const hasUnicode = /utf-?8/i.test(locale) && environment['TERM'] !== 'linux';
  return { colour: !environment['NO_COLOR'], symbols: hasUnicode ? unicodeSymbols : asciiSymbols };
};

/** The line with its tones as SGR sequences, each closed again. */
export const paint = (line: Line, look: Look): string =>
  line.map(({ text, tone }) => (text.trim() === '' && tone !== 'chosen' ? text : wrap(text, tone, look))).join('');

const wrap = (text: string, tone: Tone, look: Look): string => {
  const codes = look.colour ? colours[tone] : attributes[tone];
  return codes.reduce((inner, [open, close]) => `\u001B[${open}m${inner}\u001B[${close}m`, text);
};

type Codes = readonly (readonly [open: number, close: number])[];
const bold = [1, 22] as const;
const dim = [2, 22] as const;
const inverse = [7, 27] as const;

const colours: Readonly<Record<Tone, Codes>> = {
  plain: [],
  dim: [dim],
  strong: [bold],
  accent: [[36, 39]],
  good: [[32, 39]],
  warn: [[33, 39]],
  bad: [[31, 39], bold],
  alarm: [[31, 39], inverse, bold],
  chosen: [inverse],
  found: [[33, 39], inverse],
  hue1: [[36, 39]],
  hue2: [[33, 39]],
  hue3: [[35, 39]],
  hue4: [[32, 39]],
  hue5: [[34, 39]],
  hue6: [[96, 39]],
};

const attributes: Readonly<Record<Tone, Codes>> = {
  plain: [],
  dim: [dim],
  strong: [bold],
  accent: [],
  good: [],
  warn: [bold],
  bad: [bold],
  alarm: [inverse, bold],
  chosen: [inverse],
  found: [inverse],
  hue1: [],
  hue2: [],
  hue3: [],
  hue4: [],
  hue5: [],
  hue6: [],
};

const unicodeSymbols: Symbols = {
  states: {
    waiting: '·',
    fetching: '↓',
    starting: '◐',
    ready: '●',
    unhealthy: '!',
    stopping: '◌',
    stopped: '○',
    completed: '✓',
    failed: '✗',
    backoff: '↻',
    skipped: '–',
  },
  rule: '─',
  barDone: '█',
  barLeft: '░',
  pointer: '›',
  more: '…',
  separator: '·',
  pending: '…',
  mark: '▪',
  up: '↑',
  down: '↓',
};

const asciiSymbols: Symbols = {
  states: {
    waiting: '.',
    fetching: 'v',
    starting: '~',
    ready: '*',
    unhealthy: '!',
    stopping: '~',
    stopped: 'o',
    completed: '+',
    failed: 'X',
    backoff: '@',
    skipped: '-',
  },
  rule: '-',
  barDone: '#',
  barLeft: '.',
  pointer: '>',
  more: '>',
  separator: '|',
  pending: '~',
  mark: '+',
  up: '^',
  down: 'v',
};

/** Tone of a state wherever it is named. */
export const toneOfState: Readonly<Record<ServiceState, Tone>> = {
  waiting: 'dim',
  fetching: 'accent',
  starting: 'accent',
  ready: 'good',
  unhealthy: 'warn',
  stopping: 'warn',
  stopped: 'dim',
  completed: 'good',
  failed: 'bad',
  backoff: 'warn',
  skipped: 'dim',
};
