import { BootyError } from '../core/error.ts';
import { ask, yesOption } from './ask.ts';
import { type Command, jsonOption } from './context.ts';
import { replaceDaemons } from './self/replace-daemons.ts';
import { runTool } from './self/run-tool.ts';

const versionTimeoutMs = 30_000;

export const self: Command = {
  name: 'self',
  summary: 'upgrade booty itself; what runs keeps running',
  usage: 'self upgrade [--plan] [-y] [--bundle FILE] [--json]',
  details: [
    'Recognises how booty was installed: by npm (asks the registry npm is set to), as a git clone (git fetch), or as a',
    'bundle (a newer one is given as a file). Then the daemons of running stacks are replaced; no service stops.',
  ],
  options: {
    plan: { type: 'boolean', help: 'say what is there, what is newer and what would be done, and do nothing' },
    bundle: { type: 'string', value: 'FILE', help: 'the newer bundle, where booty came as one' },
    ...yesOption,
    ...jsonOption,
  },
  exitCodes: { 1: 'it failed and what was there still works, or the question was answered with no' },
  examples: ['booty self upgrade --plan', 'booty self upgrade -y'],
  positionalsMax: 1,
  run: async (context, args) => {
    if (args.positionals[0] !== 'upgrade') {
      throw new BootyError('USAGE', { problem: 'booty self: nothing to do', usage: `booty ${self.usage}` });
    }
    const { print } = context;
    const asJson = args.flag('json');
    const file = args.text('bundle');
    const bundle = file === undefined ? null : file.startsWith('/') ? file : `${context.folder}/${file}`;
    const { findWay } = await import('./self/find-way.ts');
    const way = await findWay(context, bundle);
    const newest = await way.newest();
    const told = { kind: way.kind, current: way.current, newest };
    if (newest === null) {
      if (asJson) await print.json({ ...told, steps: [], done: false });
      else await print.line(`booty ${way.current} is the newest (${way.title})`);
      return 0;
    }
    const steps = [...way.steps(newest), 'the daemons of running stacks are replaced; their services run on'];
    if (!asJson) {
      await print.line(`${way.title}: ${way.current} to ${newest}`);
      for (const [index, step] of steps.entries()) await print.line(`  ${index + 1}  ${step}`);
      await print.line(`  back: ${way.back}`);
    }
    if (args.flag('plan')) {
      await way.discard?.();
      if (asJson) await print.json({ ...told, steps, back: way.back, done: false });
      return 0;
    }
    if (!(await ask(context, args, `Upgrade booty to ${newest}?`))) {
      await way.discard?.();
      print.note('booty: nothing was changed');
      return 1;
    }
    await way.install(newest);
    const said = await runTool(context, [`${context.packageFolder}/bin/booty`, '--version'], {
      timeoutMs: versionTimeoutMs,
    });
    const replaced = await replaceDaemons(context);
    if (asJson) await print.json({ ...told, steps, back: way.back, done: true, now: said, daemons: replaced });
    else await print.line(`${said} (before: ${way.current}); back: ${way.back}; then: booty daemon restart`);
    return 0;
  },
};
