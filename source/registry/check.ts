import { isUnsafe } from '../core/plain-text.ts';
import type { JsonPath } from './locate.ts';
import { type Registry, registrySchema } from './schema.ts';

export type FormProblem = { readonly path: JsonPath; readonly message: string };

/** Checks a document against the form of registries; what is wrong with it comes in the order it was met. */
export const checkDocument = (
  document: unknown,
): { readonly registry: Registry } | { readonly problems: readonly FormProblem[]; readonly cause: Error } => {
  // These first: what the schema says of others may repeat such a text.
  const first = [...unfit(document, [])];
  if (first.length > 0) return { problems: first, cause: new Error('no text of a registry may hold that') };
  const checked = registrySchema.safeParse(document);
  if (checked.success) return { registry: checked.data };
  const problems = checked.error.issues.flatMap((issue) => describe(issue.path, issue));
  return { problems, cause: checked.error };
};

/** More than a registry has; what lies deeper is refused by the schema. */
const levelsMax = 32;

/**
What no schema can say: keys that it leaves out without a word, as no object of JavaScript can have them as others, and texts
that would do something to the terminal they are shown on.
*/
const unfit = function* (value: unknown, path: JsonPath): Generator<FormProblem> {
  if (typeof value === 'string' && isUnsafe(value)) {
    yield { path, message: 'holds a control character, such as a line break' };
  }
  if (typeof value !== 'object' || value === null || path.length > levelsMax) return;
  for (const [key, inner] of Object.entries(value)) {
    const own = [...path, Array.isArray(value) ? Number(key) : key];
    if (isUnsafe(key)) yield { path, message: 'has a key that holds a control character' };
    else if (key === '__proto__') yield { path: own, message: 'may not be named so' };
    else yield* unfit(inner, own);
  }
};

type Issue = {
  readonly message: string;
  readonly code?: string;
  readonly path: PropertyKey[];
  readonly errors?: readonly (readonly Issue[])[];
  /** What is wrong with a key. */
  readonly issues?: readonly Issue[];
};

/** Of a union the branch that fits best speaks; "Invalid input" alone would help nobody. */
const describe = (path: readonly PropertyKey[], issue: Issue): FormProblem[] => {
  const [first, ...rest] = issue.errors ?? [];
  if (first === undefined) {
    const message = issue.issues?.[0]?.message ?? issue.message;
    return [{ path: path.map((part) => (typeof part === 'number' ? part : String(part))), message }];
  }
  const nearest = rest.reduce((best, errors) => (errors.length < best.length ? errors : best), first);
  return nearest.flatMap((inner) => describe([...path, ...inner.path], inner));
};
