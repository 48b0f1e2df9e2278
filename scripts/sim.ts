/**
Plays drawn lives of a stack against the core: `npm run sim -- --seeds 20000` plays many and names those that break an
invariant, `npm run sim -- --seed 7` plays one and prints a line for each transition.
*/
import { parseArgs } from 'node:util';
import { reasonOf } from '../source/core/error.ts';
import { simulate } from '../test/sim/simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
  },
});

if (values.seed !== undefined) {
  const steps = simulate(Number(values.seed), (line) => console.log(line));
  console.log(`seed ${values.seed}: ${steps} steps, every invariant held`);
} else {
  const first = Number(values.from);
  const count = Number(values.seeds);
  let steps = 0;
  let broken = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    try {
      steps += simulate(seed);
    } catch (error) {
      broken += 1;
      console.log(`seed ${seed}: ${reasonOf(error)}\n  replay it with: npm run sim -- --seed ${seed}`);
    }
  }
  console.log(`${count} seeds, ${steps} steps, ${broken} broken`);
  process.exitCode = broken === 0 ? 0 : 1;
}
