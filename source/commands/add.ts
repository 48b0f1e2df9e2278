import { BootyError, reasonOf } from '../core/error.ts';
import type { AddPlan } from './add-plan.ts';
import { ask, yesOption } from './ask.ts';
import { type Command, type Context, jsonOption, stackOptions } from './context.ts';

export const add: Command = {
  name: 'add',
  summary: 'add a system to booty.yaml, wired to what is there',
  usage: 'add NAME[@RANGE] [--as SERVICE] [-y] [-f FILE] [--json]',
  details: [
    'Shows what it takes of the services there and what they take of it, and writes it when you answer y. Comments and',
    'layout of the file stay as they are; nothing is written when the result would not be sound.',
  ],
  options: {
    as: { type: 'string', value: 'SERVICE', help: 'name of the service (default: NAME)' },
    file: stackOptions.file,
    ...yesOption,
    ...jsonOption,
  },
  examples: ['booty add vmalert', 'booty add nats@^2.10 --as bus -y'],
  words: 'component',
  positionalsMax: 1,
  run: async (context, args) => {
    const [wanted] = args.positionals;
    if (wanted === undefined) {
      throw new BootyError('USAGE', { problem: 'booty add needs the name of a system', usage: `booty ${add.usage}` });
    }
    const { planToAdd } = await import('./add-plan.ts');
    const plan = await planToAdd(context, { wanted, as: args.text('as'), file: args.text('file') });
    if (!args.flag('json')) for (const line of planLines(plan)) await context.print.line(line);
    if (!(await ask(context, args, `Add ${plan.service} to ${plan.file}?`))) {
      context.print.note('booty: nothing was changed');
      return 1;
    }
    await write(context, plan);
    if (args.flag('json')) {
      const { text: _, textBefore: __, ...report } = plan;
      await context.print.json(report);
    } else await context.print.line(`added ${plan.service}; start it with \`booty up -d\` or \`booty tui\``);
    return 0;
  },
};

/** The file may have changed while the question stood there: then what was shown is not what would be written. */
const write = async ({ ports: { files } }: Context, plan: AddPlan): Promise<void> => {
  try {
    if ((await files.readText(plan.file)) !== plan.textBefore) throw new Error('it was changed in the meantime');
    const mode = (await files.stat(plan.file))?.mode ?? 0o644;
    await files.writeAtomic(plan.file, plan.text, mode);
  } catch (error) {
    throw new BootyError('CONFIG_NOT_WRITTEN', { path: plan.file, found: reasonOf(error) }, { cause: error });
  }
};

const planLines = ({ service, component, title, ports, takes, gives, reference }: AddPlan): readonly string[] => {
  const unasked = gives.filter(({ to }) => to.length === 0).map(({ kind }) => kind);
  return [
    `${service}: ${title}${component === service ? '' : ` (component ${component})`}`,
    ...Object.entries(ports).map(
      ([name, number]) => `  listens at ${number} (${name}), or above it when that is taken`,
    ),
    ...takes.map(({ kind, from }) => `  takes ${kind} of ${from.length > 0 ? list(from) : 'whoever will offer it'}`),
    ...gives.filter(({ to }) => to.length > 0).map(({ kind, to }) => `  gives ${kind} to ${list(to)}`),
    ...(unasked.length > 0 ? [`  offers ${list(unasked)}, which nobody here asks for yet`] : []),
    ...(reference === null ? [] : [`  your own commands reach it at ${reference}`]),
  ];
};

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
