import { BootyError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Files } from '../ports.ts';
import { type Registry, registrySchema } from './schema.ts';

/** Reads and checks a registry file. Throws REGISTRY_INVALID, which says what is wrong and where in the document. */
export const readRegistry = async (files: Pick<Files, 'readText' | 'stat'>, path: string): Promise<Registry> => {
  const found = await files.stat(path);
  if (found === null) throw new BootyError('REGISTRY_INVALID', { path, problems: ['there is no such file'] });
  if (found.sizeBytes > limits.documentBytesMax) {
    throw new BootyError('REGISTRY_INVALID', {
      path,
      problems: [`it is larger than ${limits.documentBytesMax} bytes`],
    });
  }
  return parseRegistry((await files.readText(path)) ?? '', path);
};

/** Checks the text of a registry; `path` is for the error's sentence. Throws REGISTRY_INVALID. */
export const parseRegistry = (text: string, path: string): Registry => {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const problem = `it is no JSON: ${error instanceof Error ? error.message : String(error)}`;
    throw new BootyError('REGISTRY_INVALID', { path, problems: [problem] }, { cause: error });
  }
  const checked = registrySchema.safeParse(document);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.flatMap((issue) => describe(issue.path, issue));
  throw new BootyError('REGISTRY_INVALID', { path, problems }, { cause: checked.error });
};

type Issue = {
  readonly message: string;
  readonly code?: string;
  readonly path: PropertyKey[];
  readonly errors?: readonly (readonly Issue[])[];
};

/** Of a union the branch that fits best speaks; "Invalid input" alone would help nobody. */
const describe = (path: readonly PropertyKey[], issue: Issue): string[] => {
  const [first, ...rest] = issue.errors ?? [];
  if (first === undefined) return [`${jsonPath(path)}: ${issue.message}`];
  const nearest = rest.reduce((best, errors) => (errors.length < best.length ? errors : best), first);
  return nearest.flatMap((inner) => describe([...path, ...inner.path], inner));
};

/** `packages["nats-server"].versions["2.14.5"].archives[0].name`: what jq and editors understand. */
const jsonPath = (path: readonly PropertyKey[]): string => {
  const text = path
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = String(part);
      return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    })
    .join('');
  return text.replace(/^\./, '') || 'the document';
};
