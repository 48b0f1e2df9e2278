import { inRange } from '../registry/range.ts';

/** True when the version lies within a semver range; null = any. */
export const fits = (version: string, range: string | null): boolean => inRange(version, range);
