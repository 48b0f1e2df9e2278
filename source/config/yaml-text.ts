import { parse, stringify } from 'yaml';

const plain = { lineWidth: 0, aliasDuplicateObjects: false } as const;

/** Plain data as YAML to read: nothing folded, nothing abbreviated by anchors; reading it gives the same data. */
export const yamlText = (value: unknown): string => {
  const text = stringify(value, plain);
  return readsAs(text, value) ? text : stringify(value, { ...plain, blockQuote: false });
};

/** yaml 2.9 writes some texts of blanks and line ends as blocks that read differently (`" \n"`) or not at all (`" \n\t\n"`). */
const readsAs = (text: string, value: unknown): boolean => {
  try {
    return JSON.stringify(parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
};
