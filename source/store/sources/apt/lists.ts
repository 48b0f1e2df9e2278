import { createHash } from 'node:crypto';
import { BootyError } from '../../../core/error.ts';
import type { CommandResult, World } from '../../../ports.ts';
import { type Choice, type Configured, chooseTargets, isDecided } from './choose-targets.ts';
import { errorOf, failuresOf } from './failure.ts';
import { readCodename, readMachineOrigins, readOwnOrigins, readTargets, withOrigins } from './machine.ts';
import { sourcesFile } from './sources-file.ts';
import type { Tree } from './tree.ts';

const listsMsMax = 3_600_000;

/** The private tree's package lists as they are now. */
export type Lists = {
  readonly targets: readonly Configured[];
  /** True when they were brought up to date by this very call. */
  readonly fresh: boolean;
  /** Why they could not be brought up to date; what is there from before stays usable. */
  readonly trouble: BootyError | null;
};

/**
Brings the private tree's lists up to date if they are older than an hour, were made from other sources, or `force` says
so. The tree's lock must be held. Which repositories are asked is decided anew each time (`chooseTargets`), as the
machine's configuration may have changed; origins learned by the update may narrow the choice.
*/
export const refreshLists = async (
  { files, host, clock }: Pick<World, 'files' | 'host' | 'clock'>,
  tree: Tree,
  force: boolean,
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Lists> => {
  const codename = await readCodename(files);
  const configured = await readTargets({ files, host }, tree, signal);
  const choose = async (): Promise<Choice> => {
    let named = withOrigins(configured, await readOwnOrigins(tree, signal));
    if (!named.every(isDecided)) named = withOrigins(named, await readMachineOrigins(tree, signal));
    const choice = chooseTargets(named, codename);
    const text = sourcesFile(choice.asked);
    if ((await files.readText(tree.paths.sources)) !== text) await files.writeAtomic(tree.paths.sources, text, 0o600);
    return choice;
  };

  const { asked: before, skipped } = await choose();
  if (before.length === 0) return { targets: before, fresh: true, trouble: noArchive(skipped) };
  const { fresh, trouble } = await bringUpToDate({ files, clock }, tree, before, force, onMessage, signal);
  if (!fresh) return { targets: before, fresh, trouble };
  const { asked: after } = await choose();
  await stamp({ files, clock }, tree, after);
  return { targets: after, fresh: true, trouble: null };
};

/**
Updates a tree whose sources are written already, unless that was done within the hour (`force`: in any case). `fresh` is
true when this very call did it. The tree's lock must be held.
*/
export const bringUpToDate = async (
  { files, clock }: Pick<World, 'files' | 'clock'>,
  tree: Tree,
  targets: readonly Configured[],
  force: boolean,
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<{ readonly fresh: boolean; readonly trouble: BootyError | null }> => {
  const last = parseStamp((await files.readText(tree.paths.stamp)) ?? '');
  const ageMs = last && last.sources === fingerprint(targets) ? clock.nowMs() - last.atMs : null;
  // An age below zero means that the clock was set back: nothing can be said about it.
  if (!force && ageMs !== null && ageMs >= 0 && ageMs < listsMsMax) return { fresh: false, trouble: null };
  onMessage(`asking ${[...new Set(targets.map((target) => hostOf(target.uri)))].join(', ')} which versions there are`);
  try {
    const result = await update(tree, targets, signal);
    const failures = failuresOf(result);
    if (result.code !== 0 || failures.length > 0) {
      return { fresh: false, trouble: errorOf(failures, 'updating its package lists', result) };
    }
  } catch (error) {
    await files.remove(tree.paths.partialLists);
    throw error;
  }
  await stamp({ files, clock }, tree, targets);
  return { fresh: true, trouble: null };
};

const stamp = (
  { files, clock }: Pick<World, 'files' | 'clock'>,
  tree: Tree,
  targets: readonly Configured[],
): Promise<void> =>
  files.writeAtomic(tree.paths.stamp, JSON.stringify({ atMs: clock.nowMs(), sources: fingerprint(targets) }), 0o600);

/**
`apt-get update`, ended early once every host has failed and none has answered: apt tries each list of a silent host
twice, one after the other, which with three suites takes half a minute.
*/
const update = async (tree: Tree, targets: readonly Configured[], signal: AbortSignal): Promise<CommandResult> => {
  const giveUp = new AbortController();
  const silent = new Set(targets.map(({ uri }) => hostOf(uri)));
  let hasAnswer = false;
  const onLine = (line: string): void => {
    // The line after `Err:` holds the reason, so that is waited for.
    if (silent.size === 0 && !hasAnswer) giveUp.abort();
    if (/^(Get|Hit):\d/.test(line)) hasAnswer = true;
    const [, failed] = /^Err:\d+ (\S+)/.exec(line) ?? [];
    if (failed) silent.delete(hostOf(failed));
  };
  return tree.run(['apt-get', 'update'], { signal, giveUp: giveUp.signal, onLine });
};

const noArchive = (skipped: readonly string[]): BootyError =>
  new BootyError('STORE_SOURCE_FAILED', {
    source: 'apt',
    doing: 'looking for the archive of Debian or Ubuntu',
    found: `apt is configured with none (not asked: ${skipped.join(', ') || 'there is nothing else'})`,
  });

/** A hash, as source lines may hold passwords. */
const fingerprint = (targets: readonly Configured[]): string =>
  createHash('sha256').update(sourcesFile(targets)).digest('hex');

const parseStamp = (text: string): { readonly atMs: number; readonly sources: string } | null => {
  try {
    const value = JSON.parse(text) as { readonly atMs?: unknown; readonly sources?: unknown } | null;
    if (typeof value?.atMs !== 'number' || typeof value.sources !== 'string') return null;
    return { atMs: value.atMs, sources: value.sources };
  } catch {
    return null;
  }
};

const hostOf = (uri: string): string => /^[\w+]+:\/\/(?:[^/@]*@)?([^/]+)/.exec(uri)?.[1] ?? uri;
