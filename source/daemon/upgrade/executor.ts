import { BootyError, reasonOf } from '../../core/error.ts';
import { exitText } from '../../core/restart.ts';
import { type JournalSubject, recoveryOf, type StepKind } from '../../core/upgrade/journal.ts';
import { isLive } from '../../core/world.ts';
import type { World } from '../../ports.ts';
import type { LockedService } from '../../lock/document.ts';
import type { Installed, Store } from '../../store/store.ts';
import type { Supervisor } from '../supervisor.ts';
import { checkConfig, checkVersion } from './check-binary.ts';
import { fetchVersion } from './fetch-version.ts';
import type { UpgradeRecord } from './record.ts';
import type { OwnSnapshots } from './own-snapshot.ts';
import type { ServiceWatch } from './watch-service.ts';
import { type Snapshots, sizeText } from './snapshots.ts';

export type ExecutorParts = {
  readonly ports: Pick<World, 'files' | 'host' | 'clock'>;
  readonly supervisor: Supervisor;
  readonly store: Store;
  readonly snapshots: Snapshots;
  readonly ownSnapshots: OwnSnapshots;
  readonly watch: ServiceWatch;
  readonly gateMs: number;
  /** Of the stack: for files that are only looked at. */
  readonly runFolder: string;
};

/** How the upgrade of one service ended; `suspended`: the stack went down, whoever brings it up goes on. */
export type Outcome = {
  readonly result: 'done' | 'returned' | 'failed' | 'cancelled' | 'suspended';
  readonly reason: string | null;
  readonly downMs: number | null;
};

/** What to do about it stands in the history beside the reason: whoever reads it is not the one who asked. */
const reasonWithAdvice = (error: unknown): string =>
  error instanceof BootyError && error.code !== 'UPGRADE_STEP_FAILED' && error.hint
    ? `${reasonOf(error)}; ${error.hint}`
    : reasonOf(error);

/** How long a service was down before it answered for a while, and since when it does not any more. */
type Down = { readonly beforeMs: number; readonly sinceMs: number };

/** Thrown out of a step when the stack goes down meanwhile. */
class Suspended extends Error {}

export type Executor = {
  readonly run: (subject: JournalSubject, record: UpgradeRecord, signal: AbortSignal) => Promise<Outcome>;
  /** Goes on with what a dead daemon, or one that went down, had begun; null when there is nothing to go on with. */
  readonly resume: (subject: JournalSubject, record: UpgradeRecord, signal: AbortSignal) => Promise<Outcome | null>;
};

/** Carries out what the journal says for one service. Makes no choice but whether a step held. */
export const createExecutor = (parts: ExecutorParts): Executor => {
  const { ports, supervisor, store, snapshots, ownSnapshots, watch, gateMs } = parts;
  const { loop, fetches, lock, dataVersions } = supervisor;
  const { clock } = ports;

  const installedOf = (
    { package: name }: JournalSubject,
    version: string,
    signal: AbortSignal,
    say: (text: string) => void,
  ): Promise<Installed> => fetchVersion(store, name, version, { signal, say });

  const switchTo = async (subject: JournalSubject, installed: Installed): Promise<void> => {
    fetches.use(subject.service, installed);
    loop.post({ type: 'binary.chosen', service: subject.service, version: installed.version });
    await dataVersions.trust(subject, installed.version);
    await lock.note(subject.service, subject.component, installed);
  };

  /** Resolves to how it ended; null: nothing of it ran. */
  const stop = async ({ service }: JournalSubject, say?: (text: string) => void): Promise<string | null> => {
    const before = loop.world().services[service];
    if (before)
      say?.(`${before.spec.stop.signal}, at most ${Math.round(before.spec.stop.graceMs / 1000)} s, then SIGKILL`);
    loop.post({ type: 'stop.requested', service });
    await loop.taken();
    const waited = await watch.stopped(service);
    if (waited.kind === 'suspended') throw new Suspended();
    if (waited.kind === 'no') throw new BootyError('UPGRADE_STEP_FAILED', { service, problem: waited.why });
    const exit = loop.world().services[service]?.lastExit ?? null;
    return exit === null || exit === before?.lastExit ? null : exitText(exit);
  };

  const start = async ({ service }: JournalSubject, signal: AbortSignal): Promise<void> => {
    const own = loop.world().services[service];
    // One that is on its way already (an `up`, a process that was taken over) is the start that is meant.
    const before = (own?.generation ?? 0) - (own !== undefined && isLive(own.state) ? 1 : 0);
    loop.post({ type: 'start.requested', service });
    // Until it is decided, one that had failed before would be taken for one that fails now.
    await loop.taken();
    const waited = await watch.ready(service, before, signal);
    if (waited.kind === 'suspended') throw new Suspended();
    if (waited.kind === 'no')
      throw new BootyError('UPGRADE_STEP_FAILED', { service, problem: `it did not become ready: ${waited.why}` });
  };

  const lossOf = async ({ service, snapshot, lossBy }: JournalSubject): Promise<string | null> =>
    snapshot !== null && lossBy !== undefined && (await snapshots.isWhole(snapshot))
      ? snapshots.lossSince(service, snapshot, lossBy)
      : null;

  const gate = async (subject: JournalSubject, record: UpgradeRecord, signal: AbortSignal): Promise<void> => {
    const { service, restarts } = subject;
    for (const follower of restarts) loop.post({ type: 'restart.requested', service: follower });
    const openedAtMs = clock.nowMs();
    record.openGate(openedAtMs + gateMs);
    const waited = await watch.steady(service, gateMs, signal).finally(() => record.openGate(null));
    if (waited.kind === 'suspended') throw new Suspended();
    const fail = (why: string) =>
      new BootyError('UPGRADE_STEP_FAILED', { service, problem: `it did not pass its gate: ${why}` });
    const inSeconds = (ms: number): number => Math.round(ms / 1000);
    if (waited.kind === 'no')
      throw fail(`${waited.why}, after ${inSeconds(clock.nowMs() - openedAtMs)} of ${inSeconds(gateMs)} s`);
    const loss = await lossOf(subject);
    if (loss !== null) throw fail(loss);
  };

  /** The old version runs again on its data. `neverReady`: nobody can have written anything through the new one. */
  const putBack = async (
    subject: JournalSubject,
    record: UpgradeRecord,
    neverReady: boolean,
  ): Promise<string | null> => {
    const { service, ran, snapshot, restoreFrom, rollback } = subject;
    const never = new AbortController().signal;
    await stop(subject);
    const aside = snapshots.folderFor(service, `${record.id}-after`);
    const failed = snapshots.folderFor(service, `${record.id}-failed`);
    await snapshots.mend(service, [failed, aside]);
    // A daemon that died on its way back had come that far: the old version may have written since.
    const isPutBack = await snapshots.isWhole(failed);
    const taken = snapshot !== null && (await snapshots.isWhole(snapshot)) ? snapshot : null;
    // What the restore of a rollback took away lies aside, and is what the version before wrote.
    const isAside = restoreFrom !== null && record.isDone(service, 'restore') && (await snapshots.isWhole(aside));
    const before = taken ?? (isAside ? aside : null);
    const isSwitched = record.isDone(service, 'switch') || record.isDone(service, 'restore');
    const mayPut = before !== null && isSwitched && !isPutBack;
    const puts = mayPut && (neverReady || rollback !== 'safe' || isAside || (await lossOf(subject)) !== null);
    if (puts) await snapshots.restore(service, before, failed, subject.to);
    const old = await installedOf(subject, subject.from, never, () => undefined);
    fetches.use(service, old);
    loop.post({ type: 'binary.chosen', service, version: old.version });
    await dataVersions.trust(subject, subject.dataBefore ?? old.version);
    await lock.restore(service, subject.lockBefore as LockedService | null);
    // What the newer version took in is missed by whoever wrote it: where it lies is said.
    const said =
      puts && !neverReady ? `its data was put back as it was before, what ${subject.to} wrote is in ${failed}` : null;
    // A stack that is down starts it when it is asked for.
    if (!ran || loop.world().phase !== 'up') return said;
    try {
      await start(subject, never);
      return said;
    } catch (error) {
      if (error instanceof Suspended || before === null || puts || isPutBack) throw error;
      // The data it finds is not what it left: then its own is put back.
      await stop(subject);
      await snapshots.restore(service, before, failed, subject.to);
      await start(subject, never);
      return 'the new version had changed its data: it was put back as it was before';
    }
  };

  const isTouched = (record: UpgradeRecord, service: string): boolean =>
    (['stop', 'snapshot', 'restore', 'switch'] as const).some((kind) => record.hasBegun(service, kind));

  const goBack = async (
    subject: JournalSubject,
    record: UpgradeRecord,
    why: string,
    down: Down | null,
  ): Promise<Outcome> => {
    const { service, from } = subject;
    if (!isTouched(record, service)) {
      await ownSnapshots.forget(subject);
      return { result: 'cancelled', reason: why, downMs: 0 };
    }
    const neverReady = !record.isDone(service, 'start');
    // One that was never started said nothing.
    const hasSpoken = record.hasBegun(service, 'start');
    try {
      // Whoever finds the record after this daemon's death goes on with the way back, not with the new version.
      await record.turnBack(service, why);
      if (hasSpoken) await record.keepLastWords(service);
      const extra = await putBack(subject, record, neverReady);
      const isSwitched = record.isDone(service, 'switch');
      const downMs = down === null ? null : down.beforeMs + clock.nowMs() - down.sinceMs;
      return {
        result: isSwitched ? 'returned' : 'cancelled',
        reason: extra === null ? why : `${why}; ${extra}`,
        downMs,
      };
    } catch (error) {
      if (error instanceof Suspended) return { result: 'suspended', reason: why, downMs: null };
      return { result: 'failed', reason: `${why}; and ${from} does not come back: ${reasonOf(error)}`, downMs: null };
    }
  };

  const stepsFrom = async (
    subject: JournalSubject,
    record: UpgradeRecord,
    signal: AbortSignal,
    isResumed: boolean,
  ): Promise<Outcome> => {
    const { service, to } = subject;
    let down: Down | null = null;
    let downMs: number | null = 0;
    const step = async (
      kind: StepKind,
      run: (say: (text: string) => void) => Promise<string | null | void>,
    ): Promise<void> => {
      if (!record.has(service, kind) || record.isDone(service, kind)) return;
      // What has not been touched can be left by saying so; from there on a cancel goes back.
      signal.throwIfAborted();
      await record.run(service, kind, run);
    };
    try {
      let installed: Installed | null = null;
      await step('fetch', async (say) => {
        installed = await installedOf(subject, to, signal, say);
        return `${to} from ${installed.source}`;
      });
      const binary = installed ?? (await installedOf(subject, to, signal, () => undefined));
      await step(
        'check-version',
        async () => (await checkVersion(ports.host, store, subject, binary)) ?? 'it cannot be asked',
      );
      await step('check-config', async () => {
        const held = supervisor.held();
        if (subject.snapshot !== null) await snapshots.requireSpace(service);
        if (held === null) return 'nothing is wired yet';
        const folder = `${parts.runFolder}/check-${record.id}`;
        return (await checkConfig(ports, held, subject, binary, folder)) ?? 'this system has no such check';
      });
      await step('copy-ahead', () => ownSnapshots.copy(subject, signal));
      // What was fetched lies in memory still; better it is written now than while the service stands still.
      if (subject.snapshot !== null && !record.isDone(service, 'snapshot')) await snapshots.settleDisk();
      down = subject.ran ? { beforeMs: 0, sinceMs: clock.nowMs() } : null;
      await step('stop', (say) => stop(subject, say));
      await step('snapshot', async () => {
        const { bytes, sinceBytes } = await snapshots.take(service, subject.snapshot ?? '', subject.from);
        const since = sinceBytes === null ? '' : `, of them ${sizeText(sinceBytes)} since the copy ahead`;
        return `${sizeText(bytes)}${since}`;
      });
      const aside = snapshots.folderFor(service, `${record.id}-after`);
      await step('restore', () => snapshots.restore(service, subject.restoreFrom ?? '', aside, subject.from));
      await step('switch', () => switchTo(subject, binary));
      if (isResumed) fetches.use(service, binary);
      await step('start', async (say) => {
        if (isResumed && isReady(service, to)) return 'it runs already';
        say(`ready within ${Math.round(watch.readyMsMax(service) / 1000)} s, or back to ${subject.from}`);
        await start(subject, signal);
        return 'ready';
      });
      downMs = down === null || isResumed ? null : clock.nowMs() - down.sinceMs;
      try {
        await step('gate', () => gate(subject, record, signal));
      } catch (error) {
        // While the gate was open the new version answered: that time it was not down.
        down = downMs === null ? null : { beforeMs: downMs, sinceMs: clock.nowMs() };
        throw error;
      }
      return { result: 'done', reason: null, downMs: subject.ran ? downMs : 0 };
    } catch (error) {
      if (error instanceof Suspended) return { result: 'suspended', reason: null, downMs: null };
      const why = signal.aborted ? 'cancelled' : reasonWithAdvice(error);
      return goBack(subject, record, why, down);
    }
  };

  const isReady = (service: string, version: string): boolean => {
    const own = loop.world().services[service];
    return own?.state === 'ready' && own.version === version;
  };

  return {
    run: (subject, record, signal) => stepsFrom(subject, record, signal, false),
    resume: async (subject, record, signal) => {
      const recovery = recoveryOf(record.journal(), subject.service);
      if (recovery.kind === 'settled') {
        await ownSnapshots.forget(subject);
        return null;
      }
      if (recovery.kind === 'undo')
        return goBack(subject, record, recovery.why ?? 'the daemon died before the switch', null);
      record.reopen(subject.service, ['gate']);
      const waited = await watch.up(signal);
      if (waited.kind !== 'yes') return { result: 'suspended', reason: null, downMs: null };
      // One that never went down keeps the times of its start: it was down no longer than that.
      if (!isReady(subject.service, subject.to)) record.reopen(subject.service, ['start']);
      return stepsFrom(subject, record, signal, true);
    },
  };
};
