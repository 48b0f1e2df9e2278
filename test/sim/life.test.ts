/** The whole supervisor in drawn lives: its daemons, what they leave each other, and who asks them. */
import test from 'ava';
import { watchCells } from './cells.ts';
import { live } from './life.ts';

/** A watched cell is one that some life has passed through; these are what the whole supervisor reaches at least. */
const cellsMin = 55;

test('in 200 drawn lives no invariant breaks, whatever goes wrong and whenever a daemon dies', async (t) => {
  const seen = watchCells();
  for (let seed = 1; seed <= 200; seed += 1) {
    await t.notThrowsAsync(live(seed), `replay it with: npm run sim -- --whole --seed ${seed}`);
  }
  t.true(seen.size >= cellsMin, `only ${seen.size} cells of the lifecycle were reached`);
});

test('a seed tells the same life each time', async (t) => {
  for (const seed of [1, 2, 3]) t.deepEqual(await live(seed), await live(seed));
});
