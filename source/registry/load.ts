import { BootyError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Files } from '../ports.ts';
import { checkDocument } from './check.ts';
import { knownGoodSha256 } from './known-good.ts';
import { isTooDeep, jsonPath, jsonTrouble, locate } from './locate.ts';
import type { Registry } from './schema.ts';

/** Reads and checks a registry file. Throws REGISTRY_INVALID, which says what is wrong and where in the document. */
export const readRegistry = async (
  files: Pick<Files, 'readText' | 'stat' | 'sha256'>,
  path: string,
): Promise<Registry> => {
  const found = await files.stat(path);
  if (found === null) throw new BootyError('REGISTRY_INVALID', { path, problems: ['there is no such file'] });
  if (found.kind !== 'file') throw new BootyError('REGISTRY_INVALID', { path, problems: ['it is no file'] });
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
    throw new BootyError('REGISTRY_INVALID', { path, problems: [jsonTrouble(text, error)] }, { cause: error });
  }
  const checked = checkDocument(document);
  if ('registry' in checked) return checked.registry;
  const problems = checked.problems.map(({ path: place, message }) => `${jsonPath(place)}: ${message}`);
  throw new BootyError('REGISTRY_INVALID', { path, problems }, { cause: checked.cause });
};

/**
Throws REGISTRY_INVALID where a key stands twice, of which readers take the last and forget the first without a word. For
whoever hands a registry on; it takes longer than reading it. The text must be that of a registry.
*/
export const requireNothingTwice = (text: string, path: string): void => {
  const twice = isTooDeep(text) ? [] : locate(text).duplicates;
  if (twice.length === 0) return;
  const problems = twice.map((place) => `${jsonPath(place)} stands there twice`);
  throw new BootyError('REGISTRY_INVALID', { path, problems });
};
