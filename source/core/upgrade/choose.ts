/** Which version an upgrade goes to, decided from what could be had. Pure. */
import { compareVersions, skips } from './version.ts';

/** What is asked of one service. */
export type Choosing = {
  readonly service: string;
  readonly current: string;
  /** All versions that could be had within what was asked for, in any order. */
  readonly candidates: readonly string[];
  readonly oneAtATime: 'major' | 'minor' | null;
};

export type Choice =
  | { readonly kind: 'to'; readonly version: string; readonly notice: string | null }
  | { readonly kind: 'nothing'; readonly reason: string };

/**
The newest candidate that is newer than what runs. A system whose upgrades may not skip a version goes to the newest that
skips none, and says so; where there is none on the way, nothing is done. Never chooses an older version.
*/
export const chooseVersion = ({ service, current, candidates, oneAtATime }: Choosing): Choice => {
  const newer = candidates.filter((version) => compareVersions(version, current) > 0).toSorted(compareVersions);
  const newest = newer.at(-1);
  if (newest === undefined) {
    const older = candidates.toSorted(compareVersions).at(-1);
    if (older !== undefined && older !== current && candidates.length === 1) {
      return {
        kind: 'nothing',
        reason: `${older} is older than ${current}; going back is \`booty rollback ${service}\``,
      };
    }
    return { kind: 'nothing', reason: `${current} is the newest there is` };
  }
  if (oneAtATime === null) return { kind: 'to', version: newest, notice: null };
  const reachable = newer.filter((version) => !skips(current, version, oneAtATime)).at(-1);
  if (reachable === undefined) {
    const reason = `${newest} skips a ${oneAtATime} version, and none on the way can be had; it goes one at a time`;
    return { kind: 'nothing', reason };
  }
  const notice =
    reachable === newest ? null : `one ${oneAtATime} version at a time: ${newest} comes after ${reachable}`;
  return { kind: 'to', version: reachable, notice };
};
