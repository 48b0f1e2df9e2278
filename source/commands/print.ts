import { BootyError, reasonOf } from '../core/error.ts';
import { plainText } from '../core/plain-text.ts';
import type { Terminal } from '../ports.ts';

/** The only writer to stdout and stderr: results go to stdout, everything said about them to stderr. */
export type Print = {
  readonly line: (text: string) => Promise<void>;
  readonly json: (value: unknown) => Promise<void>;
  /** As they are, with no end of line added. */
  readonly bytes: (bytes: Uint8Array) => Promise<void>;
  /** For people, on stderr; of what others wrote into it only the words are shown. */
  readonly note: (text: string) => void;
  readonly error: (error: unknown, asJson: boolean) => Promise<void>;
  readonly paint: (tone: Tone, text: string) => string;
};

export type Tone = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

const codes: Readonly<Record<Tone, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

/** Between the colours of `paint`, which stay: servers, mirrors and file names say what they like. */
const withoutTricks = (text: string): string =>
  text
    .split(painted)
    .map((piece, index) => (index % 2 === 1 ? piece : plainText(piece, '\n\t')))
    .join('');

const painted = new RegExp(`(\x1b\\[(?:${Object.values(codes).flat().join('|')})m)`);

/** Colours only where a terminal shows them and nobody asked for none (https://no-color.org, TERM=dumb). */
export const createPrint = (terminal: Terminal, environment: Readonly<Record<string, string>>): Print => {
  const plain = Boolean(environment['NO_COLOR']) || environment['TERM'] === 'dumb' || !terminal.outputIsTerminal;
  const paint: Print['paint'] = (tone, text) =>
    plain ? text : `\x1b[${codes[tone][0]}m${text}\x1b[${codes[tone][1]}m`;
  const note: Print['note'] = (text) => terminal.writeError(`${withoutTricks(text)}\n`);
  return {
    line: (text) => terminal.write(`${text}\n`),
    json: (value) => terminal.write(`${JSON.stringify(value)}\n`),
    bytes: (bytes) => terminal.write(bytes),
    note,
    error: async (error, asJson) => {
      if (asJson) {
        await terminal.write(
          `${JSON.stringify(error instanceof BootyError ? error : { code: 'BUG', message: reasonOf(error), hint: 'please report this', exitCode: 1, facts: null, cause: null })}\n`,
        );
        return;
      }
      for (const line of errorLines(error)) note(line);
    },
    paint,
  };
};

/** An error as a person reads it: what, what to do next, and what was behind it. */
export const errorLines = (error: unknown): readonly string[] => {
  if (!(error instanceof BootyError)) {
    return [`booty: a bug: ${error instanceof Error ? (error.stack ?? error.message) : reasonOf(error)}`];
  }
  const behind = error.cause === undefined ? '' : reasonOf(error.cause);
  // Some, as zod's, begin with a mere bracket.
  const isSaid = !/\p{L}/u.test(behind) || error.message.includes(behind);
  const cause = isSaid ? [] : [`  because: ${behind}`];
  return [`booty: ${error.message}`, ...cause, `  hint: ${error.hint}`];
};
