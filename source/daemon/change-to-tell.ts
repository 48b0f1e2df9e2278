import { hasOtherStates, isSameButForQuestions, type StackWorld } from '../core/world.ts';
import type { Loop } from './loop.ts';

/**
Calls after each turn that changed what a successor or a client is to know; `isNews` when a service is in another state. A
service that is asked every few milliseconds whether it is ready is no reason to write and to draw each time.
*/
export const onChangeToTell = (
  loop: Pick<Loop, 'world' | 'aheadMs' | 'onChange'>,
  run: (world: StackWorld, isNews: boolean) => void,
): void => {
  let seen = { world: loop.world(), aheadMs: loop.aheadMs() };
  loop.onChange(() => {
    const before = seen;
    const { world, aheadMs } = (seen = { world: loop.world(), aheadMs: loop.aheadMs() });
    if (aheadMs === before.aheadMs && isSameButForQuestions(before.world, world)) return;
    run(world, hasOtherStates(before.world, world));
  });
};
