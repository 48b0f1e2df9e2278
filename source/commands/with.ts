import { readSecrets, secretsPath } from '../daemon/secrets.ts';
import type { StackClient } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import { type Command, type Context, frozenOption, stackOptions } from './context.ts';
import { runForeground } from './run-foreground.ts';
import { seconds } from './service.ts';
import { stackUrls } from './stack-urls.ts';
import { takeDown } from './take-down.ts';
import { noteOrigin, reach, reachOrStart, type Target, targetToStart } from './target.ts';
import { requestOf } from './up.ts';
import { waitUp } from './wait-up.ts';

export const withStack: Command = {
  name: 'with',
  summary: 'run a command with the stack up around it',
  usage: 'with [-f FILE | --stack NAME] [--timeout S] [--profile P] [--frozen] [--] CMD…',
  details: [
    'Brings the stack up, waits until all of it is ready, runs the command, takes the stack down again. A stack that ran',
    'already is used and left running. The command finds the stack in its environment: NATS_URL for the first port of the',
    'service nats, NATS_HOST and NATS_PORT, NATS_MONITOR_URL for its port monitor, BOOTY_STACK. What booty itself has to',
    'say goes to stderr.',
  ],
  options: {
    ...stackOptions,
    timeout: { type: 'string', value: 'S', help: 'give up when not all is ready after S seconds (default 300)' },
    profile: { type: 'string', value: 'P', help: 'also start services of these profiles (a,b)' },
    ...frozenOption,
  },
  exitCodes: {
    0: "the command's own exit code, once it ran",
    4: 'a service failed, or not all was ready in time; the command was not run',
    130: 'cut short before the command ran',
  },
  examples: ['booty with npm test', "booty with --stack observe -- sh -c 'curl -s $VICTORIA_METRICS_URL/health'"],
  wordsBeforeCommand: 0,
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const command = args.positionals;
    if (command.length === 0) {
      throw new BootyError('USAGE', {
        problem: 'booty with needs a command to run',
        usage: `booty ${withStack.usage}`,
      });
    }
    const timeoutMs = seconds(args.text('timeout') ?? '300');
    const target = await targetToStart(context, args);
    const request = requestOf(target, { ...args, positionals: [] }, context.ports.host.environment);
    const { client, started } = await reachOrStart(context, target);
    // A daemon without services is one that nobody gave a stack yet.
    const mine = started || (await client.ps()).services.length === 0;
    if (!mine) context.print.note(`booty: ${target.stack} runs already; it is used, and left running`);
    await noteOrigin(context, target);
    // stdout belongs to the command.
    const quiet: Context = { ...context, print: { ...context.print, line: async (text) => context.print.note(text) } };
    let code = await waitUp(quiet, client, request, { started: mine, ready: true, timeoutMs, staysUp: !mine });
    try {
      if (code === 0) code = await runWith(context, client, target, command);
    } finally {
      if (mine) await end(context, target);
    }
    return code;
  },
};

const runWith = async (
  context: Context,
  client: StackClient,
  target: Target,
  command: readonly string[],
): Promise<number> => {
  const { services } = await client.ps();
  const secrets = await readSecrets(context.ports.files, secretsPath(target.paths));
  const urls = target.definition ? stackUrls(target.definition, services, secrets) : {};
  const environment = { ...context.ports.host.environment, ...urls };
  return runForeground(context, command, { environment, workingDir: context.folder });
};

const end = async (context: Context, target: Target): Promise<void> => {
  const client = await reach(context, target);
  if (!client) return;
  context.print.note(context.print.paint('dim', `booty: taking ${target.stack} down`));
  const ended = await takeDown(context, client);
  if (ended?.exitCode !== 0)
    context.print.note(`booty: ${target.stack} did not go down cleanly\n  hint: booty ps --stack ${target.stack}`);
};
