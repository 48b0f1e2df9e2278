/** The whole supervisor in drawn lives: its daemons, what they leave each other, and who asks them. */
import test from 'ava';
import { possibleCells, watchCells } from './cells.ts';
import { live } from './life.ts';

const seeds = 200;
/** Some cells are rare: any change of the daemon makes other lives of the same seeds, so a few more may be needed. */
const seedsMax = 800;

test('in 200 drawn lives no invariant breaks, whatever goes wrong and whenever a daemon dies', async (t) => {
  const possible = possibleCells();
  const seen = watchCells();
  const missed = (): readonly string[] => possible.filter((cell) => !seen.has(cell));
  for (let seed = 1; seed <= seeds || (seed <= seedsMax && missed().length > 0); seed += 1) {
    await t.notThrowsAsync(live(seed), `replay it with: npm run sim -- --whole --seed ${seed}`);
  }
  t.deepEqual(missed(), [], 'cells held possible that no life reached');
});

test('a seed tells the same life each time', async (t) => {
  for (const seed of [1, 2, 3]) t.deepEqual(await live(seed), await live(seed));
});
