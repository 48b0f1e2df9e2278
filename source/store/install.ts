import { BootyError, reasonOf } from '../core/error.ts';
import type { World } from '../ports.ts';
import { isAbove } from '../registry/range.ts';
import { newestInstalled } from './installed.ts';
import { lockFile, storeFolder } from './layout.ts';
import { looking } from './looking.ts';
import { mayBeElsewhere } from './may-be-elsewhere.ts';
import { requireNamed } from './of-registry.ts';
import { requirePinned } from './pin.ts';
import { place } from './place.ts';
import { resolveWants, type Task } from './resolve-wants.ts';
import type { Soundness } from './soundness.ts';
import type { Fetched, Skipped, Source } from './sources/source.ts';
import type { Installed, InstallProgress, Store } from './store.ts';
import { asStoreError } from './store-error.ts';
import { makeTemporary, removeStale } from './temporary.ts';
import { waitForLock } from './wait-for-lock.ts';
import { type Knowledge, type Want, wantOf } from './wants.ts';

export type InstallParts = Pick<World, 'files' | 'host' | 'clock'> &
  Knowledge & {
    readonly home: string;
    readonly sources: readonly Source[];
    readonly requireSound: Soundness;
  };

/**
`Store.install`: what is there is settled at once, the rest under one lock per package. With `anew` nothing counts as
there: all is fetched, and takes the place of what lies there only once it is whole.
*/
export const install = async (
  parts: InstallParts,
  wanted: Parameters<Store['install']>[0],
  on: Parameters<Store['install']>[1],
  signal: AbortSignal,
  { anew = false }: { readonly anew?: boolean } = {},
): Promise<void> => {
  const pending = new Set<Want>();
  for (const { component, range, pin } of wanted) {
    try {
      pending.add(wantOf(parts, component, range, pin));
    } catch (error) {
      on.settled(component, asStoreError(error, parts.home));
    }
  }
  const settle = (want: Want, result: Installed | Error): void => {
    if (pending.delete(want)) on.settled(want.component, result);
  };
  const session: Session = { parts, anew, pending, settle, progress: on.progress, signal };

  let failure: unknown = new BootyError('ASSERTION', { claim: 'every pick is settled by its source' });
  try {
    await settleInstalled(session);
    for (const want of [...pending]) if (want.withheld?.versions === 'all') settle(want, want.withheld.error);
    if (pending.size > 0) await installMissing(session);
  } catch (error) {
    failure = error;
  }
  for (const want of [...pending]) {
    const cancelled = signal.aborted ? new BootyError('STORE_CANCELLED', { component: want.component }) : null;
    settle(want, cancelled ?? asStoreError(failure, parts.home));
  }
};

type Session = {
  readonly parts: InstallParts;
  readonly anew: boolean;
  readonly pending: Set<Want>;
  readonly settle: (want: Want, result: Installed | Error) => void;
  readonly progress: (component: string, progress: InstallProgress) => void;
  readonly signal: AbortSignal;
};

const settleInstalled = async ({ parts, anew, pending, settle }: Session): Promise<void> => {
  if (anew) return;
  for (const want of [...pending]) {
    const found = await lookInStore(parts, want);
    if (found) settle(want, found);
  }
};

/** What is there, or why it is not what it must be; null: nothing is. */
const lookInStore = async (parts: InstallParts, want: Want): Promise<Installed | Error | null> => {
  try {
    const installed = await newestInstalled(parts.files, parts.home, want.found.package, want.range);
    if (installed === null) return null;
    if (want.pin !== null) requirePinned(want.pin, want.component, installed);
    else requireNamed(want.component, want.found.entry, parts.platform, installed);
    await parts.requireSound(installed);
    return installed;
  } catch (error) {
    if (error instanceof BootyError) return error;
    throw error;
  }
};

const installMissing = async (session: Session): Promise<void> => {
  const { parts, pending, progress, signal } = session;
  const { files, home } = parts;
  await files.makeFolder(storeFolder(home), 0o755);
  await removeStale(parts, home);
  const releases: (() => Promise<void>)[] = [];
  let temporary: string | null = null;
  try {
    // In the order of their names, as every booty process does: so two of them cannot wait for each other.
    for (const name of [...new Set([...pending].map((want) => want.found.package))].toSorted()) {
      const onWait = ({ pid }: { readonly pid: number }): void => {
        const message =
          pid === parts.host.pid ? 'waiting for another installation' : `waiting for booty with pid ${pid}`;
        for (const want of pending) if (want.found.package === name) progress(want.component, looking(message));
      };
      releases.push(await waitForLock(files, lockFile(home, name), onWait, signal));
    }
    // Whoever was waited for may have been killed.
    await removeStale(parts, home);
    await settleInstalled(session);
    if (pending.size === 0) return;
    temporary = await makeTemporary(parts, home);
    await installFromSources(session, temporary);
  } finally {
    if (temporary !== null) await files.remove(temporary);
    for (const release of releases) await release();
  }
};

const installFromSources = async (session: Session, temporary: string): Promise<void> => {
  const { parts, pending, progress } = session;
  const onMessage = (message: string): void => {
    for (const want of pending) progress(want.component, looking(message));
  };
  onMessage('looking for versions');
  await installFrom(session, temporary, [...pending], parts.sources, new Map(), onMessage);
};

/** What the user should know of a choice before anything is fetched: what was skipped, and a licence that binds. */
const aboutTask = ({ pick, skipped, wants }: Task): string | null => {
  const reasons = skipped.map(({ source, reason }) => `not from ${source}: ${reason}`);
  const { note, version } = pick.candidate;
  const newer = wants.flatMap(({ withheld }) => {
    const versions = withheld === null || withheld.versions === 'all' ? [] : withheld.versions;
    const above = versions.filter((one) => isAbove(one, version));
    return withheld === null || above.length === 0 ? [] : [`not ${above.join(', ')}: ${withheld.error.message}`];
  });
  return (
    [
      ...reasons,
      ...new Set(newer),
      ...(note === undefined ? [] : [note]),
      ...(pick.entry.notice === undefined ? [] : [pick.entry.notice]),
    ].join('; ') || null
  );
};

/** What stands before the source that failed had its reasons too. */
type Failed = Skipped & { readonly error?: BootyError };

/** What a source turns out not to have when it comes to fetching is asked of those after it. */
const installFrom = async (
  session: Session,
  temporary: string,
  wants: readonly Want[],
  sources: readonly Source[],
  earlier: ReadonlyMap<Want, readonly Failed[]>,
  onMessage: (message: string) => void,
): Promise<void> => {
  const { parts, settle, progress, signal } = session;
  const { tasks, failures } = await resolveWants(wants, sources, earlier, parts.clock, onMessage, signal);
  // What a source says that was cut short is no word on what it has.
  signal.throwIfAborted();
  // Where a version in the range is withheld, that is why nothing was found.
  for (const [want, error] of failures) settle(want, want.withheld?.error ?? asStoreError(error, parts.home));
  for (const task of tasks) {
    const { version } = task.pick.candidate;
    const message = aboutTask(task);
    if (message === null) continue;
    for (const { component } of task.wants) {
      progress(component, { ...looking(message), source: task.source.name, version });
    }
  }

  const failed = new Map<Source, Map<Want, readonly Failed[]>>();
  const onFailure = (task: Task, error: BootyError): void => {
    const own = failed.get(task.source) ?? new Map<Want, readonly Failed[]>();
    const failure = { source: task.source.name, reason: reasonOf(error), error };
    for (const want of task.wants) {
      const before = earlier.get(want) ?? [];
      own.set(want, [...before, ...task.skipped.slice(before.length), failure]);
    }
    failed.set(task.source, own);
  };
  const fetching = await Promise.allSettled(
    [...new Set(tasks.map(({ source }) => source))].map((source) =>
      fetchFrom(
        session,
        temporary,
        source,
        tasks.filter((task) => task.source === source),
        onFailure,
      ),
    ),
  );
  for (const one of fetching) if (one.status === 'rejected') throw one.reason;
  for (const [source, own] of failed) {
    const others = sources.slice(sources.indexOf(source) + 1);
    for (const [want, tried] of own) {
      const last = tried.at(-1);
      progress(want.component, looking(`${last?.source}: ${last?.reason}`));
    }
    await installFrom(session, temporary, [...own.keys()], others, own, onMessage);
  }
};

const fetchFrom = async (
  session: Session,
  temporary: string,
  source: Source,
  tasks: readonly Task[],
  onFailure: (task: Task, error: BootyError) => void,
): Promise<void> => {
  const { parts, progress, signal } = session;
  const own = new Map(tasks.map((task) => [task.pick, task]));
  const folder = await parts.files.makeTemporary(temporary, `${source.name}-`);
  const placing: Promise<void>[] = [];
  await source
    .fetch(
      [...own.keys()],
      folder,
      {
        progress: (pick, state) => {
          const task = own.get(pick);
          if (!task) return;
          // Stays while it is fetched: whoever looks only now and then should see it too.
          const message = state.message ?? aboutTask(task);
          for (const want of task.wants) progress(want.component, { ...state, message });
        },
        settled: (pick, fetched) => {
          const task = own.get(pick);
          if (!task) return;
          const result = fetched instanceof Error ? asStoreError(fetched, parts.home) : fetched;
          if (mayBeElsewhere(result)) onFailure(task, result);
          else placing.push(finish(session, temporary, task, result));
        },
      },
      signal,
    )
    .finally(() => Promise.all(placing));
};

const finish = async (
  { parts, settle, progress, signal }: Session,
  temporary: string,
  { source, pick, wants, skipped }: Task,
  fetched: Fetched | Error,
): Promise<void> => {
  // Left pending, so that the end of the installation settles it as cut short.
  if (signal.aborted) return;
  let result: Installed | Error;
  const { origin = source.name } = pick.candidate;
  try {
    if (!(fetched instanceof Error)) {
      const found = { ...pick.candidate, source: origin, downloads: [fetched, ...(fetched.others ?? [])] };
      for (const want of wants) if (want.pin !== null) requirePinned(want.pin, want.component, found);
    }
    result =
      fetched instanceof Error
        ? fetched
        : await place(parts, { home: parts.home, temporary, source: origin, skipped }, pick, fetched);
  } catch (error) {
    result = asStoreError(error, parts.home);
  }
  for (const want of wants) {
    if (!(result instanceof Error)) progress(want.component, done(source.name, result, fetched));
    settle(want, result instanceof Error ? asStoreError(result, parts.home) : result);
  }
};

const done = (source: string, { version }: Installed, fetched: Fetched | Error): InstallProgress => {
  const totalBytes = fetched instanceof Error ? 0 : fetched.sizeBytes;
  return { ...looking(''), phase: 'done', source, version, doneBytes: totalBytes, totalBytes, message: null };
};
