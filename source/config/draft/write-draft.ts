import { stringify } from 'yaml';
import type { Draft, DraftService, DraftValue, Skipped } from './draft.ts';

/** Below this a list or map of plain values stands on one line. */
const lineMax = 100;

/**
A draft as the text of a booty.yaml, with comments for the person who goes on from there. `schema` is where editors find
the JSON schema.
*/
export const writeDraft = (draft: Draft, { schema }: { readonly schema: string }): string =>
  `${[
    `# yaml-language-server: $schema=${schema}`,
    '# What runs here and how it hangs together. Start it with `booty tui`, see how it is wired with',
    '# `booty config --resolved`, and add systems such as nats, victoria-metrics or caddy with `booty add NAME`.',
    'services:',
    draft.services.map(serviceText).join('\n\n'),
    ...draft.skipped.map(skippedText),
  ].join('\n')}\n`;

const serviceText = ({ name, about, keys, hints }: DraftService): string =>
  [
    ...about.map((line) => `  # ${oneLine(line)}`),
    `  ${name}:`,
    ...Object.entries(keys).flatMap(([key, value]) => indented(valueText(key, value), 4)),
    ...hints.map((line) => `    # ${oneLine(line)}`),
  ].join('\n');

const skippedText = ({ name, from, why }: Skipped): string =>
  `\n  # Not taken over from ${from}: ${name}, as ${oneLine(why)}.`;

/** What comes from another file must not end the comment it stands in. */
const oneLine = (line: string): string => line.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');

const valueText = (key: string, value: DraftValue): string => {
  if (isShort(value)) {
    const flow = `${key}: ${stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 })}`;
    if (flow.length <= lineMax && flow.trim().split('\n').length === 1) return flow;
  }
  return stringify({ [key]: value }, { lineWidth: 0 });
};

/** A list of plain values reads best on one line; maps stand in lines of their own, as people write them. */
const isShort = (value: DraftValue): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Array.isArray(value) && value.every((item) => typeof item !== 'object'));

const indented = (text: string, columns: number): readonly string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(columns)}${line}`));
