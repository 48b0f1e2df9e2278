import { BootyError } from '../../core/error.ts';
import { type RoleName, roles } from './roles.ts';

/** How long what is signed is good for, in milliseconds, by role. */
export type Lifetimes = Readonly<Record<RoleName, number>>;

const dayMs = 86_400_000;

/** A root is signed by hand with keys that are kept away; the others can be signed by a machine, more often than they expire. */
export const defaultLifetimes: Lifetimes = {
  root: 365 * dayMs,
  targets: 90 * dayMs,
  snapshot: 90 * dayMs,
  timestamp: 30 * dayMs,
};

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: dayMs };

/**
Reads `--expires`: `30d` for targets, snapshot and timestamp, or pairs `timestamp=12h,root=400d`; units s, m, h, d. Answers
with the lifetimes and the roles that were named. Throws USAGE.
*/
export const parseLifetimes = (
  text: string | undefined,
): { readonly lifetimes: Lifetimes; readonly asked: ReadonlySet<RoleName> } => {
  const lifetimes: Record<RoleName, number> = { ...defaultLifetimes };
  const asked = new Set<RoleName>();
  for (const item of text === undefined ? [] : text.split(',')) {
    const [, name, count, unit = ''] = /^(?:([a-z]+)=)?(\d{1,6})([smhd])$/.exec(item.trim()) ?? [];
    const named = name === undefined ? roles.filter((role) => role !== 'root') : roles.filter((role) => role === name);
    const ms = Number(count) * (unitsMs[unit] ?? 0);
    if (named.length === 0 || !(ms > 0)) {
      throw new BootyError('USAGE', {
        problem: `booty registry sign: ${JSON.stringify(item)} is no lifetime`,
        usage: 'booty registry sign DIR --keys DIR --expires 30d (or: root=400d,timestamp=12h)',
      });
    }
    for (const role of named) {
      lifetimes[role] = ms;
      asked.add(role);
    }
  }
  return { lifetimes, asked };
};
