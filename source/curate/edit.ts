import { compareVersions } from '../core/upgrade/version.ts';
import { type JsonPath, locate } from '../registry/locate.ts';

/** A change of a document: a value where there is one, or a new key of an object. */
export type Change = { readonly path: JsonPath; readonly value: unknown };

/** Text to put in the place of what stands from `start` to `end`. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

/**
The edits that make the changes in the text of a JSON document, in order, none over another: what is not changed keeps every
byte, indentation and order included. A new key goes after the last one that is an older version, as all keys beside it are.
The object a new key goes into must be there. Pure.
*/
export const editsOf = (text: string, changes: readonly Change[]): readonly Edit[] => {
  const located = locate(text);
  const unit = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return changes
    .map(({ path, value }): Edit => {
      const parent = located.of(path.slice(0, -1));
      const place = located.of(path);
      const isThere = place.start !== parent.start;
      const depth = path.length;
      const written = JSON.stringify(value, null, unit).replaceAll('\n', `\n${unit.repeat(depth)}`);
      if (isThere) return { start: place.start, end: place.end, text: written };
      const key = String(path.at(-1));
      const siblings = Object.keys(JSON.parse(text.slice(parent.start, parent.end)) as object);
      const before = siblings.filter((sibling) => compareVersions(sibling, key) < 0).at(-1);
      const line = `\n${unit.repeat(depth)}${JSON.stringify(key)}: ${written}`;
      if (before !== undefined) {
        const { end } = located.of([...path.slice(0, -1), before]);
        return { start: end, end, text: `,${line}` };
      }
      const start = parent.start + 1;
      return siblings.length > 0
        ? { start, end: start, text: `${line},` }
        : { start, end: parent.end - 1, text: `${line}\n${unit.repeat(depth - 1)}` };
    })
    .toSorted((one, other) => one.start - other.start);
};

/** The text after the edits. */
export const applyEdits = (text: string, edits: readonly Edit[]): string =>
  edits.toReversed().reduce((done, { start, end, text: own }) => done.slice(0, start) + own + done.slice(end), text);
