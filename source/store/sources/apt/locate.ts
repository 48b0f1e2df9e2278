import { BootyError } from '../../../core/error.ts';
import type { Pick as Picked } from '../source.ts';
import { errorOf, failuresOf } from './failure.ts';
import { goneError } from './offer.ts';
import { nameInFile, type PackageUri, parseUris } from './parse.ts';
import type { Tree } from './tree.ts';

type Located = {
  /** The package first, then those that were split off it. */
  readonly uris: ReadonlyMap<Picked, readonly PackageUri[]>;
  /** Those the lists know no more. */
  readonly lost: ReadonlyMap<Picked, BootyError>;
};

/**
Where the files of picks are, and the hashes the signed lists name for them. One unknown version fails apt's whole call;
only then each is asked for alone. The tree's lock must be held.
*/
export const readUris = async (tree: Tree, picks: readonly Picked[], signal: AbortSignal): Promise<Located> => {
  const together = await printUris(tree, picks, signal);
  const uris = new Map<Picked, readonly PackageUri[]>();
  const lost = new Map<Picked, BootyError>();
  for (const pick of picks) {
    const answer =
      together instanceof BootyError && picks.length > 1 ? await printUris(tree, [pick], signal) : together;
    const uri = answer instanceof BootyError ? undefined : answer.find((one) => isOf(one, pick));
    if (uri) uris.set(pick, [uri, ...(await splitOff(tree, pick, signal))]);
    else lost.set(pick, answer instanceof BootyError ? answer : goneError(pick.package, pick.candidate.sourceVersion));
  }
  return { uris, lost };
};

/** Newer releases have some executables in packages of their own, of the same version; older ones know no such package. */
const splitOff = async (tree: Tree, pick: Picked, signal: AbortSignal): Promise<readonly PackageUri[]> => {
  const names = Object.values(pick.entry.apt?.splitOff ?? {});
  const found: PackageUri[] = [];
  for (const name of new Set(names)) {
    const answer = await printUris(tree, [pick], signal, name);
    if (!(answer instanceof BootyError)) found.push(...answer.filter(({ file }) => nameInFile(file)?.package === name));
  }
  return found;
};

const printUris = async (
  tree: Tree,
  picks: readonly Picked[],
  signal: AbortSignal,
  name: string | null = null,
): Promise<readonly PackageUri[] | BootyError> => {
  const names = picks.map(({ entry, candidate }) => `${name ?? entry.apt?.package}=${candidate.sourceVersion}`);
  const result = await tree.run(['apt-get', 'download', '--print-uris', ...names], { signal });
  return result.code === 0 ? parseUris(result.stdout) : errorOf(failuresOf(result), 'locating packages', result);
};

const isOf = ({ file }: PackageUri, { entry, candidate }: Picked): boolean => {
  const named = nameInFile(file);
  return named?.package === entry.apt?.package && named?.version === candidate.sourceVersion;
};
