import type { Finding } from '../doctor/finding.ts';
import { type Command, type Context, jsonOption, stackOptions } from './context.ts';
import { examine } from './examine.ts';
import type { Tone } from './print.ts';
import { targetToRead } from './readings/stack.ts';

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
    const findings = await examine(context, () => targetToRead(context, args));
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

const tones: Readonly<Record<Finding['state'], Tone>> = { ok: 'green', warn: 'yellow', bad: 'red' };

const linesOf = ({ print }: Context, { title, state, found, fix }: Finding): readonly string[] => [
  `${print.paint(tones[state], state.padEnd(4))}  ${print.paint('bold', title)}: ${found}`,
  ...(fix === null ? [] : [`      fix: ${fix}`]),
];
