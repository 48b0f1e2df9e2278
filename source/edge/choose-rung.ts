import { existsSync } from 'node:fs';
import { findHierarchy } from './cgroup-hierarchy.ts';
import type { Rung } from './rung.ts';
import { createTracker } from './tracker.ts';
import { createTreeKillRung } from './tree-kill-rung.ts';

/** The best rung of the ladder that this machine has, by trying it. `only` leaves the better ones out, for tests. */
export const chooseRung = (only?: 'tracker'): Rung => {
  if (!existsSync('/proc/self/stat')) return createTreeKillRung();
  if (only === 'tracker') return createTracker(null, 'asked for');
  const hierarchy = findHierarchy();
  if (hierarchy.folder === null) return createTracker(null, hierarchy.why);
  return createTracker(hierarchy.folder, `each service has a cgroup of its own below ${hierarchy.folder}`);
};
