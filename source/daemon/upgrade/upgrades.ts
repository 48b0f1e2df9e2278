import type { UpgradeDefer } from '../../api/protocol.ts';
import type {
  HistoryEntry,
  UpgradeAsk,
  UpgradeLook,
  UpgradePlan,
  UpgradeProgress,
  UpgradeRow,
  UpgradeSubject,
} from '../../api/upgrade-protocol.ts';
import { BootyError, reasonOf } from '../../core/error.ts';
import type { StackPaths } from '../../core/paths.ts';
import { type Journal, type JournalSubject, recoveryOf, stepsOf } from '../../core/upgrade/journal.ts';
import type { World } from '../../ports.ts';
import type { Installed, Store } from '../../store/store.ts';
import type { Supervisor } from '../supervisor.ts';
import { createDeferrals } from './deferrals.ts';
import { createExecutor, type Outcome } from './executor.ts';
import { readJournal, shownAgain } from './found-journal.ts';
import { createKnowledge } from './knowledge.ts';
import { createOffered, type OwnVersion } from './offered.ts';
import { createOwnSnapshots } from './own-snapshot.ts';
import { createPast, heldIds, lastVersionOf } from './past.ts';
import { createRecord, type UpgradeRecord } from './record.ts';
import { createSnapshots } from './snapshots.ts';
import { createServiceWatch } from './watch-service.ts';

const gateMsUsual = 60_000;
const lastWordsMax = 8;

/** Everything about newer versions of a stack's services: knowing, asking, doing, going back, remembering. */
export type Upgrades = {
  readonly look: (anew: boolean) => Promise<UpgradeLook>;
  /** As `look`, from what is known. */
  readonly view: () => UpgradeLook;
  readonly rowOf: (service: string) => UpgradeRow | null;
  readonly plan: (ask: UpgradeAsk) => Promise<UpgradePlan>;
  /** Throws UPGRADE_BUSY, UPGRADE_NOTHING, SERVICE_UNKNOWN. */
  readonly begin: (ask: UpgradeAsk, who: string) => Promise<{ readonly id: string }>;
  readonly cancel: () => void;
  readonly defer: (service: string, defer: UpgradeDefer) => Promise<void>;
  readonly history: () => Promise<readonly HistoryEntry[]>;
  readonly progress: () => UpgradeProgress | null;
  /** Throws UPGRADE_BUSY when an upgrade is under way (of this service, where one is named). */
  readonly guard: (service: string | null) => void;
  /** Notes the first version of a service, and one that the lock or booty.yaml put in the place of another. */
  readonly noteInstalled: (service: string, installed: Installed) => Promise<void>;
  /** Reads what was written down before. */
  readonly restore: () => Promise<void>;
  /** Goes on with an upgrade that was cut off; resolves once nothing of it stands against a start. */
  readonly recover: () => Promise<void>;
  readonly keepLooking: () => void;
  /** Asks no more; resolves when nothing of a question runs any more. */
  readonly stop: () => Promise<void>;
};

export const createUpgrades = (
  ports: World,
  of: {
    readonly supervisor: Supervisor;
    readonly store: Store;
    readonly paths: StackPaths;
    readonly onError: (error: unknown) => void;
    readonly ownVersion: (signal: AbortSignal) => Promise<OwnVersion>;
    readonly refresh: (signal: AbortSignal) => Promise<readonly string[]>;
  },
): Upgrades => {
  const { supervisor, store, paths } = of;
  const { loop, history, sessions } = supervisor;
  const { files, clock, host } = ports;
  const past = createPast(files, paths.historyFile);
  const deferrals = createDeferrals({ files, clock }, paths.deferredFile);
  const changed = (): void => sessions.stateChanged();
  const offered = createOffered(ports, store, {
    ...{ file: paths.offersFile, changed, ownVersion: of.ownVersion, refresh: of.refresh },
  });
  const snapshots = createSnapshots(ports, { data: paths.data, snapshots: paths.snapshots });
  const gateMs = Number(host.environment['BOOTY_GATE_MS'] ?? gateMsUsual);
  const watch = createServiceWatch(loop, clock);
  const ownSnapshots = createOwnSnapshots(ports, { supervisor, snapshots });
  const executor = createExecutor({
    ...{ ports, supervisor, store, snapshots, ownSnapshots, watch, gateMs, runFolder: paths.run },
  });
  let record: UpgradeRecord | null = null;
  let abort: AbortController | null = null;
  /** Of the upgrade that is asked for or under way; known before its record is. */
  let busy: { readonly id: string; readonly services: readonly string[] } = { id: '', services: [] };

  const knowledge = createKnowledge({ supervisor, store, clock, past, deferrals, offered, snapshots });
  const { binaries, packages, view, blocked, findSnapshots, prepare } = knowledge;
  const isBusy = (): boolean => abort !== null;
  const newId = (): string =>
    `${new Date(clock.nowMs()).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${ports.random.token(2)}`;

  const open = (journal: Journal, subjects: readonly UpgradeSubject[]): UpgradeRecord => {
    const lastWords = async (service: string): Promise<readonly string[]> => {
      const { lines } = await supervisor.logs.window(service, { lines: 40, end: null, start: null, pattern: null });
      const from = lines.findLastIndex(({ kind }) => kind === 'mark');
      return lines
        .slice(from + 1)
        .map(({ text }) => text)
        .slice(-lastWordsMax);
    };
    return createRecord({ files, clock }, { file: paths.upgradeFile, journal, subjects, lastWords, changed });
  };

  const tell = (service: string, type: string, message: string): void =>
    void history.add({ atMs: clock.nowMs(), service, type, from: null, to: null, message });

  const note = async (
    subject: JournalSubject,
    { result, reason, downMs }: Outcome,
    own: UpgradeRecord,
    startedAtMs: number,
  ): Promise<void> => {
    if (result === 'suspended') return;
    const { service, from, to, rollback } = subject;
    const { id, kind, who } = own.journal();
    // Where a rollback is undone later, the data it took away lies aside.
    const snapshot =
      kind === 'rollback' && subject.restoreFrom !== null
        ? snapshots.folderFor(service, `${id}-after`)
        : subject.snapshot;
    await past.add({
      ...{ id, kind, service, from, to, who, startedAtMs, endedAtMs: clock.nowMs() },
      ...{ downMs, result, reason, snapshot, rollback },
    });
    if (result === 'done') await snapshots.prune(service, heldIds(past.entries(), service));
    await own.through(service);
    await findSnapshots();
    const words = {
      done: `runs ${to} now`,
      returned: `is back on ${from}`,
      cancelled: `stays on ${from}`,
      failed: `is broken`,
    }[result];
    tell(
      service,
      `${kind}.${result}`,
      `${service} ${words} (${kind} ${from} → ${to} by ${who})${reason === null ? '' : `: ${reason}`}`,
    );
  };

  /** All services one after the other; the first that does not hold ends it. */
  const carryOut = async (
    own: UpgradeRecord,
    subjects: readonly JournalSubject[],
    work: (subject: JournalSubject) => Promise<Outcome | null>,
  ): Promise<void> => {
    let last: Outcome = { result: 'done', reason: null, downMs: null };
    try {
      for (const subject of subjects) {
        const startedAtMs = clock.nowMs();
        last = (await work(subject)) ?? {
          result: 'cancelled',
          reason: 'it was cut short before anything was changed',
          downMs: 0,
        };
        await note(subject, last, own, startedAtMs).catch(of.onError);
        if (last.result !== 'done') break;
      }
      if (last.result !== 'suspended') await files.remove(paths.upgradeFile);
    } catch (error) {
      of.onError(error);
      last = { result: 'failed', reason: reasonOf(error), downMs: null };
    }
    abort = null;
    own.settle(last.result === 'suspended' ? null : last.result, last.reason);
  };

  const guard = (service: string | null): void => {
    if (isBusy() && (service === null || busy.services.includes(service))) throw new BootyError('UPGRADE_BUSY', busy);
  };

  return {
    look: async (anew) => {
      if (anew) await offered.look(packages());
      await findSnapshots();
      return view();
    },
    view,
    rowOf: knowledge.rowOf,
    plan: async (ask) => {
      const { subjects, journal, nothing } = await prepare(ask, 'plan');
      return { kind: ask.kind, subjects, nothing, steps: journal.flatMap((subject) => stepsOf(subject, { gateMs })) };
    },
    begin: async (ask, who) => {
      guard(null);
      const id = newId();
      abort = new AbortController();
      busy = { id, services: ask.targets.map(({ service }) => service) };
      const { signal } = abort;
      try {
        const { subjects, journal, nothing } = await prepare(ask, id);
        if (journal.length === 0)
          throw new BootyError('UPGRADE_NOTHING', {
            reasons: nothing.map(({ service, reason }) => `${service}: ${reason}`),
          });
        const steps = journal.flatMap((subject) => stepsOf(subject, { gateMs }));
        const own = open(
          { format: 1, id, kind: ask.kind, who, startedAtMs: clock.nowMs(), subjects: journal, steps, settled: [] },
          subjects,
        );
        record = own;
        busy = servicesOf(own);
        changed();
        void carryOut(own, journal, (subject) => executor.run(subject, own, signal));
        return { id };
      } catch (error) {
        abort = null;
        throw error;
      }
    },
    cancel: () => {
      if (abort === null) return;
      abort.abort();
      record?.noteEnding();
    },
    defer: async (service, defer) => {
      const row = knowledge.rowOf(service);
      if (!row)
        throw new BootyError('SERVICE_UNKNOWN', {
          service,
          stack: supervisor.stack,
          known: binaries().map((wish) => wish.service),
        });
      await deferrals.set(service, defer, row.inRange);
      changed();
    },
    history: async () => {
      await findSnapshots();
      return past.entries().map((each) => {
        const { snapshot: _snapshot, rollback: _rollback, ...entry } = each;
        return { ...entry, blockedBy: blocked(each) };
      });
    },
    progress: () => record?.progress() ?? null,
    guard,
    noteInstalled: async (service, installed) => {
      const { version, source } = installed;
      const from = lastVersionOf(past.entries(), service);
      if (from === version) return;
      // What an upgrade under way brings is its own to tell.
      const journal = from === null ? null : readJournal(await files.readText(paths.upgradeFile));
      if (journal?.subjects.some((subject) => subject.service === service)) return;
      const atMs = clock.nowMs();
      await past.add({
        ...{
          id: newId(),
          kind: 'install',
          service,
          from,
          to: version,
          who: 'booty up',
          startedAtMs: atMs,
          endedAtMs: atMs,
        },
        ...{ downMs: null, result: 'done', reason: `from ${source}`, snapshot: null, rollback: 'safe' },
      });
    },
    restore: async () => {
      await Promise.all([past.restore(), deferrals.restore(), offered.restore()]);
      await findSnapshots();
    },
    recover: async () => {
      const journal = isBusy() ? null : readJournal(await files.readText(paths.upgradeFile));
      if (journal === null) return;
      const own = open(journal, journal.subjects.map(shownAgain));
      record = own;
      busy = servicesOf(own);
      abort = new AbortController();
      const { signal } = abort;
      // A daemon that died right after it had remembered how it ended has nothing to go on with.
      for (const { service } of journal.subjects) {
        if (!journal.settled.includes(service) && past.has(journal.id, service)) await own.through(service);
      }
      const left = journal.subjects.filter(({ service }) => !own.journal().settled.includes(service));
      const isGoingOn = left.some(({ service }) => recoveryOf(journal, service).kind === 'go on');
      const work = carryOut(own, left, (subject) => executor.resume(subject, own, signal));
      if (!isGoingOn) await work;
    },
    keepLooking: () => offered.keepLooking(supervisor.held()?.definition.updateCheck === false ? null : packages),
    stop: offered.stop,
  };
};

const servicesOf = (record: UpgradeRecord) => ({
  id: record.id,
  services: record.journal().subjects.map(({ service }) => service),
});
