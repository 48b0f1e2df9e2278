import { BootyError } from '../core/error.ts';
import { baseName } from './path.ts';

/** Lower-case letters, digits, `-` and `_`, at most 40, the first a letter or digit; services keep the same rule. */
export const namePattern = /^[a-z0-9][a-z0-9_-]{0,39}$/;

const hashDigits = 6;

/**
Name of the stack that belongs to a folder: the given name as it is, else the folder's base name (or `base`, for a
built-in stack) made fit, `-`, and 6 hexadecimal digits of the SHA-256 of the folder's path: `shop-1a2b3c`. Two clones
thus never share a name. `folder` is absolute and real. Throws CONFIG_NAME_BAD for a given name that breaks the rule.
*/
export const stackName = async (folder: string, name?: string | { readonly base: string } | null): Promise<string> => {
  if (typeof name === 'string') {
    if (!namePattern.test(name)) throw new BootyError('CONFIG_NAME_BAD', { name });
    return name;
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(folder)));
  return `${fitting(name?.base ?? baseName(folder))}-${hexadecimal(digest).slice(0, hashDigits)}`;
};

const hexadecimal = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const fitting = (base: string): string => {
  const tidied = base
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 40 - 1 - hashDigits)
    .replace(/[-_]+$/, '');
  return tidied === '' ? 'stack' : tidied;
};
