import test from 'ava';
import * as fc from 'fast-check';
import {
  addStep,
  firstSince,
  formatCut,
  formatDrop,
  formatIndex,
  formatStep,
  indexStepsMax,
  type LogStep,
  parseIndex,
  stepAt,
} from '../../source/core/log-index.ts';
import { joinedParts, parsePartName, partName } from '../../source/core/log-part.ts';

const index = {
  generation: 3,
  baseByte: 100,
  head: '00ff',
  droppedToByte: 50,
  steps: [
    { offset: 100, atMs: 1_000 },
    { offset: 200, atMs: 2_000 },
  ],
};

test('an index reads back as it was written, a torn last line aside', (t) => {
  t.deepEqual(parseIndex(formatIndex(index)), index);
  t.deepEqual(parseIndex(`${formatIndex(index)}T 300 30`), index);
  t.deepEqual(parseIndex(formatIndex({ ...index, head: '' }))?.head, '');
  t.is(parseIndex(''), null);
  t.is(parseIndex('\0\0\0\nnothing of it\n'), null);
});

test('later lines count: steps are taken back, bytes given up', (t) => {
  const text = formatIndex(index) + formatCut(200) + formatStep({ offset: 150, atMs: 3_000 }) + formatDrop(120);
  t.like(parseIndex(text), {
    droppedToByte: 120,
    steps: [
      { offset: 100, atMs: 1_000 },
      { offset: 150, atMs: 3_000 },
    ],
  });
});

test('looked up by halving is what a look at every step finds', (t) => {
  const ordered = fc
    .array(fc.record({ offset: fc.nat(1_000), atMs: fc.nat(1_000) }))
    .map((steps) => steps.toSorted((one, other) => one.offset - other.offset));
  fc.assert(
    fc.property(ordered, fc.nat(1_100), (steps, offset) => {
      t.is(
        stepAt(steps, offset)?.step,
        steps.findLast((step) => step.offset <= offset),
      );
    }),
  );
  t.is(firstSince(index.steps, 1_500), 200);
  t.is(firstSince(index.steps, 2_001), null);
});

test('the index is bounded and still covers all of the log', (t) => {
  let steps: LogStep[] = [];
  for (let offset = 0; offset < indexStepsMax * 5; offset += 1) steps = addStep(steps, { offset, atMs: offset });
  t.true(steps.length <= indexStepsMax);
  t.is(steps[0]?.offset, 0);
  t.is(steps.at(-1)?.offset, indexStepsMax * 5 - 1);
});

test('parts are named by generation and bytes; what lies before a gap does not count', (t) => {
  const part = { generation: 2, fromByte: 10, toByte: 20 };
  const name = partName(part, 'zst');
  t.is(name, '2-10-20.log.zst');
  t.deepEqual(parsePartName(name), { ...part, name });
  for (const wrong of ['index', '2-20-10.log.zst', '2-10-20.log.zst.new', 'x-1-2.log.gz']) {
    t.is(parsePartName(wrong), null, wrong);
  }
  const names = ['1-0-10.log.zst', '1-12-20.log.gz', '2-20-30.log.zst', 'index', '1-20-30.log.zst'];
  t.deepEqual(
    joinedParts(names).map((each) => each.name),
    ['1-12-20.log.gz', '2-20-30.log.zst'],
  );
});
