import test from 'ava';
import {
  type Journal,
  type JournalSubject,
  type Recovery,
  recoveryOf,
  type StepKind,
  type StepState,
  stepsOf,
} from '../../../source/core/upgrade/journal.ts';

const subject: JournalSubject = {
  service: 'db',
  component: 'db',
  package: 'db',
  from: '1.0.0',
  to: '2.0.0',
  ran: true,
  lockBefore: null,
  rollback: 'needs-snapshot',
  snapshot: '/snapshots/db/1',
  restoreFrom: null,
  restarts: [],
};

/** As it is found when a daemon died at a step: all before it are done, all after it pending. */
const diedAt = (own: JournalSubject, at: number, state: StepState): Journal => ({
  format: 1,
  id: '1',
  kind: own.restoreFrom === null ? 'upgrade' : 'rollback',
  who: 'ana',
  startedAtMs: 0,
  subjects: [own],
  steps: stepsOf(own, { gateMs: 1_000 }).map((step, index) => ({
    ...step,
    state: index < at ? 'done' : index === at ? state : 'pending',
    message: index === at && state === 'failed' ? 'no such format' : null,
  })),
  settled: [],
});

type Found = Readonly<Record<'running' | 'done' | 'failed', Recovery['kind']>>;

/** How it goes on after a death at each step: while it runs, when it is done, when it has failed. */
const table: Record<StepKind, Found> = {
  fetch: { running: 'settled', done: 'settled', failed: 'settled' },
  'check-version': { running: 'settled', done: 'settled', failed: 'settled' },
  'check-config': { running: 'settled', done: 'settled', failed: 'settled' },
  'copy-ahead': { running: 'settled', done: 'settled', failed: 'settled' },
  stop: { running: 'undo', done: 'undo', failed: 'undo' },
  snapshot: { running: 'undo', done: 'undo', failed: 'undo' },
  restore: { running: 'undo', done: 'undo', failed: 'undo' },
  switch: { running: 'undo', done: 'go on', failed: 'undo' },
  start: { running: 'go on', done: 'go on', failed: 'undo' },
  gate: { running: 'go on', done: 'go on', failed: 'undo' },
  lock: { running: 'go on', done: 'go on', failed: 'undo' },
};
const states = ['running', 'done', 'failed'] as const;

for (const [words, own] of Object.entries({
  'an upgrade': subject,
  'an upgrade that copies ahead': { ...subject, copiesAhead: true },
  'an upgrade without a snapshot': { ...subject, snapshot: null },
  'an upgrade of what does not run': { ...subject, ran: false },
  'a rollback': { ...subject, snapshot: null, restoreFrom: '/snapshots/db/0' },
})) {
  test(`${words} is left alone before it touched anything, undone before the switch, and gone on with after it`, (t) => {
    for (const [at, { kind }] of stepsOf(own, { gateMs: 1_000 }).entries()) {
      for (const state of states) {
        t.is(recoveryOf(diedAt(own, at, state), 'db').kind, table[kind][state], `${kind}:${state}`);
      }
    }
  });
}

test('what is undone says what the failed step said; a service that is through is not touched again', (t) => {
  const gateAt = stepsOf(subject, { gateMs: 1_000 }).findIndex(({ kind }) => kind === 'gate');
  const journal = diedAt(subject, gateAt, 'failed');
  t.deepEqual(recoveryOf(journal, 'db'), { kind: 'undo', why: 'no such format' });
  t.deepEqual(recoveryOf({ ...journal, settled: ['db'] }, 'db'), { kind: 'settled' });
});

test('nothing is switched before the data is safe, and nothing starts before the switch', (t) => {
  const kinds = stepsOf(subject, { gateMs: 1_000 }).map(({ kind }) => kind);
  t.deepEqual(kinds, ['fetch', 'check-version', 'check-config', 'stop', 'snapshot', 'switch', 'start', 'gate']);
  const down = stepsOf({ ...subject, ran: false }, { gateMs: 1_000 }).map(({ kind }) => kind);
  t.deepEqual(down, ['fetch', 'check-version', 'check-config', 'snapshot', 'switch']);
});
