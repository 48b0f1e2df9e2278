/** The four top-level roles of TUF (https://theupdateframework.github.io/specification): whose keys sign what. */
export const roles = ['root', 'targets', 'snapshot', 'timestamp'] as const;
export type RoleName = (typeof roles)[number];

/** The one file a registry vouches for. */
export const targetName = 'registry.json';

/** A sentence about metadata that cannot be believed, without the name of the registry. */
export class Disbelief extends Error {
  override readonly name = 'Disbelief';
}
