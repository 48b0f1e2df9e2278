import test from 'ava';
import { cutShortText } from '../../../source/core/upgrade/cut-short.ts';
import type { JournalStep, StepKind, StepState } from '../../../source/core/upgrade/journal.ts';

const kinds: readonly StepKind[] = ['fetch', 'check-config', 'stop', 'switch', 'start', 'gate'];

/** All before the step are done, that one has the state, those after it wait. */
const stepsOf = (service: string, at: StepKind, state: StepState): readonly JournalStep[] =>
  kinds.map((kind, index) => ({
    service,
    kind,
    reason: '',
    state: index < kinds.indexOf(at) ? 'done' : kind === at ? state : 'pending',
    message: null,
    startedAtMs: null,
    endedAtMs: null,
  }));

const subjects = ['one', 'two', 'three'].map((service) => ({ service }));

test('what is left of an upgrade of many is the one it was at; the others stay as they are', (t) => {
  const steps = [
    ...stepsOf('one', 'gate', 'done'),
    ...stepsOf('two', 'gate', 'running'),
    ...stepsOf('three', 'fetch', 'pending'),
  ];
  const said = 'the upgrade of two was cut short: the next booty up brings it to its end';
  t.is(cutShortText({ kind: 'upgrade', subjects, steps }), said);
});

test('one that had touched nothing leaves nothing', (t) => {
  const steps = subjects.flatMap(({ service }) => stepsOf(service, 'fetch', service === 'one' ? 'running' : 'pending'));
  const said = 'the way back of one, two, three was cut short before anything was changed';
  t.is(cutShortText({ kind: 'rollback', subjects, steps }), said);
});
