/**
Plays drawn lives of a stack: `npm run sim -- --seeds 20000` plays many and names those that break an invariant,
`npm run sim -- --seed 7` plays one and prints a line for each transition. Without `--whole` they are played against
the core alone; with it, against whole daemons on a simulated machine.
*/
import { parseArgs } from 'node:util';
import { reasonOf } from '../source/core/error.ts';
import { possibleCells, watchCells } from '../test/sim/cells.ts';
import { live } from '../test/sim/life.ts';
import { simulate } from '../test/sim/simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    whole: { type: 'boolean', default: false },
  },
});

const play = async (seed: number, trace?: (line: string) => void): Promise<number> =>
  values.whole ? (await live(seed, trace)).length : simulate(seed, trace);

if (values.seed !== undefined) {
  const steps = await play(Number(values.seed), (line) => console.log(line));
  console.log(`seed ${values.seed}: ${steps} steps, every invariant held`);
} else {
  const first = Number(values.from);
  const count = Number(values.seeds);
  const possible = possibleCells();
  const seen = watchCells();
  let steps = 0;
  let broken = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    try {
      steps += await play(seed);
    } catch (error) {
      broken += 1;
      const how = values.whole ? '--whole --seed' : '--seed';
      console.log(`seed ${seed}: ${reasonOf(error)}\n  replay it with: npm run sim -- ${how} ${seed}`);
    }
  }
  const missed = possible.filter((cell) => !seen.has(cell));
  console.log(
    `${count} seeds, ${steps} steps, ${broken} broken; ${possible.length - missed.length} of ${possible.length} cells of the lifecycle reached`,
  );
  if (missed.length > 0) console.log(`not reached: ${missed.join(', ')}`);
  process.exitCode = broken === 0 ? 0 : 1;
}
