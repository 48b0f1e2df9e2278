import type { UpgradeProgress, UpgradeSubject } from '../../api/upgrade-protocol.ts';
import { reasonOf } from '../../core/error.ts';
import type { Journal, JournalStep, StepKind } from '../../core/upgrade/journal.ts';
import type { Clock, Files } from '../../ports.ts';

/** The record of one upgrade: on disk before each step begins, and shown while it goes on. */
export type UpgradeRecord = {
  readonly id: string;
  readonly journal: () => Journal;
  readonly has: (service: string, kind: StepKind) => boolean;
  readonly isDone: (service: string, kind: StepKind) => boolean;
  readonly hasBegun: (service: string, kind: StepKind) => boolean;
  /** Runs a step: written down as begun before, and as done or failed after. Throws what the step threw. */
  readonly run: (
    service: string,
    kind: StepKind,
    work: (say: (text: string) => void) => Promise<string | null | void>,
  ) => Promise<void>;
  /** Writes down that the way back has begun, and why; where the disk takes no word of it, it goes on all the same. */
  readonly turnBack: (service: string, why: string) => Promise<void>;
  /** Takes steps as not done, as they are to be gone through again. */
  readonly reopen: (service: string, kinds: readonly StepKind[]) => void;
  /** Notes that a service is through, one way or the other. */
  readonly through: (service: string) => Promise<void>;
  readonly openGate: (endsAtMs: number | null) => void;
  readonly keepLastWords: (service: string) => Promise<void>;
  /** Notes that somebody asked to end it. */
  readonly noteEnding: () => void;
  readonly settle: (result: UpgradeProgress['result'], message: string | null) => void;
  readonly progress: () => UpgradeProgress;
};

export const createRecord = (
  { files, clock }: { readonly files: Pick<Files, 'writeAtomic'>; readonly clock: Pick<Clock, 'nowMs'> },
  of: {
    readonly file: string;
    readonly journal: Journal;
    readonly subjects: readonly UpgradeSubject[];
    readonly lastWords: (service: string) => Promise<readonly string[]>;
    readonly changed: () => void;
  },
): UpgradeRecord => {
  let { journal } = of;
  let gateEndsAtMs: number | null = null;
  let result: UpgradeProgress['result'] = null;
  let message: string | null = null;
  let lastWords: readonly string[] = [];
  let isEnding = false;

  const find = (service: string, kind: StepKind): JournalStep | undefined =>
    journal.steps.find((step) => step.service === service && step.kind === kind);
  const patch = (service: string, kind: StepKind, change: Partial<JournalStep>): void => {
    const steps = journal.steps.map((step) =>
      step.service === service && step.kind === kind ? { ...step, ...change } : step,
    );
    journal = { ...journal, steps };
    of.changed();
  };
  const write = (): Promise<void> => files.writeAtomic(of.file, JSON.stringify(journal), 0o600);

  return {
    id: journal.id,
    journal: () => journal,
    has: (service, kind) => find(service, kind) !== undefined,
    isDone: (service, kind) => find(service, kind)?.state === 'done',
    hasBegun: (service, kind) => ['running', 'done', 'failed'].includes(find(service, kind)?.state ?? 'pending'),
    run: async (service, kind, work) => {
      patch(service, kind, { state: 'running', startedAtMs: clock.nowMs(), endedAtMs: null, message: null });
      try {
        await write();
        const said = await work((text) => patch(service, kind, { message: text }));
        patch(service, kind, { state: 'done', endedAtMs: clock.nowMs(), ...(said ? { message: said } : {}) });
      } catch (error) {
        patch(service, kind, { state: 'failed', endedAtMs: clock.nowMs(), message: reasonOf(error) });
        throw error;
      }
      await write();
    },
    turnBack: async (service, why) => {
      const own = journal.steps.filter((step) => step.service === service);
      const left = own.find(({ state }) => state !== 'done' && state !== 'skipped') ?? own.at(-1);
      if (left && own.every(({ state }) => state !== 'failed'))
        patch(service, left.kind, { state: 'failed', endedAtMs: clock.nowMs(), message: why });
      await write().catch(() => undefined);
    },
    reopen: (service, kinds) => {
      for (const kind of kinds) patch(service, kind, { state: 'pending', startedAtMs: null, endedAtMs: null });
    },
    through: async (service) => {
      journal = { ...journal, settled: [...journal.settled, service] };
      await write();
    },
    openGate: (endsAtMs) => {
      gateEndsAtMs = endsAtMs;
      of.changed();
    },
    keepLastWords: async (service) => {
      lastWords = await of.lastWords(service).catch(() => []);
    },
    noteEnding: () => {
      isEnding = true;
      of.changed();
    },
    settle: (settled, said) => {
      [result, message, gateEndsAtMs] = [settled, said, null];
      of.changed();
    },
    progress: () => ({
      id: journal.id,
      kind: journal.kind,
      startedAtMs: journal.startedAtMs,
      subjects: of.subjects,
      steps: journal.steps,
      gateEndsAtMs,
      result,
      message,
      lastWords,
      ...(isEnding ? { isEnding } : {}),
    }),
  };
};
