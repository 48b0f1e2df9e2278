import { type Command, stackOptions } from './context.ts';
import { seconds } from './service.ts';
import { reach, targetToUse } from './target.ts';
import { secondsText } from './text.ts';

export const down: Command = {
  name: 'down',
  summary: 'stop a stack in order; data stays',
  usage: 'down [--force] [--timeout S]',
  details: ['Exit code 0, also when nothing runs. ctrl-c while it waits asks harder, as in the foreground.'],
  options: {
    ...stackOptions,
    force: { type: 'boolean', help: 'SIGKILL everything at once' },
    timeout: { type: 'string', value: 'S', help: 'give each service at most S seconds of grace' },
  },
  positionalsMax: 0,
  run: async (context, args) => {
    const { print, terminal, ports } = context;
    const graceMsMax = args.text('timeout') === undefined ? null : seconds(args.text('timeout') ?? '');
    const target = await targetToUse(context, args);
    const client = await reach(context, target);
    if (!client) {
      await print.line(`${target.stack} is down already`);
      return 0;
    }
    const startedAtMs = ports.clock.nowMs();
    const session = await client.session({ type: 'hello', client: 'down', own: false, onHangup: 'keep' });
    let force: 0 | 1 | 2 = args.flag('force') ? 2 : 0;
    terminal.on('SIGINT', () => {
      force = Math.min(force + 1, 2) as 0 | 1 | 2;
      client.down({ force, graceMsMax }).catch(() => {});
    });
    await client.down({ force, graceMsMax });
    let waiting = '';
    for await (const frame of session.frames) {
      if (frame.type === 'ended') {
        await print.line(`${frame.message} (${secondsText(ports.clock.nowMs() - startedAtMs)})`);
        return frame.exitCode === 130 && args.flag('force') ? 0 : frame.exitCode;
      }
      if (frame.type !== 'state' || !frame.stop) continue;
      const slow = frame.stop.rows.filter((row) => row.state === 'asked' && row.elapsedMs > 1_000);
      const text = slow
        .map((row) => `${row.service} (${row.signal} to pid ${row.pid}, up to ${secondsText(row.graceMs)})`)
        .join(', ');
      if (text !== '' && text !== waiting) print.note(`booty: waiting for ${text}`);
      waiting = text;
    }
    print.note('booty: the daemon went away before the stack was down\n  hint: booty ps');
    return 3;
  },
};
