import { at } from '../core/errors/row.ts';
import type { StackDefinition } from '../core/model.ts';

/**
`file:line:column` of a dotted path, or of the nearest path above it that has a known place; null when none has (a
built-in stack).
*/
export const whereIs = (definition: StackDefinition, path: string): string | null => {
  const words = path.split('.');
  for (let length = words.length; length > 0; length--) {
    const position = definition.positions[words.slice(0, length).join('.')];
    if (position) return at(position);
  }
  return null;
};
