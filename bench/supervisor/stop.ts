import { setTimeout as pause } from 'node:timers/promises';
import type { Peer, Service } from '../peers/peer.ts';
import { type Bench, type Run, withRun } from './run.ts';

const stopMs = 100;

/** Twelve services that end 100 ms after they were asked: alone, or in three layers of four, each needing one below. */
export const twelve = ({ programs }: Bench, marks: string, layers: 1 | 3): readonly Service[] =>
  Array.from({ length: 12 }, (_, index) => {
    const name = `s${index + 1}`;
    const isBase = layers === 1 || index < 4;
    return {
      name,
      command: [programs.obedient, marks, name, '0', String(stopMs)],
      ...(!isBase && { needs: [`s${index - 3}`] }),
    };
  });

/** Milliseconds from the keys that ask for the end until the program is gone from the terminal. */
export const measureStop = (bench: Bench, peer: Peer, layers: 1 | 3): Promise<number> =>
  withRun(
    bench,
    peer,
    (marks) => twelve(bench, marks, layers),
    'terminal',
    async (run) => {
      await run.started();
      // All have started to look after their services; supervisord takes a second to believe in them.
      await pause(1_500);
      return askToEnd(run);
    },
  );

const askToEnd = async (run: Run): Promise<number> => {
  const [quit] = run.plan.quits;
  if (!quit || !('keys' in quit)) throw new Error('is not asked by keys');
  const begunMs = performance.now();
  for (const [index, key] of quit.keys.entries()) {
    // A question has to be on the screen before it is answered.
    if (index > 0) await pause(100);
    run.write(key);
  }
  if (!(await run.ended(40_000))) throw new Error('was still there after 40 s');
  return performance.now() - begunMs;
};
