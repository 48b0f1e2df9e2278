import { stringify } from 'yaml';

/** Plain data as YAML to read: nothing folded, nothing abbreviated by anchors. */
export const yamlText = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
