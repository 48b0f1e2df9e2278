import { parse, stringify } from 'yaml';

const plain = { lineWidth: 0, aliasDuplicateObjects: false } as const;

/** Plain data as YAML to read: nothing folded, nothing abbreviated by anchors; reading it gives the same data. */
export const yamlText = (value: unknown): string => {
  const text = stringify(value, plain);
  // yaml 2.9 loses blanks at the ends of some texts it writes as blocks (`" \n"`); quoted they are kept.
  return JSON.stringify(parse(text)) === JSON.stringify(value)
    ? text
    : stringify(value, { ...plain, blockQuote: false });
};
