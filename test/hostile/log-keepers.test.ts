/**
A service that turns on those that keep its log: it kills or stops its shim or its cat, and goes on writing. Byte for
byte what it wrote, and a stack that still goes down.
*/
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { assertNothingLeft, isAlive, serviceOf } from '../terminal/booty.ts';
import { until } from '../until.ts';
import { thoroughInTurn, whenThorough } from '../thorough.ts';
import { firstDifference, startLogWriter } from './log-writer.ts';

const before = Buffer.from('before\nhalf of');
const after = Buffer.from(' a line\nafter\nno end');

/** As sh: the service's own shim, and what of its group is a cat. */
const group = String.raw`$(ps -o pgid= -p $PPID | tr -d ' ')`;
const catOf = `$(ps -eo pid=,pgid=,comm= | awk -v g=${group} '$2 == g && $3 == "cat" {print $1}')`;

const stateOf = (pid: number): string | undefined =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[0];

for (const [what, line, isQuick] of [
  ['kills its cat', `kill -KILL ${catOf}`, true],
  ['stops its cat', `kill -STOP ${catOf}`, false],
  ['kills its shim', 'kill -KILL $PPID', false],
  ['stops its shim', 'kill -STOP $PPID', false],
] as const)
  (isQuick ? test.serial : thoroughInTurn)(`a service that ${what} (pipe)${isQuick ? '' : whenThorough}`, async (t) => {
    const { booty, at, write, begin, order, raw } = await startLogWriter(t, 'pipe');
    const { pid } = serviceOf(await booty.ps(), 'web');
    await write(before);
    const cat = booty.processes().find(({ command }) => /^\S*\bcat$/.test(command))?.pid ?? Number.NaN;
    t.true(isAlive(cat));
    await order(line);
    writeFileSync(at('after'), after);
    begin('cat after');
    if (what === 'kills its cat') t.false(isAlive(cat));
    if (what === 'stops its cat') {
      t.is(stateOf(cat), 'T');
      // What is in the pipe then comes when it goes on, and the program does not wait for it.
      process.kill(cat, 'SIGCONT');
    }
    await until('it is in the log', async () => (await raw()).length >= before.length + after.length);
    t.is(firstDifference(await raw(), Buffer.concat([before, after])), null);
    t.is(serviceOf(await booty.ps(), 'web').pid, pid);
    t.is((await booty.run(['down'])).code, 0);
    t.is(firstDifference(await raw(), Buffer.concat([before, after])), null);
    await assertNothingLeft(t, booty);
  });
