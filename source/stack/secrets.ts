import { assert } from '../core/error.ts';
import type { StackDefinition } from '../core/model.ts';
import { membersOf, type Member } from './member.ts';

/** A secret somebody has to make up, once, and keep. */
export type SecretRequest = { readonly service: string; readonly name: string };

/** The secrets of a stack: service → name → value. */
export type SecretTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What is shown in the place of a secret. */
export const secretMask = '•••';

/** Every secret the systems of a stack want. */
export const secretRequests = (definition: StackDefinition): readonly SecretRequest[] =>
  membersOf(definition).flatMap(({ service, recipe }) =>
    (recipe?.secrets ?? []).map((name) => ({ service: service.name, name })),
  );

/** The value of a secret that `secretRequests` named; the mask where there is no table. */
export const secretOf = (member: Member, name: string, secrets: SecretTable | null): string => {
  if (secrets === null) return secretMask;
  const value = secrets[member.service.name]?.[name];
  // Nothing may ever start with the mask as its password.
  assert(value !== undefined, `a value was made up for secret ${name} of ${member.service.name}`);
  return value;
};

/**
Puts the mask in the place of every secret of the table wherever it stands in a text: what a program prints of its
environment comes by here before anybody sees it.
*/
export const createMask = (secrets: SecretTable): ((text: string) => string) => {
  const values = Object.values(secrets).flatMap((own) => Object.values(own));
  if (values.length === 0) return (text) => text;
  // Secrets are hexadecimal. Their beginning is enough to find them by, also where a line was cut in the middle of one.
  const pattern = new RegExp(values.map((value) => `${value.slice(0, 12)}[0-9a-f]*`).join('|'), 'g');
  return (text) => text.replace(pattern, secretMask);
};
