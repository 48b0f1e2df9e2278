import { gtr, minVersion, satisfies } from 'semver';
import { type WayBack, wayBackOf } from '../core/upgrade/way-back.ts';
import { bytesFor } from './entry.ts';
import type { LockDocument } from './document.ts';

/** A service's wish for a binary. */
export type LockWish = {
  readonly service: string;
  readonly component: string;
  readonly package: string;
  readonly range: string | null;
  /** What the catalog says of going back; absent: nobody asks. */
  readonly wayBack?: WayBack;
};

/** Why the lock's entry does not hold a wish, in a sentence; null when it does. */
export const staleReason = (document: LockDocument, wish: LockWish): string | null => {
  const entry = document.services[wish.service];
  if (entry === undefined) return `${wish.service} is not locked`;
  if (entry.package !== wish.package) return `${wish.service} is locked to ${entry.component}, not ${wish.component}`;
  if (wish.range !== null && !satisfies(entry.version, wish.range)) {
    return `${wish.service} is locked to ${entry.version}, outside ${wish.range}`;
  }
  return null;
};

/**
True for a version newer than the range, whose data versions of the range may not be able to read: choosing one of them
anew would start it on what it does not understand.
*/
export const outgrows = ({ range, wayBack }: Pick<LockWish, 'range' | 'wayBack'>, version: string): boolean => {
  const least = range === null ? null : minVersion(range);
  if (range === null || least === null || wayBack === undefined || !gtr(version, range)) return false;
  return wayBackOf(wayBack, least.version, version).rollback !== 'safe';
};

/** As `staleReason`, and whether bytes are locked for this platform. */
export const frozenReason = (document: LockDocument, wish: LockWish, platform: string): string | null => {
  const entry = document.services[wish.service];
  const stale = staleReason(document, wish);
  if (stale !== null || entry === undefined) return stale;
  if (bytesFor(entry, platform) !== null) return null;
  const known = [...new Set(Object.values(entry.sources).flatMap((platforms) => Object.keys(platforms)))];
  return `${wish.service} ${entry.version} is locked for ${known.join(', ')}, not for ${platform}`;
};
