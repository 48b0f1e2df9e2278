import { faulty, parsed, type Parsed } from './fault.ts';
import { escapeReferences } from './reference.ts';

/** A text with its variables put in. */
export type Interpolated = {
  /** References left as written and everything else escaped against being one: the input of `parseReferences`. */
  readonly text: string;
  /** The same as plain characters, for places where references have no meaning. */
  readonly plain: string;
  /** Variables that are not set and had no default; they became the empty string. */
  readonly unset: readonly string[];
};

type Part = { readonly kind: 'text' | 'reference'; readonly text: string };
type Reading = { readonly valueOf: (name: string) => string | undefined; readonly unset: Set<string> };

/** Defaults inside defaults; deeper is a slip or an attack. */
const nestingMax = 20;

/**
Puts variables into a text by the rules of the Compose Specification: `$VAR`, `${VAR}`, `${VAR:-x}` and `${VAR-x}`
(default), `${VAR:?why}` and `${VAR?why}` (required), `${VAR:+x}` and `${VAR+x}` (when set); with the colon an empty
value counts as unset. `$$` is one dollar. Defaults may hold variables again; values are never read again.
`${{ … }}` is left alone, `$${{` stands for the text `${{`.
*/
export const interpolate = (text: string, valueOf: (name: string) => string | undefined): Parsed<Interpolated> => {
  const reading: Reading = { valueOf, unset: new Set() };
  const parts = readParts(text, reading, 0);
  if (!parts.ok) return parts;
  return parsed({
    text: encode(parts.value),
    plain: parts.value.map((part) => part.text).join(''),
    unset: [...reading.unset],
  });
};

const readParts = (text: string, reading: Reading, depth: number): Parsed<readonly Part[]> => {
  if (depth > nestingMax)
    return faulty(`variables are nested deeper than ${nestingMax}`, 'use fewer defaults in defaults');
  const parts: Part[] = [];
  let from = 0;
  for (let dollar = text.indexOf('$'); dollar !== -1; dollar = text.indexOf('$', from)) {
    const run = /^\$+/.exec(text.slice(dollar))?.[0].length ?? 1;
    parts.push({ kind: 'text', text: text.slice(from, dollar) + '$'.repeat(Math.floor(run / 2)) });
    from = dollar + run;
    if (run % 2 === 0) continue;
    const piece = readPiece(text, from - 1, reading, depth);
    if (!piece.ok) return piece;
    parts.push(...piece.value.parts);
    from = piece.value.end;
  }
  parts.push({ kind: 'text', text: text.slice(from) });
  return parsed(parts);
};

type Piece = { readonly parts: readonly Part[]; readonly end: number };

/** Reads what follows the one dollar at `start`. */
const readPiece = (text: string, start: number, reading: Reading, depth: number): Parsed<Piece> => {
  if (text.startsWith('${{', start)) {
    const end = text.indexOf('}}', start);
    if (end === -1)
      return faulty('a ${{ is not closed', 'close it with }}, or write $${{ for the text ${{', text.slice(start));
    return parsed({ parts: [{ kind: 'reference', text: text.slice(start, end + 2) }], end: end + 2 });
  }
  if (text.startsWith('${', start)) {
    const end = closingBrace(text, start);
    if (end === -1) {
      return faulty('a ${ is not closed', 'close it with }, or write $${ for the text ${', text.slice(start));
    }
    const source = text.slice(start, end + 1);
    const value = readBraced(source, reading, depth);
    return value.ok ? parsed({ parts: value.value, end: end + 1 }) : value;
  }
  const name = /^[a-z_]\w*/i.exec(text.slice(start + 1))?.[0];
  if (name === undefined) {
    return faulty(
      'a $ stands before something that is no variable',
      'write $$ for the character $ itself',
      text.slice(start),
    );
  }
  return parsed({ parts: [valuePart(name, reading)], end: start + 1 + name.length });
};

/** Index of the brace that closes the `${` at `start`, or -1; inner `${ }` and `${{ }}` are skipped whole. */
const closingBrace = (text: string, start: number): number => {
  let open = 0;
  for (let index = start; index < text.length; index++) {
    if (text.startsWith('${{', index)) {
      const end = text.indexOf('}}', index);
      if (end === -1) return -1;
      index = end + 1;
    } else if (text.startsWith('$$', index)) {
      index++;
    } else if (text.startsWith('${', index)) {
      open++;
      index++;
    } else if (text.charAt(index) === '}') {
      open--;
      if (open === 0) return index;
    }
  }
  return -1;
};

const readBraced = (source: string, reading: Reading, depth: number): Parsed<readonly Part[]> => {
  const match = /^([a-z_]\w*)(?:(:?)([-?+])([^]*))?$/i.exec(source.slice(2, -1));
  if (match === null) {
    return faulty(
      `${source} is no variable`,
      'write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+value}; $$ for the character $ itself',
      source,
    );
  }
  const [, name = '', colon, operator, word = ''] = match;
  if (operator === undefined) return parsed([valuePart(name, reading)]);
  const value = reading.valueOf(name);
  const isSet = value !== undefined && (colon === '' || value !== '');
  if (operator === '+') return isSet ? readParts(word, reading, depth + 1) : parsed([]);
  if (isSet) return parsed([{ kind: 'text', text: value }]);
  if (operator === '-') return readParts(word, reading, depth + 1);
  const why = readParts(word, reading, depth + 1);
  if (!why.ok) return why;
  const message = why.value.map((part) => part.text).join('');
  return faulty(
    `the variable ${name} is required and ${value === undefined ? 'not set' : 'empty'}${message === '' ? '' : `: ${message}`}`,
    `set it in the environment or in .env beside this file: ${name}=...`,
    source,
  );
};

const valuePart = (name: string, reading: Reading): Part => {
  const value = reading.valueOf(name);
  if (value === undefined) reading.unset.add(name);
  return { kind: 'text', text: value ?? '' };
};

/** Neighbouring texts are joined first: a value ending in `$` beside a literal `{{` must not become a reference. */
const encode = (parts: readonly Part[]): string => {
  let encoded = '';
  let plain = '';
  for (const part of parts) {
    if (part.kind === 'text') {
      plain += part.text;
    } else {
      encoded += escapeReferences(plain).replace(/\$+$/, (dollars) => dollars + dollars) + part.text;
      plain = '';
    }
  }
  return encoded + escapeReferences(plain);
};
