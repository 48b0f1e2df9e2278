import { isAbove, newestFirst } from '../registry/range.ts';
import type { RegistryPackage } from '../registry/schema.ts';
import type { Release } from './releases.ts';

/** What is to be done about a package, by what its upstream has published. */
export type Choice =
  /** The registry lacks the version. */
  | { readonly kind: 'add'; readonly release: Release }
  /** The registry has it: its bytes are compared, and what is refused there is filled in where it can be. */
  | { readonly kind: 'compare'; readonly release: Release }
  | { readonly kind: 'nothing'; readonly why: string };

/** The newest release in the range (null = any), against the newest the registry has in that range. Pure. */
export const choose = (entry: RegistryPackage, releases: readonly Release[], range: string | null): Choice => {
  const [newest] = newestFirst(releases, range);
  if (newest === undefined) {
    const why = range === null ? 'upstream has published nothing' : `nothing upstream lists fits ${range}`;
    return { kind: 'nothing', why };
  }
  if (Object.hasOwn(entry.versions, newest.version)) return { kind: 'compare', release: newest };
  const rows = Object.keys(entry.versions).map((version) => ({ version }));
  const [known] = newestFirst(rows, range);
  return known === undefined || isAbove(newest.version, known.version)
    ? { kind: 'add', release: newest }
    : { kind: 'nothing', why: `upstream lists ${newest.version}, the registry has ${known.version}` };
};
