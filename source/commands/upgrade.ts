import type { StackClient } from '../api/protocol.ts';
import { bootyItself, type UpgradeTarget } from '../api/upgrade-protocol.ts';
import { BootyError } from '../core/error.ts';
import { isOffered } from '../tui/view/upgrade-words.ts';
import { yesOption } from './ask.ts';
import { type Arguments, type Command, type Context, jsonOption, stackOptions } from './context.ts';
import { reachForUpgrade } from './reach-for-upgrade.ts';
import { upgradeTargets } from './upgrade-targets.ts';

export const upgrade: Command = {
  name: 'upgrade',
  summary: 'upgrade services, after a plan, with a way back',
  usage: 'upgrade [SERVICE[@RANGE]…] [--all] [--plan] [-y] [--later | --skip | --again | --follow | --cancel] [--json]',
  details: [
    'Prints the plan and asks; then each step as it ends. A new version that does not pass its gate is taken back by itself.',
    'ctrl-c asks to end it and go back; a second one leaves it to the daemon, which goes on. From any other terminal',
    '--follow looks on and --cancel ends it.',
  ],
  options: {
    ...stackOptions,
    all: {
      type: 'boolean',
      help: 'all with something newer in their range that was not put off, and not taken back here',
    },
    plan: { type: 'boolean', help: 'print the plan and do nothing' },
    later: { type: 'boolean', help: 'ask again in 24 hours, and do nothing' },
    skip: { type: 'boolean', help: 'do not ask about this version again, and do nothing' },
    again: { type: 'boolean', help: 'ask again about what was put off, and do nothing' },
    follow: { type: 'boolean', help: 'look on at the upgrade that is under way, whoever began it' },
    cancel: { type: 'boolean', help: 'end the upgrade that is under way and go back' },
    ...yesOption,
    ...jsonOption,
  },
  exitCodes: {
    1: 'the new version was taken back, failed, was cancelled, cannot be had, or the question was answered with no',
    130: 'left to the daemon, which goes on',
  },
  examples: [
    'booty upgrade nats',
    'booty upgrade nats@2.11 --plan',
    'booty upgrade --all -y',
    'booty upgrade --skip nats   # until there is a newer one',
    'booty upgrade --cancel      # from another terminal: back to what ran before',
  ],
  words: 'service',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const rejoins = (['follow', 'cancel'] as const).find((name) => args.flag(name));
    if (rejoins !== undefined) {
      requireAlone(args, rejoins);
      return reachForUpgrade(context, args, async (client) => {
        const { rejoinUpgrade } = await import('./rejoin-upgrade.ts');
        return rejoinUpgrade(context, args, client, rejoins === 'cancel');
      });
    }
    if (args.positionals.length === 0 && !args.flag('all')) {
      throw new BootyError('USAGE', {
        problem: 'booty upgrade needs the names of services, or --all',
        usage: 'booty upgrade SERVICE…   (what is newer: booty outdated)',
      });
    }
    const named = upgradeTargets(args.positionals);
    const putsOff = (['later', 'skip', 'again'] as const).filter((name) => args.flag(name));
    if (putsOff.length > 1 || (putsOff.length === 1 && args.flag('all'))) {
      throw new BootyError('USAGE', {
        problem: `booty upgrade: --${putsOff.join(' and --')}${args.flag('all') ? ' and --all' : ''} do not go together`,
        usage: 'booty upgrade --later | --skip | --again SERVICE…',
      });
    }
    return reachForUpgrade(context, args, async (client) => {
      if (putsOff.length > 0) return putOff(context, args, client, named);
      const targets = args.flag('all') ? [...named, ...(await allOffered(context, client, named))] : named;
      // No names would mean all to the daemon, those put off too.
      if (targets.length === 0) return nothingOffered(context, args);
      const { carryOutUpgrade } = await import('./carry-out-upgrade.ts');
      return carryOutUpgrade(context, args, client, { kind: 'upgrade', targets });
    });
  },
};

/** Only one upgrade is under way at a time: there is nothing to name, and nothing else to ask. */
const requireAlone = (args: Arguments, flag: 'follow' | 'cancel'): void => {
  const others = ['all', 'plan', 'later', 'skip', 'again', ...(flag === 'follow' ? ['cancel'] : [])];
  const [other] = [...others.filter((name) => args.flag(name)).map((name) => `--${name}`), ...args.positionals];
  if (other !== undefined)
    throw new BootyError('USAGE', {
      problem: `booty upgrade: --${flag} and ${other} do not go together`,
      usage: `booty upgrade --${flag}`,
    });
};

const allOffered = async (
  context: Context,
  client: StackClient,
  named: readonly UpgradeTarget[],
): Promise<readonly UpgradeTarget[]> => {
  const { rows } = await client.upgrades(true);
  const nowMs = context.ports.clock.nowMs();
  const names = new Set(named.map(({ service }) => service));
  return rows
    .filter((row) => isOffered(row, nowMs) && !names.has(row.service) && row.service !== bootyItself)
    .map(({ service }) => ({ service, range: null }));
};

const nothingOffered = async ({ print }: Context, args: Arguments): Promise<number> => {
  if (args.flag('json')) await print.json({ plan: null, progress: null });
  else
    await print.line(
      'nothing to upgrade: all is the newest in its range, or was put off or taken back (booty outdated)',
    );
  return 0;
};

const putOff = async (
  { print }: Context,
  args: Arguments,
  client: StackClient,
  targets: readonly UpgradeTarget[],
): Promise<number> => {
  const kind = args.flag('again') ? 'none' : args.flag('skip') ? 'skip' : 'later';
  const { rows } = await client.upgrades(false);
  const done = [];
  for (const { service } of targets) {
    const version = rows.find((row) => row.service === service)?.inRange ?? null;
    if (version === null) {
      print.note(`booty: nothing newer is known of ${service}; look: booty outdated`);
      continue;
    }
    await client.deferUpgrade(service, { kind, version });
    done.push({ service, kind, version });
    if (!args.flag('json')) await print.line(`${service}: ${version} ${putOffWords[kind](service)}`);
  }
  if (args.flag('json')) await print.json({ deferred: done });
  return done.length === targets.length ? 0 : 1;
};

const undo = (service: string): string => `; take it back: booty upgrade --again ${service}`;
const putOffWords = {
  later: (service: string) => `is put off for 24 hours${undo(service)}`,
  skip: (service: string) => `is skipped${undo(service)}`,
  none: () => 'is offered again',
} as const;
