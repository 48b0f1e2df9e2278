import type { JsonPath } from './locate.ts';
import { type Registry, registrySchema } from './schema.ts';

export type FormProblem = { readonly path: JsonPath; readonly message: string };

/** Checks a document against the form of registries; what is wrong with it comes in the order it was met. */
export const checkDocument = (
  document: unknown,
): { readonly registry: Registry } | { readonly problems: readonly FormProblem[]; readonly cause: Error } => {
  const checked = registrySchema.safeParse(document);
  if (checked.success) return { registry: checked.data };
  const problems = checked.error.issues.flatMap((issue) => describe(issue.path, issue));
  return { problems, cause: checked.error };
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
