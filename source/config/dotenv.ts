import type { ConfigProblem } from '../core/errors/config.ts';
import type { Position } from '../core/model.ts';
import { faulty, parsed, type Parsed } from './fault.ts';
import { interpolate } from './interpolate.ts';
import { escapeReferences } from './reference.ts';

/** One variable of an env file. */
export type EnvValue = {
  /** May hold references; what only looks like one is escaped. */
  readonly text: string;
  /** The same as plain characters. */
  readonly plain: string;
  readonly position: Position;
};

type Statement = {
  readonly name: string;
  readonly value: { readonly text: string; readonly plain: string } | null;
  readonly end: number;
};

/**
Reads the lines of an env file by Compose's rules: `NAME=value`, `export NAME=value`, `NAME: value`, `NAME` alone (from
the environment, when set there), `#` comments. Unquoted values end at the line or at ` #`; single quotes keep
everything, double quotes know `\n`, `\r`, `\t`, `\"`, `\\`, `\$`; both may span lines. Variables go into unquoted and
double-quoted values, `valueOf` before earlier lines. A later line wins. Broken lines come as problems.
*/
export const parseDotenv = (
  file: string,
  text: string,
  valueOf: (name: string) => string | undefined,
): { readonly values: ReadonlyMap<string, EnvValue>; readonly problems: readonly ConfigProblem[] } => {
  const values = new Map<string, EnvValue>();
  const problems: ConfigProblem[] = [];
  const lookUp = (name: string) => valueOf(name) ?? values.get(name)?.plain;
  let line = 1;
  let counted = 0;
  for (let from = skipBlank(text, 0); from < text.length; from = skipBlank(text, from)) {
    line += lineBreaks(text.slice(counted, from));
    counted = from;
    const position = { file, line, column: from - text.lastIndexOf('\n', from - 1) };
    const statement = readStatement(text, from, lookUp);
    if (!statement.ok) {
      problems.push({ ...position, path: '', message: statement.fault.message, fix: statement.fault.fix });
      from = endOfLine(text, from);
      continue;
    }
    const { name, end } = statement.value;
    const inherited = valueOf(name);
    const value =
      statement.value.value ??
      (inherited === undefined ? null : { text: escapeReferences(inherited), plain: inherited });
    if (value !== null) values.set(name, { ...value, position });
    from = end;
  }
  return { values, problems };
};

/** Past blanks, line breaks and comments. */
const skipBlank = (text: string, from: number): number => {
  const blank = /(?:\s+|#[^\n]*)*/y;
  blank.lastIndex = from;
  return from + (blank.exec(text)?.[0].length ?? 0);
};

const lineBreaks = (text: string): number => text.split('\n').length - 1;

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
};

const readStatement = (text: string, from: number, lookUp: (name: string) => string | undefined): Parsed<Statement> => {
  const start = /(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:([=:])[ \t]*|(?=\r?\n|\r?$|#))/y;
  start.lastIndex = from;
  const match = start.exec(text);
  const [whole = '', name = '', separator] = match ?? [];
  if (match === null) {
    const found = text.slice(from, endOfLine(text, from)).trim().replace(/=.*$/, '=...').slice(0, 60);
    return faulty(`${JSON.stringify(found)} is no line of an env file`, 'write NAME=value');
  }
  const valueFrom = from + whole.length;
  if (separator === undefined) return parsed({ name, value: null, end: endOfLine(text, valueFrom) });
  const quote = text.charAt(valueFrom);
  if (quote === '"' || quote === "'") return readQuoted(text, name, valueFrom, quote, lookUp);
  const end = endOfLine(text, valueFrom);
  const raw = text
    .slice(valueFrom, end)
    .replace(/(^|\s)#.*$/, '')
    .trim();
  return withVariables(raw, name, end, lookUp);
};

const readQuoted = (
  text: string,
  name: string,
  from: number,
  quote: '"' | "'",
  lookUp: (name: string) => string | undefined,
): Parsed<Statement> => {
  const pattern =
    quote === '"'
      ? /"([^"\\]*(?:\\[^][^"\\]*)*)"[ \t]*(?:#[^\n]*)?\r?(?=\n|$)/y
      : /'([^']*)'[ \t]*(?:#[^\n]*)?\r?(?=\n|$)/y;
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  if (match === null) {
    return faulty(
      `the value of ${name} has a quote that is not closed at its end`,
      `close the ${quote}, and write nothing behind it`,
    );
  }
  const end = from + match[0].length;
  const inner = match[1] ?? '';
  if (quote === "'") return parsed({ name, value: { text: escapeReferences(inner), plain: inner }, end });
  const raw = inner.replaceAll(/\\([^])/g, (sequence: string, character: string) => escapes[character] ?? sequence);
  return withVariables(raw, name, end, lookUp);
};

/** An escaped dollar becomes the doubled one that `interpolate` reads as one. */
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' };

const withVariables = (
  raw: string,
  name: string,
  end: number,
  lookUp: (name: string) => string | undefined,
): Parsed<Statement> => {
  const result = interpolate(raw, lookUp);
  if (!result.ok) return faulty(`${name}: ${result.fault.message}`, result.fault.fix);
  if (result.value.plain.includes('\0')) return faulty(`the value of ${name} holds a NUL character`, 'remove it');
  return parsed({ name, value: { text: result.value.text, plain: result.value.plain }, end });
};
