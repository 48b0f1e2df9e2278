import { join } from 'node:path';
import { BootyError, reasonOf } from '../../core/error.ts';
import type { World } from '../../ports.ts';
import type { Platform } from '../../registry/schema.ts';
import { looking } from '../looking.ts';
import { mayBeElsewhere } from '../may-be-elsewhere.ts';
import type { Pin } from '../pin.ts';
import { resolveWants, type Task } from '../resolve-wants.ts';
import type { Copied, Skipped, Source } from '../sources/source.ts';
import type { InstallProgress } from '../store.ts';
import { type Knowledge, type Want, wantOf } from '../wants.ts';
import { waitForLock } from '../wait-for-lock.ts';
import { emptyMirror, keyOf, type MirrorDocument, mirrorFile, mirrorText } from './document.ts';
import { readMirrorDocument } from './read-document.ts';

export type CloneParts = Pick<World, 'files' | 'host' | 'clock'> &
  Knowledge & {
    readonly sources: readonly Source[];
  };

/** What of a wanted component lies in the mirror now. */
export type Cloned = {
  readonly component: string;
  readonly package: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  /** Empty: any. */
  readonly platforms: readonly string[];
  /** Of the platforms asked for, those it cannot be had for. */
  readonly missing: readonly string[];
  readonly sizeBytes: number;
  /** Why from this source, where others stand before it. */
  readonly reason: string | null;
};

export type CloneWant = { readonly component: string; readonly range: string | null; readonly pin?: Pin | null };

/**
Puts components into the folder of a mirror, beside what lies there: chosen as an installation on this machine chooses,
each from the first source that has it. The document is written last, so a clone that is cut short leaves the mirror as it
was, and the next one goes on where it ended. One component may be wanted in several ranges. Those that fail do not stop
the others; once the signal aborts those not settled yet are, with CUT_SHORT. Throws MIRROR_UNREADABLE.
*/
export const clone = async (
  parts: CloneParts,
  folder: string,
  wanted: readonly CloneWant[],
  platforms: readonly Platform[],
  on: {
    readonly progress: (component: string, progress: InstallProgress) => void;
    readonly settled: (want: CloneWant, result: Cloned | Error) => void;
  },
  signal: AbortSignal,
): Promise<void> => {
  const { files } = parts;
  const wants = new Map<Want, CloneWant>();
  for (const one of wanted) {
    try {
      wants.set(wantOf(parts, one.component, one.range, one.pin), one);
    } catch (error) {
      on.settled(one, asError(error));
    }
  }
  const work = join(folder, '.booty');
  await files.makeFolder(folder, 0o755);
  let release: (() => Promise<void>) | null = null;
  try {
    const onWait = ({ pid }: { readonly pid: number }): void => {
      for (const { component } of wants.values()) on.progress(component, looking(`waiting for booty with pid ${pid}`));
    };
    // Beside that folder and not in it: whoever ends first removes it, while the next one waits.
    release = await waitForLock(files, join(folder, '.booty-lock'), onWait, signal);
    await files.makeFolder(work, 0o755);
    let document = (await readMirrorDocument(files, folder)) ?? emptyMirror;
    const settle = async (task: Task, copied: Copied): Promise<void> => {
      document = merged(document, task, copied, parts.clock.nowMs());
      await files.writeAtomic(join(folder, mirrorFile), mirrorText(document), 0o644);
      for (const want of task.wants) {
        const own = wants.get(want);
        if (own === undefined || !wants.delete(want)) continue;
        on.settled(own, clonedOf(want, task, copied, platforms));
      }
    };
    // One at a time for each component: two ranges of one package would share a version where one fits both.
    for (const round of roundsOf([...wants.keys()])) {
      await cloneRound(
        parts,
        { folder, work, platforms },
        round,
        on.progress,
        settle,
        (want, error) => {
          const own = wants.get(want);
          if (own !== undefined && wants.delete(want)) on.settled(own, error);
        },
        signal,
      );
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    for (const one of wants.values()) on.settled(one, cancelled(one));
    return;
  } finally {
    if (release !== null) {
      const left = (await files.list(work)).filter((name) => /^(debs|list|go)-/.test(name));
      for (const name of left) await files.remove(join(work, name));
      // All that is under way is gone with success; what was broken off stays, to be gone on with.
      if ((await files.list(join(work, 'cache', 'downloads'))).length === 0) await files.remove(work);
      await release();
    }
  }
};

const cancelled = ({ component }: { readonly component: string }): BootyError =>
  new BootyError('CUT_SHORT', { what: `the copy of ${component}` });

type Settle = (task: Task, copied: Copied) => Promise<void>;

const cloneRound = async (
  parts: CloneParts,
  into: { readonly folder: string; readonly work: string; readonly platforms: readonly Platform[] },
  wants: readonly Want[],
  progress: (component: string, progress: InstallProgress) => void,
  settle: Settle,
  fail: (want: Want, error: Error) => void,
  signal: AbortSignal,
): Promise<void> => {
  const sources = parts.sources.filter((source) => source.copy !== undefined);
  let left = wants;
  let candidates = sources;
  const earlier = new Map<Want, readonly (Skipped & { readonly error: BootyError })[]>();
  while (left.length > 0) {
    const onMessage = (message: string): void => {
      for (const want of left) progress(want.component, looking(message));
    };
    onMessage('looking for versions');
    const again: Want[] = [];
    let tasks: readonly Task[] = [];
    try {
      const resolved = await resolveWants(left, candidates, earlier, parts.clock, onMessage, signal);
      for (const [want, error] of resolved.failures) fail(want, error);
      tasks = resolved.tasks;
      for (const source of new Set(tasks.map((task) => task.source))) {
        const own = new Map(tasks.filter((task) => task.source === source).map((task) => [task.pick, task]));
        // One after the other, as each writes the document anew.
        let settling = Promise.resolve();
        await source.copy?.(
          [...own.keys()],
          into,
          {
            progress: (pick, state) => {
              for (const want of own.get(pick)?.wants ?? []) progress(want.component, state);
            },
            settled: (pick, result) => {
              const task = own.get(pick);
              if (task === undefined) return;
              if (!(result instanceof Error)) {
                settling = settling.then(() => settle(task, result));
                // Met below; until then nothing may be left unhandled.
                settling.catch(() => undefined);
              } else if (mayBeElsewhere(result)) {
                for (const want of task.wants) {
                  const failure = { source: source.name, reason: reasonOf(result), error: result };
                  earlier.set(want, [...(earlier.get(want) ?? []), failure]);
                  again.push(want);
                  progress(want.component, looking(`${source.name}: ${failure.reason}`));
                }
              } else for (const want of task.wants) fail(want, result);
            },
          },
          signal,
        );
        await settling;
      }
    } catch (error) {
      for (const want of left) fail(want, signal.aborted ? cancelled(want) : asError(error));
      return;
    }
    // What a source turned out not to have is asked of those after the last that failed.
    const failedAt = Math.max(
      -1,
      ...again.map((want) => sources.findIndex(({ name }) => name === earlier.get(want)?.at(-1)?.source)),
    );
    candidates = sources.slice(failedAt + 1);
    left = again;
  }
};

/** Wants in rounds with each package once. */
const roundsOf = (wants: readonly Want[]): readonly (readonly Want[])[] => {
  const rounds: Want[][] = [];
  for (const want of wants) {
    const round = rounds.find((own) => own.every(({ found }) => found.package !== want.found.package));
    if (round) round.push(want);
    else rounds.push([want]);
  }
  return rounds;
};

const merged = (document: MirrorDocument, { pick, source }: Task, copied: Copied, nowMs: number): MirrorDocument => {
  const { version, sourceVersion, suite } = pick.candidate;
  const own = { package: pick.package, version, source: source.name, sourceVersion, suite };
  const before = document.packages.find((one) => keyOf(one) === keyOf(own));
  const described = {
    ...own,
    platforms: [...new Set([...(before?.platforms ?? []), ...copied.platforms])].toSorted(),
    files: [...new Set([...(before?.files ?? []), ...Object.keys(copied.files)])].toSorted(),
  };
  const suites = [...document.apt];
  for (const one of copied.suites ?? []) {
    const isSame = (other: typeof one): boolean =>
      (['path', 'release', 'component', 'architecture'] as const).every((name) => one[name] === other[name]);
    const at = suites.findIndex(isSame);
    if (at < 0) suites.push(one);
    else suites[at] = one;
  }
  return {
    schemaVersion: 1,
    updatedAt: new Date(nowMs).toISOString(),
    packages: [...document.packages.filter((one) => keyOf(one) !== keyOf(own)), described],
    files: { ...document.files, ...copied.files },
    apt: suites,
  };
};

const clonedOf = (
  want: Want,
  { pick, source, skipped }: Task,
  copied: Copied,
  platforms: readonly string[],
): Cloned => ({
  component: want.component,
  package: pick.package,
  version: pick.candidate.version,
  source: source.name,
  sourceVersion: pick.candidate.sourceVersion,
  platforms: copied.platforms,
  missing: copied.platforms.length === 0 ? [] : platforms.filter((one) => !copied.platforms.includes(one)),
  sizeBytes: Object.values(copied.files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  reason: skipped.map(({ source: name, reason }) => `${name}: ${reason}`).join('; ') || null,
});

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
