import type { Ask } from './ask.ts';
import { githubReleases } from './github.ts';
import { hashicorpReleases } from './hashicorp.ts';
import { tiupReleases } from './tiup.ts';
import type { Updater } from '../registry/updater-schema.ts';

/** A file of a release, as its upstream lists it. */
export type ReleaseFile = {
  readonly sizeBytes: number | null;
  /** What the list itself says of its bytes; null: nothing. */
  readonly sha256: string | null;
};

/** A release that is none of the early ones (alpha, beta, candidate) and no draft. */
export type Release = {
  /** Upstream version, semver; dates by the rule of release-version.ts. */
  readonly version: string;
  /** What upstream calls it: its tag, or the version. */
  readonly name: string;
  /** By file name; null: the list does not say which files there are. */
  readonly files: ReadonlyMap<string, ReleaseFile> | null;
};

export type Releases = {
  readonly releases: readonly Release[];
  /** The server said that nothing changed since it was last asked. */
  readonly unchanged: boolean;
};

/**
What an upstream has published, in no order. Throws UPSTREAM_SILENT, UPSTREAM_LIMIT, and UPSTREAM_ODD when its answer is not
of the form it should be.
*/
export const releasesOf = (ask: Ask, updater: Exclude<Updater, { readonly kind: 'none' }>): Promise<Releases> => {
  switch (updater.kind) {
    case 'github':
      return githubReleases(ask, updater);
    case 'hashicorp':
      return hashicorpReleases(ask, updater);
    case 'tiup':
      return tiupReleases(ask, updater);
  }
};
