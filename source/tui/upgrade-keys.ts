import type { Binding } from './binding.ts';

/** The keys about upgrades, wherever a service or its versions are shown. */
export const upgradeKeys: readonly Binding[] = [
  {
    command: 'upgrade',
    keys: ['u'],
    modes: ['table', 'log', 'upgrades'],
    help: 'upgrade the service: shows the plan, asks',
    hint: 'upgrade',
  },
  {
    command: 'upgrade.all',
    keys: ['U'],
    modes: ['table', 'log', 'upgrades'],
    help: 'upgrade all that is offered: shows the plan, asks',
    hint: 'all',
  },
  {
    command: 'upgrade.back',
    keys: ['b'],
    modes: ['table', 'log', 'upgrades'],
    help: 'back to the version before: shows the plan, asks',
    hint: 'back',
  },
  {
    command: 'upgrade.back',
    keys: ['b'],
    modes: ['history'],
    help: 'return to what was before the change: shows the plan, asks',
    hint: 'return to before',
  },
  {
    command: 'upgrade.later',
    keys: ['z'],
    modes: ['table', 'log', 'upgrades'],
    help: 'put the upgrade off for 24 hours, or no more',
    hint: 'later',
  },
  {
    command: 'upgrade.skip',
    keys: ['x'],
    modes: ['table', 'log', 'upgrades'],
    help: 'skip this version, or no more',
    hint: 'skip it',
  },
  {
    command: 'upgrade.cancel',
    keys: ['c'],
    modes: ['upgrades'],
    help: 'end the upgrade under way and be where it began (asks)',
    hint: 'go back',
  },
  {
    command: 'upgrade.look',
    keys: ['r'],
    modes: ['upgrades'],
    help: 'look for newer versions again',
    hint: 'look again',
  },
  { command: 'plan.up', keys: ['k', 'up'], modes: ['plan'], help: 'one up', hint: null },
  { command: 'plan.down', keys: ['j', 'down'], modes: ['plan'], help: 'one down', hint: null },
  {
    command: 'plan.pageUp',
    keys: ['pageUp'],
    modes: ['plan'],
    help: 'one page up; beside the services: of the log',
    hint: null,
  },
  { command: 'plan.pageDown', keys: ['pageDown', ' '], modes: ['plan'], help: 'one page down', hint: null },
];
