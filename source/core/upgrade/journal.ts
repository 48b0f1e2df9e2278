import type { LossBy, Rollback } from './way-back.ts';

/**
What is written down of an upgrade under way, so that whoever finds it knows how far it came. One document per upgrade; it
is replaced before each step begins.
*/
export type StepKind =
  | 'fetch'
  | 'check-version'
  | 'check-config'
  | 'copy-ahead'
  | 'snapshot'
  | 'stop'
  | 'restore'
  | 'switch'
  | 'start'
  | 'gate'
  | 'lock';

export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'skipped';

export type JournalStep = {
  readonly service: string;
  readonly kind: StepKind;
  readonly reason: string;
  readonly state: StepState;
  readonly message: string | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
};

/** One service of an upgrade, with all that is needed to put it back. */
export type JournalSubject = {
  readonly service: string;
  readonly component: string;
  readonly package: string;
  readonly from: string;
  readonly to: string;
  /** True when it ran before: it is to run afterwards. */
  readonly ran: boolean;
  /** What the lock said before; opaque here. */
  readonly lockBefore: unknown;
  readonly rollback: Rollback;
  /** Folder of the data as it was before; null: none is taken. */
  readonly snapshot: string | null;
  /** True: most of it is copied from the server's own snapshot while it runs; absent in what an older booty wrote. */
  readonly copiesAhead?: boolean;
  /** Folder of the snapshot that is put in the place of the data; null: the data stays. */
  readonly restoreFrom: string | null;
  readonly restarts: readonly string[];
  /** Which version had written its data last; absent in what an older booty wrote, and where none is known to have. */
  readonly dataBefore?: string;
  /** How the loss of its data shows; absent in what an older booty wrote. */
  readonly lossBy?: LossBy;
};

export type Journal = {
  readonly format: 1;
  readonly id: string;
  readonly kind: 'upgrade' | 'rollback';
  readonly who: string;
  readonly startedAtMs: number;
  readonly subjects: readonly JournalSubject[];
  readonly steps: readonly JournalStep[];
  /** Services that are through, one way or the other. */
  readonly settled: readonly string[];
};

/** What a successor does with the journal of a dead daemon, service by service. */
export type Recovery =
  /** Nothing was touched yet, or all is done. */
  | { readonly kind: 'settled' }
  /** The switch did not come, or a step failed: the old version is to run again. `why`: what the failed step said. */
  | { readonly kind: 'undo'; readonly why: string | null }
  /** Switched: the gate is to be passed, or failed. */
  | { readonly kind: 'go on' };

/** Pure and total: every state a journal can be found in has exactly one way to go on. */
export const recoveryOf = (journal: Pick<Journal, 'settled' | 'steps'>, service: string): Recovery => {
  if (journal.settled.includes(service)) return { kind: 'settled' };
  const own = journal.steps.filter((step) => step.service === service);
  const isSwitched = own.some(({ kind, state }) => kind === 'switch' && state === 'done');
  // A step that failed was on its way back.
  const failed = own.find(({ state }) => state === 'failed');
  if (isSwitched && failed === undefined) return { kind: 'go on' };
  const touched = own.some(({ kind, state }) => isTouching(kind) && state !== 'pending' && state !== 'skipped');
  return touched ? { kind: 'undo', why: failed?.message ?? null } : { kind: 'settled' };
};

/** Steps that change what runs or what is on the disk of the service. */
const isTouching = (kind: StepKind): boolean => ['stop', 'snapshot', 'restore', 'switch'].includes(kind);

/** The steps of one subject in their order, each with its reason. */
export const stepsOf = (subject: JournalSubject, words: { readonly gateMs: number }): readonly JournalStep[] => {
  const { service, from, to, ran, snapshot, restoreFrom, rollback, copiesAhead } = subject;
  const step = (kind: StepKind, reason: string): JournalStep => ({
    service,
    kind,
    reason,
    state: 'pending',
    message: null,
    startedAtMs: null,
    endedAtMs: null,
  });
  const why = rollback === 'safe' ? 'small, so taken anyway' : `${from} cannot read what ${to} writes`;
  return [
    step('fetch', `${to}, verified, beside ${from}, which runs on`),
    step('check-version', `the new binary is asked which version it is`),
    step('check-config', `the new binary reads the configuration without starting`),
    ...(copiesAhead ? [step('copy-ahead', `a snapshot that ${from} makes itself, while it runs on`)] : []),
    ...(ran ? [step('stop', 'gracefully, by its own signal and grace')] : []),
    ...(snapshot === null ? [] : [step('snapshot', copiesAhead ? `${why}; of it what was written since` : why)]),
    ...(restoreFrom === null
      ? []
      : [step('restore', 'the data as it was before that upgrade; what is there now is kept')]),
    step('switch', `${from} → ${to}, written to the lock`),
    ...(ran
      ? [
          step('start', 'with the same data and ports'),
          step('gate', `ready, then ${Math.round(words.gateMs / 1000)} s without an exit or a failed health check`),
        ]
      : []),
  ];
};
