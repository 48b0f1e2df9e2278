import type { BootyError } from '../core/error.ts';

/** What of a package may not be installed anew although a registry names it; what is installed or pinned is not asked about. */
export type Withheld = {
  readonly versions: readonly string[] | 'all';
  /** Says why to who wanted one of these versions. */
  readonly refusal: (component: string, versions: readonly string[]) => BootyError;
};

/** Null: all that the registry names of the package for the platform may be taken. Asked anew each time, as time goes by. */
export type Caution = (packageName: string, platform: string) => Withheld | null;

export const noCaution: Caution = () => null;
