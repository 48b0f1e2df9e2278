import type { UpgradeTarget } from '../api/upgrade-protocol.ts';
import { parseVersionRange } from '../config/version-range.ts';
import { BootyError } from '../core/error.ts';

/**
`nats@2.11` → the service and the range; no `@` means its own range. A word said twice counts once. Throws USAGE for a
range that is none, which an empty one is as well: any version would be the newest of all.
*/
export const upgradeTargets = (words: readonly string[]): readonly UpgradeTarget[] => {
  const found = new Map<string, UpgradeTarget>();
  for (const word of words) {
    const target = targetOf(word);
    const before = found.get(target.service);
    if (before !== undefined && before.range !== target.range) {
      throw usage(`${target.service} is named twice, with different versions`);
    }
    found.set(target.service, target);
  }
  return [...found.values()];
};

const targetOf = (word: string): UpgradeTarget => {
  const at = word.indexOf('@');
  if (at < 0) return { service: word, range: null };
  const range = parseVersionRange(word.slice(at + 1));
  if (!range.ok) throw usage(`${word}: ${range.fault.message}; ${range.fault.fix}`);
  return { service: word.slice(0, at), range: range.value };
};

const usage = (problem: string): BootyError =>
  new BootyError('USAGE', { problem, usage: 'booty upgrade SERVICE@RANGE   (what is newer: booty outdated)' });
