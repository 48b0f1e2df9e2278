/** The whole supervisor in drawn lives: its daemons, what they leave each other, and who asks them. */
import test from 'ava';
import { possibleCells, watchCells } from './cells.ts';
import { live } from './life.ts';

const seeds = 200;
/** Told of one after the other, so that a busy machine is not taken for one that hangs. */
const seedsAtOnce = 20;
/** Some cells are rare: any change of the daemon makes other lives of the same seeds, so a few more may be needed. */
const seedsMax = 800;

/**
An answer about a binary that nobody waits for any more, which changes nothing, is rarer than one life in a thousand here; the lives
of the core alone reach these cells too (`simulate.test.ts`).
*/
const isLateAnswer = (cell: string): boolean => /^(?!fetching)\w+ fetch(ed|\.failed)$/.test(cell);
const possible = possibleCells().filter((cell) => !isLateAnswer(cell));
const seen = watchCells();
const missed = (): readonly string[] => possible.filter((cell) => !seen.has(cell));

for (let first = 1; first <= seeds; first += seedsAtOnce) {
  const last = first + seedsAtOnce - 1;
  test.serial(`in the drawn lives ${first} to ${last} no invariant breaks, whatever goes wrong`, async (t) => {
    for (let seed = first; seed <= last; seed += 1) {
      await t.notThrowsAsync(live(seed), `replay it with: npm run sim -- --whole --seed ${seed}`);
    }
  });
}

test.serial('drawn lives reach every cell of the lifecycle that is held possible', async (t) => {
  for (let seed = seeds + 1; seed <= seedsMax && missed().length > 0; seed += 1) {
    await t.notThrowsAsync(live(seed), `replay it with: npm run sim -- --whole --seed ${seed}`);
  }
  t.deepEqual(missed(), []);
});

test.serial('a seed tells the same life each time', async (t) => {
  for (const seed of [1, 2, 3]) t.deepEqual(await live(seed), await live(seed));
});
