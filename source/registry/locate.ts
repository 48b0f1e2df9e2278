import { plainText } from '../core/plain-text.ts';

/** A path in a JSON document: keys and positions, from the outside in. */
export type JsonPath = readonly (string | number)[];

/** Where a value stands in the text, by offsets; `from` is where its key begins, or the value itself where it has none. */
export type Place = { readonly from: number; readonly start: number; readonly end: number };

export type Located = {
  /** The place of a value, or that of the nearest value around it that is there. */
  readonly of: (path: JsonPath) => Place;
  /** Keys that stand twice in one object: JSON readers take the last and forget the others without a word. */
  readonly duplicates: readonly JsonPath[];
};

/** A registry has nine levels; what is deeper would only use up the stack of whoever looks at it. */
const levelsMax = 100;

/** True for a JSON text that nests deeper than any registry. */
export const isTooDeep = (text: string): boolean => {
  let levels = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{[\]}]/g)) {
    if (token === '{' || token === '[') levels += 1;
    else if (token === '}' || token === ']') levels -= 1;
    if (levels > levelsMax) return true;
  }
  return false;
};

/** Why a text is no JSON, in words of `error`; what cannot be seen in an editor is named. */
export const jsonTrouble = (text: string, error: unknown): string =>
  text.startsWith('\uFEFF')
    ? 'it begins with a byte order mark (U+FEFF), which JSON does not allow'
    : `it is no JSON: ${plainText(error instanceof Error ? error.message : String(error))}`;

/** Finds every value of a JSON text (https://www.rfc-editor.org/rfc/rfc8259). The text must be valid (JSON.parse took it) and not too deep. */
export const locate = (text: string): Located => {
  const places = new Map<string, Place>();
  const duplicates: JsonPath[] = [];
  const token = /[\s,:]*(?:("(?:[^"\\]|\\.)*")|([{[\]}])|([^\s,:{}[\]"]+))/gy;
  const next = (): { readonly text: string; readonly start: number } => {
    const found = token.exec(text);
    const word = found?.[1] ?? found?.[2] ?? found?.[3] ?? '';
    return { text: word, start: token.lastIndex - word.length };
  };
  const read = (path: JsonPath, from: number | null, first = next()): void => {
    const { start } = first;
    if (first.text === '{') {
      const seen = new Set<string>();
      for (let key = next(); key.text !== '}' && key.text !== ''; key = next()) {
        const name = JSON.parse(key.text) as string;
        if (seen.has(name)) duplicates.push([...path, name]);
        seen.add(name);
        read([...path, name], key.start);
      }
    } else if (first.text === '[') {
      let index = 0;
      for (let item = next(); item.text !== ']' && item.text !== ''; item = next()) {
        read([...path, index], null, item);
        index += 1;
      }
    }
    places.set(JSON.stringify(path), { from: from ?? start, start, end: token.lastIndex });
  };
  read([], null);
  return {
    of: (path) => {
      for (let length = path.length; length >= 0; length -= 1) {
        const place = places.get(JSON.stringify(path.slice(0, length)));
        if (place) return place;
      }
      return { from: 0, start: 0, end: text.length };
    },
    duplicates,
  };
};

/** Line and column of an offset, both counted from 1. */
export const lineOf = (text: string, offset: number): { readonly line: number; readonly column: number } => {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
};

/** `packages["nats-server"].versions["2.14.5"].archives[0].name`: what jq and editors understand. */
export const jsonPath = (path: readonly PropertyKey[]): string => {
  const text = path
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = String(part);
      return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    })
    .join('');
  return text.replace(/^\./, '') || 'the document';
};
