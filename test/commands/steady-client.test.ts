/** Calls that outlive the daemon they were sent to: what is sent again, what is not, and when it is given up. */
import test from 'ava';
import type { StackClient } from '../../source/api/protocol.ts';
import { steadyClient } from '../../source/commands/steady-client.ts';
import { BootyError } from '../../source/core/error.ts';

const unreachable = (code: string): BootyError =>
  new BootyError(
    'DAEMON_UNREACHABLE',
    { stack: 'shop', socket: 's', found: code },
    { cause: Object.assign(new Error(code), { code }) },
  );

/** A client of which every call fails with the given code as often as told, and then answers; counts what was sent. */
const failing = (code: string, times: number): { readonly client: StackClient; readonly sent: () => number } => {
  let sent = 0;
  const call = (): Promise<unknown> => {
    sent += 1;
    return sent > times ? Promise.resolve({ reached: 1 }) : Promise.reject(unreachable(code));
  };
  const client = { ps: call, down: call, service: call, signal: call, upgrade: call, session: call };
  return { client: client as unknown as StackClient, sent: () => sent };
};

const calls = {
  ps: (client) => client.ps(),
  down: (client) => client.down({ force: 0, graceMsMax: null }),
  stop: (client) => client.service('a', 'stop'),
  session: (client) => client.session({ type: 'hello', client: 'wait', own: false, onHangup: 'keep' }),
  restart: (client) => client.service('a', 'restart'),
  signal: (client) => client.signal('a', { signal: 'SIGKILL' }),
  upgrade: (client) => client.upgrade({ targets: [], who: 'ana' } as never),
} satisfies Record<string, (client: StackClient) => Promise<unknown>>;

for (const [name, call] of Object.entries(calls)) {
  test(`${name}: what nobody took is sent again to the successor`, async (t) => {
    for (const code of ['ECONNREFUSED', 'ENOENT', 'EPIPE']) {
      const { client, sent } = failing(code, 2);
      let waited = 0;
      await call(steadyClient(client, async () => void (waited += 1)));
      t.deepEqual([sent(), waited], [3, 2]);
    }
  });

  test(`${name}: what may have been taken is sent again only if that does no harm`, async (t) => {
    const { client, sent } = failing('ECONNRESET', 1);
    const called = call(steadyClient(client, async () => {}));
    if (['restart', 'signal', 'upgrade'].includes(name)) {
      await t.throwsAsync(called, { code: 'DAEMON_UNREACHABLE' });
      t.is(sent(), 1);
    } else {
      await called;
      t.is(sent(), 2);
    }
  });

  test(`${name}: neither for ever, nor after another error, nor when nothing comes back`, async (t) => {
    const dead = failing('ENOENT', 1_000);
    await t.throwsAsync(call(steadyClient(dead.client, async () => {})), { code: 'DAEMON_UNREACHABLE' });
    t.is(dead.sent(), 5);
    const refused = failing('EPERM', 1);
    await t.throwsAsync(call(steadyClient(refused.client, async () => {})), { code: 'DAEMON_UNREACHABLE' });
    t.is(refused.sent(), 1);
    const down = failing('ENOENT', 1);
    const gone = async (): Promise<void> => {
      throw new BootyError('STACK_DOWN', { stack: 'shop' });
    };
    await t.throwsAsync(call(steadyClient(down.client, gone)), { code: 'STACK_DOWN' });
  });
}
