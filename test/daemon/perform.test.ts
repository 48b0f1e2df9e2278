/** Whom the orders of the core reach. */
import test from 'ava';
import type { Effect } from '../../source/core/effect.ts';
import { createPerformer } from '../../source/daemon/perform.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A daemon that is still taking over; whoever is told to run is adopted, and what reaches it is kept. */
const takingOver = () => {
  const takenOver = Promise.withResolvers<void>();
  const reached: string[] = [];
  const posted: string[] = [];
  let current = 'nobody';
  const processes = {
    adopt: async (launch: { readonly generation: number }) => {
      current = `generation ${launch.generation}`;
      return true;
    },
    signal: async (_service: string, signal: string) => void reached.push(`${signal} to ${current}`),
    kill: async () => void reached.push(`SIGKILL to ${current}`),
  };
  const performer = createPerformer(
    { processes } as never,
    {
      inTurn: <Work>(work: Work): Work => work,
      remembered: async () => {},
      takenOver: takenOver.promise,
      post: ({ type }: { readonly type: string }) => void posted.push(type),
      onError: (error: unknown) => void reached.push(String(error)),
    } as never,
  );
  const run = (generation: number): Promise<boolean> =>
    performer.adopt({ service: 'web', generation, logFile: '/log' } as never, { logStartByte: 0 } as never);
  return { performer, run, reached, posted, finish: takenOver.resolve };
};

const kill: Effect = { type: 'process.kill', service: 'web', generation: 1 };
const signal: Effect = { type: 'process.signal', service: 'web', generation: 1, signal: 'SIGTERM', scope: 'group' };

test('an order that waited for the takeover reaches the very generation it is about', async (t) => {
  const { performer, run, reached, finish } = takingOver();
  performer.perform(signal);
  performer.perform(kill);
  await run(1);
  finish();
  await settled();
  t.deepEqual([...reached].sort(), ['SIGKILL to generation 1', 'SIGTERM to generation 1']);
});

test('an order that waited until its service had ended and was started again does not reach the new one', async (t) => {
  const { performer, run, reached, posted, finish } = takingOver();
  performer.perform(signal);
  performer.perform(kill);
  await run(2);
  finish();
  await settled();
  t.deepEqual(reached, []);
  t.deepEqual(posted, ['signal.sent'], 'nobody waits for a signal that is out of date');
});
