import { applyEdits, type Edit } from './edit.ts';

const contextLines = 3;

/** Lines of a text that are replaced by others; `at` counts from 0. */
type Hunk = { readonly at: number; readonly removed: readonly string[]; readonly added: readonly string[] };

/**
What edits do to a text, as a unified diff that `patch` and `git apply` take; empty when they do nothing. `name` stands for
the file. The text must end with an end of line, as must what comes of it.
*/
export const diffOf = (name: string, text: string, edits: readonly Edit[]): string => {
  const lines = text.split('\n').slice(0, -1);
  const hunks = edits.map((edit) => hunkOf(text, edit)).filter(({ removed, added }) => removed.join() !== added.join());
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const isNear = last !== undefined && hunk.at - (last.at + last.removed.length) <= 2 * contextLines;
    if (group && isNear) group.push(hunk);
    else groups.push([hunk]);
  }
  let shift = 0;
  const body = groups.flatMap((group) => {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    const from = Math.max(0, first.at - contextLines);
    const to = Math.min(lines.length, last.at + last.removed.length + contextLines);
    const rows: string[] = [];
    let at = from;
    for (const { at: start, removed, added } of group) {
      rows.push(...lines.slice(at, start).map((line) => ` ${line}`));
      rows.push(...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`));
      at = start + removed.length;
    }
    rows.push(...lines.slice(at, to).map((line) => ` ${line}`));
    const oldCount = rows.filter((row) => !row.startsWith('+')).length;
    const newCount = rows.filter((row) => !row.startsWith('-')).length;
    const header = `@@ -${from + 1},${oldCount} +${from + 1 + shift},${newCount} @@`;
    shift += newCount - oldCount;
    return [header, ...rows];
  });
  return body.length === 0 ? '' : [`--- a/${name}`, `+++ b/${name}`, ...body, ''].join('\n');
};

/** An edit widened to whole lines, and narrowed to those that differ. */
const hunkOf = (text: string, { start, end, text: own }: Edit): Hunk => {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const lineEnd = next < 0 ? text.length : next;
  const removed = text.slice(lineStart, lineEnd).split('\n');
  const added = applyEdits(text.slice(lineStart, lineEnd), [
    { start: start - lineStart, end: end - lineStart, text: own },
  ]).split('\n');
  let at = text.slice(0, lineStart).split('\n').length - 1;
  while (removed.length > 0 && added.length > 0 && removed[0] === added[0]) {
    removed.shift();
    added.shift();
    at += 1;
  }
  while (removed.length > 0 && added.length > 0 && removed.at(-1) === added.at(-1)) {
    removed.pop();
    added.pop();
  }
  return { at, removed, added };
};
