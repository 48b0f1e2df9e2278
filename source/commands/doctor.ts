import { stackPaths } from '../core/paths.ts';
import type { Finding } from '../doctor/finding.ts';
import { type Arguments, type Command, type Context, jsonOption, stackOptions } from './context.ts';
import type { Tone } from './print.ts';
import { check } from './readings/check.ts';
import { lookAtHome, lookAtSocketFolder } from './readings/folders.ts';
import {
  lookAtLimits,
  lookAtNamespace,
  lookAtNode,
  lookAtPlatform,
  lookAtRung,
  lookAtTerminal,
  lookAtUser,
} from './readings/machine.ts';
import { lookAtPorts, lookAtStack } from './readings/stack.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'explain this machine: what booty uses here, what is wrong, and how to mend it',
  usage: 'doctor [-f FILE | --stack NAME] [--json]',
  details: [
    'Looks at Node, the platform, the sources of binaries and what they have for the stack, ports, folders, limits, and',
    'by which mechanisms processes are ended and logs rotated. Everything is tried out at once, for five seconds at most;',
    'nothing is installed or started. What is not ok comes with the next command to type.',
  ],
  options: { ...stackOptions, ...jsonOption },
  exitCodes: { 0: 'nothing is bad; there may be warnings', 1: 'something is bad' },
  examples: [
    'booty doctor',
    'booty doctor --stack observe',
    'booty doctor --json | jq -r \'.findings[] | select(.state != "ok").fix\'',
  ],
  positionalsMax: 0,
  run: async (context, args) => {
    const findings = await findAll(context, args);
    const count = (state: Finding['state']): number => findings.filter((each) => each.state === state).length;
    if (args.flag('json')) {
      await context.print.json({ ok: count('ok'), warn: count('warn'), bad: count('bad'), findings });
    } else {
      for (const line of findings.flatMap((finding) => linesOf(context, finding))) await context.print.line(line);
      await context.print.line(`${count('ok')} ok, ${count('warn')} to know about, ${count('bad')} bad`);
    }
    return count('bad') > 0 ? 1 : 0;
  },
};

const findAll = async (context: Context, args: Arguments): Promise<readonly Finding[]> => {
  const { clock, host } = context.ports;
  const looks = [
    check(clock, 'node', 'Node.js', async () => lookAtNode(context)),
    check(clock, 'platform', 'Platform', () => lookAtPlatform(context)),
    check(clock, 'user', 'User', async () => lookAtUser(context)),
    check(clock, 'terminal', 'Terminal', async () => lookAtTerminal(context)),
    check(clock, 'home', 'BOOTY_HOME', (signal) => lookAtHome(context, signal)),
    check(clock, 'limits', 'Limits', () => lookAtLimits(context)),
    check(clock, 'processes.kill', 'Kill mechanism', async () => lookAtRung(context)),
    check(clock, 'processes.namespace', 'Private pid namespace', (signal) => lookAtNamespace(context, signal)),
    check(clock, 'mirror', 'Mirrors', async (signal) => {
      const { lookAtMirrors } = await import('./readings/mirrors.ts');
      return lookAtMirrors(context, signal);
    }),
  ];
  const stack = lookAtStack(context, args);
  const later = [
    check(clock, 'stack', 'Stack', async () => (await stack).findings),
    check(clock, 'socket', 'Socket folder', async () =>
      lookAtSocketFolder(context, (await stack).target?.paths ?? stackPaths(host, 'stack-000000')),
    ),
    check(clock, 'ports', 'Ports', async () => lookAtPorts(context, await stack)),
    check(clock, 'sources', 'Sources', async () => {
      const { lookAtSources } = await import('./readings/sources.ts');
      return lookAtSources(context, (await stack).target?.definition ?? null);
    }),
  ];
  return (await Promise.all([...looks, ...later])).flat();
};

const tones: Readonly<Record<Finding['state'], Tone>> = { ok: 'green', warn: 'yellow', bad: 'red' };

const linesOf = ({ print }: Context, { title, state, found, fix }: Finding): readonly string[] => [
  `${print.paint(tones[state], state.padEnd(4))}  ${print.paint('bold', title)}: ${found}`,
  ...(fix === null ? [] : [`      fix: ${fix}`]),
];
