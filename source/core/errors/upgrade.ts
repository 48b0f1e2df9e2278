import { row } from './row.ts';

/** Errors of upgrades and rollbacks. A code never changes its meaning once released. */
export const upgradeErrors = {
  UPGRADE_BUSY: row<{ id: string; services: readonly string[] }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) => `an upgrade of ${facts.services.join(', ')} is under way (${facts.id})`,
    hint: () => 'booty upgrade --follow shows each step, --cancel ends it; how it ended: booty history',
  }),
  UPGRADE_NOTHING: row<{ reasons: readonly string[] }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) => `there is nothing to do: ${facts.reasons.join('; ') || 'no service has a version'}`,
    hint: () => 'booty outdated shows what there is',
  }),
  UPGRADE_STEP_FAILED: row<{ service: string; problem: string }>({
    kind: 'world',
    exitCode: 1,
    // Always said beside the name of its service.
    message: (facts) => facts.problem,
    hint: () => 'booty history shows what became of it',
  }),
  DATA_NEWER: row<{ service: string; version: string; wroteVersion: string; path: string }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) =>
      `the data of ${facts.service} was last written by ${facts.wroteVersion}, and ${facts.version} may not be able to read it; booty upgrade ${facts.service}@${facts.wroteVersion} goes on with the newer`,
    hint: (facts) => `if the data fits all the same: rm ${facts.path}, then booty start ${facts.service}`,
  }),
  SNAPSHOT_NO_SPACE: row<{ service: string; neededBytes: number; freeBytes: number; path: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `a snapshot of ${facts.service} needs ${mib(facts.neededBytes)}, ${facts.path} has ${mib(facts.freeBytes)} free; nothing was changed`,
    hint: () => 'make room (booty gc removes unused versions), then upgrade again',
  }),
};

const mib = (bytes: number): string => `${Math.ceil(bytes / 1_048_576)} MiB`;
