import type { StackDefinition } from '../core/model.ts';
import { secretMask } from './secrets.ts';
import { substituteReferences } from '../config/reference.ts';

/** Whether a variable of this name holds what is not for screens. */
const isSecretName = (name: string): boolean => /password|passwd|passphrase|secret|token|key|credential/i.test(name);

/**
Masks what a definition says that is nobody's business: the values of variables with such a name, wherever they stand
again, and passwords in URLs. References are kept: they only name a value.
*/
export const createDefinitionMask = (definition: StackDefinition): ((text: string) => string) => {
  const values = definition.services.flatMap(({ environment }) =>
    Object.entries(environment).flatMap(([name, value]) => (isSecretName(name) ? [value, plain(value)] : [])),
  );
  // Words this short are found in everything; the longest first, as one may hold another.
  const long = [...new Set(values)]
    .filter((value) => value.length >= valueLengthMin)
    .sort((a, b) => b.length - a.length);
  return (text) =>
    long.reduce((masked, value) => masked.replaceAll(value, secretMask), text).replaceAll(userInfo, `$1${secretMask}@`);
};

const valueLengthMin = 6;

/** Without its references, of which nothing is known here. */
const plain = (value: string): string => {
  try {
    return substituteReferences(value, () => '');
  } catch {
    return value;
  }
};

/** The password of `scheme://user:password@host`. */
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+@/gi;

/** Masks the values of an environment by their names, and all of it by `mask`. */
export const maskEnvironment = (
  environment: Readonly<Record<string, string>>,
  mask: (text: string) => string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      isSecretName(name) && value !== '' && !/^\$\{\{[^}]*\}\}$/.test(value) ? secretMask : mask(value),
    ]),
  );

/** The same value with every text in it changed. */
export const mapTexts = <Value>(value: Value, change: (text: string) => string): Value => {
  if (typeof value === 'string') return change(value) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)])) as Value;
};
