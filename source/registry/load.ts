import { BootyError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Files } from '../ports.ts';
import { checkDocument } from './check.ts';
import { knownGoodSha256 } from './known-good.ts';
import { jsonPath } from './locate.ts';
import type { Registry } from './schema.ts';

/** Reads and checks a registry file. Throws REGISTRY_INVALID, which says what is wrong and where in the document. */
export const readRegistry = async (
  files: Pick<Files, 'readText' | 'stat' | 'sha256'>,
  path: string,
): Promise<Registry> => {
  const found = await files.stat(path);
  if (found === null) throw new BootyError('REGISTRY_INVALID', { path, problems: ['there is no such file'] });
  if (found.sizeBytes > limits.documentBytesMax) {
    throw new BootyError('REGISTRY_INVALID', {
      path,
      problems: [`it is larger than ${limits.documentBytesMax} bytes`],
    });
  }
  const isKnownGood = knownGoodSha256 !== null && (await files.sha256(path)) === knownGoodSha256;
  const text = (await files.readText(path)) ?? '';
  return isKnownGood ? (JSON.parse(text) as Registry) : parseRegistry(text, path);
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
  const checked = checkDocument(document);
  if ('registry' in checked) return checked.registry;
  const problems = checked.problems.map(({ path: place, message }) => `${jsonPath(place)}: ${message}`);
  throw new BootyError('REGISTRY_INVALID', { path, problems }, { cause: checked.cause });
};
