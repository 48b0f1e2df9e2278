import test from 'ava';
import type { Frame, StackClient } from '../../source/api/protocol.ts';
import { followUp } from '../../source/commands/follow-up.ts';
import { createHandClock } from '../daemon/hand-clock.ts';
import { makeFrame, shop } from '../tui/fake-stack.ts';

test('ctrl-c reaches the successor of a daemon that was killed before it could write it down', async (t) => {
  const pressed = new Map<string, () => void>();
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const asked: number[] = [];
  async function* dies(): AsyncGenerator<Frame> {
    yield makeFrame(shop, { owner: true });
    pressed.get('SIGINT')?.();
    await first.promise;
  }
  async function* ends(): AsyncGenerator<Frame> {
    await second.promise;
    yield { type: 'ended', exitCode: 0, message: 'shop is down' };
  }
  const sessions = [dies(), ends()];
  const client: Partial<StackClient> = {
    session: async () => ({
      frames: sessions.shift() ?? ends(),
      say: async () => {},
      isWhole: () => false,
      close: () => {},
    }),
    up: async () => ({ plan: [] }),
    down: async ({ force }) => (asked.push(force) === 1 ? first : second).resolve(),
    logs: async function* () {},
  };
  const context = {
    print: { note: () => {}, line: async () => {}, paint: (_: string, text: string) => text },
    terminal: { on: (what: string, run: () => void) => (pressed.set(what, run), () => {}), readerIsGone: () => false },
    ports: { clock: createHandClock(), host: { environment: {}, identityOf: async () => null } },
  };
  const request = { definition: { services: [] }, services: [], profiles: [] };
  t.is(await followUp(context as never, client as StackClient, request as never, true), 0);
  t.deepEqual(asked, [0, 0]);
});
