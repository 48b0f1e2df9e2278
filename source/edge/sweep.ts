import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../core/limits.ts';
import { membersNow } from './census.ts';
import type { Family } from './family.ts';
import type { ProcessStat } from './proc/stat.ts';
import type { Swept } from './rung.ts';
import { sendTo } from './send.ts';

/** A process that forks faster than it is looked at may hide from one look, hardly from three. */
const cleanLooks = 3;
/** A group that grows while it is being frozen is frozen again, this often at most before it is killed. */
const freezeRounds = 8;

/**
Kills all members of a family and looks until none is found three times in a row. They are frozen first (SIGSTOP), so
that none can fork while the others die. Gives up after limits.killTimeoutMs: what then is left hangs in the kernel or
belongs to another user. The shim and its helpers are spared, they have yet to write the end down.
*/
export const sweep = async (family: Family): Promise<Swept> => {
  const killed = new Set<number>();
  const deadlineMs = performance.now() + limits.killTimeoutMs;
  let left: readonly ProcessStat[] = [];
  for (let clean = 0; clean < cleanLooks;) {
    left = freeze(family);
    if (left.length === 0) {
      clean++;
    } else {
      if (performance.now() > deadlineMs) break;
      clean = 0;
      const answers = left.map((member) => {
        const answer = sendTo(member, 'SIGKILL');
        if (answer === 'sent') killed.add(member.pid);
        return answer;
      });
      if (answers.every((answer) => answer === 'refused')) break;
    }
    if (clean < cleanLooks) await pause(1);
  }
  return { killed: [...killed], left: left.length };
};

/** Stops every member, and those that were born meanwhile, in one go; returns them all. */
const freeze = (family: Family): readonly ProcessStat[] => {
  const frozen = new Set<string>();
  let members: readonly ProcessStat[] = [];
  for (let round = 0; round < freezeRounds; round++) {
    members = membersNow(family);
    const running = members.filter((member) => !frozen.has(`${member.pid} ${member.startTicks}`));
    if (running.length === 0) break;
    for (const member of running) {
      frozen.add(`${member.pid} ${member.startTicks}`);
      sendTo(member, 'SIGSTOP');
    }
  }
  return members;
};
