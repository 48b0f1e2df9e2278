/** What daemon and clients say to each other about upgrades; part of `protocol.ts`. */

/** What going back to the version before needs: nothing; the data as it was; a backup restored by hand. */
export type RollbackClass = 'safe' | 'needs-snapshot' | 'impossible';

/** The row of booty itself, which `booty self upgrade` upgrades; no service has such a name. */
export const bootyItself = 'booty itself';

/** One service and what is known of newer versions of its binary. */
export type UpgradeRow = {
  readonly service: string;
  readonly component: string;
  readonly package: string;
  readonly range: string | null;
  readonly current: string | null;
  readonly currentSource: string | null;
  /** Newest within the range, when newer than current. */
  readonly inRange: string | null;
  /** Newest of all, when newer than current. */
  readonly newest: string | null;
  readonly rollback: RollbackClass;
  /** Sentences: licence or upstream status, known CVEs of current that a newer version fixes. */
  readonly notices: readonly string[];
  readonly releaseNotes: string | null;
  readonly deferred:
    | { readonly kind: 'later'; readonly untilMs: number }
    | { readonly kind: 'skip'; readonly version: string }
    | null;
  /** That the version in range was tried here and taken back; absent: it was not. It is offered no more by itself. */
  readonly tried?: { readonly atMs: number; readonly why: string };
  /** Where `b` leads. */
  readonly back: {
    readonly version: string;
    readonly atMs: number;
    readonly blockedBy: string | null;
    readonly rollback: RollbackClass;
  } | null;
  /** Set when it failed within 24 h after a passed gate. */
  readonly suspect: {
    readonly from: string;
    readonly to: string;
    readonly atMs: number;
    readonly what: string;
  } | null;
};
export type UpgradeLook = {
  readonly atMs: number | null;
  readonly looking: boolean;
  readonly troubles: readonly string[];
  readonly rows: readonly UpgradeRow[];
};

export type UpgradeTarget = {
  readonly service: string;
  /** null: newest within the service's own range. */
  readonly range: string | null;
};
export type UpgradeAsk = {
  readonly kind: 'upgrade' | 'rollback';
  readonly targets: readonly UpgradeTarget[];
  /** Of a rollback: history entry to return to; null: the version before. */
  readonly to?: string | null;
};
export const upgradeStepKinds = [
  'fetch',
  'check-version',
  'check-config',
  'copy-ahead',
  'snapshot',
  'stop',
  'restore',
  'switch',
  'start',
  'gate',
  'lock',
] as const;
export type UpgradeStep = {
  readonly service: string;
  readonly kind: (typeof upgradeStepKinds)[number];
  readonly reason: string;
};
export type UpgradeSubject = {
  readonly service: string;
  readonly from: string;
  readonly to: string;
  readonly rollback: RollbackClass;
  /** Others that restart with it, and those that merely depend on it. */
  readonly restarts: readonly string[];
  readonly dependants: readonly string[];
  readonly downtimeMs: number | null;
  readonly snapshot: {
    readonly bytes: number;
    readonly how: 'native' | 'reflink' | 'copy';
    readonly freeBytes: number;
  } | null;
  /** What going back later would lose, in a sentence; null: nothing. */
  readonly loses: string | null;
  readonly notices: readonly string[];
};
export type UpgradePlan = {
  readonly kind: 'upgrade' | 'rollback';
  readonly subjects: readonly UpgradeSubject[];
  readonly steps: readonly UpgradeStep[];
  /** Services asked for that have nothing to do, and why; `isRefused`: what was asked for is not what they have. */
  readonly nothing: readonly { readonly service: string; readonly reason: string; readonly isRefused?: boolean }[];
};

export type UpgradeProgress = {
  readonly id: string;
  readonly kind: 'upgrade' | 'rollback';
  readonly startedAtMs: number;
  readonly subjects: readonly UpgradeSubject[];
  readonly steps: readonly (UpgradeStep & {
    readonly state: 'pending' | 'running' | 'done' | 'failed' | 'skipped';
    readonly message: string | null;
    readonly startedAtMs: number | null;
    readonly endedAtMs: number | null;
  })[];
  /** Until when the gate watches; null: no gate is open. */
  readonly gateEndsAtMs: number | null;
  /** null while under way. `returned`: the gate failed and the old version runs again. */
  readonly result: 'done' | 'returned' | 'failed' | 'cancelled' | null;
  readonly message: string | null;
  /** What the new version printed last, when it failed. */
  readonly lastWords: readonly string[];
  /** Somebody asked to end it; the step under way comes first. */
  readonly isEnding?: boolean;
};
export type HistoryEntry = {
  readonly id: string;
  readonly kind: 'upgrade' | 'rollback' | 'install';
  readonly service: string;
  readonly from: string | null;
  readonly to: string;
  readonly who: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly downMs: number | null;
  readonly result: 'done' | 'returned' | 'failed' | 'cancelled';
  readonly reason: string | null;
  /** How one could return to `from`: null when it is possible; else why not. */
  readonly blockedBy: string | null;
};
