import { versionsText } from '../../../core/versions-text.ts';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import { upstreamVersion } from '../../../registry/debian-version.ts';
import { distinctVersions, inRange, isAbove } from '../../../registry/range.ts';
import type { Candidate, Offer, Wanted } from '../source.ts';
import { type Configured, releaseBase } from './choose-targets.ts';
import { errorOf, failuresOf } from './failure.ts';
import { refreshLists } from './lists.ts';
import { parseMadison } from './parse.ts';
import type { SuiteTree } from './suite-tree.ts';
import { otherSuites } from './suites.ts';
import type { Tree } from './tree.ts';

/** Opens the tree of another release; null where there is no archive to go by. */
type OpenSuite = (suite: string, own: readonly Configured[]) => Promise<SuiteTree | null>;

type Found = Map<string, readonly Candidate[]>;

/**
Which versions Debian's archive has: the machine's own releases first. Lists older than an hour, or that lack a wanted
version, are renewed once. Other releases are asked only for ranges that the machine's cannot satisfy, one after the other
until one can, or all of them where the look is to be `wide`; their candidates say so in `note`. `from` learns which tree a
candidate is fetched by. The lock of the machine's tree must be held.
*/
export const offer = async (
  world: Pick<World, 'files' | 'host' | 'clock'>,
  tree: Tree,
  openSuite: OpenSuite,
  from: WeakMap<Candidate, Tree>,
  wanted: readonly Wanted[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Offer> => {
  const packaged = wanted.filter((one) => one.entry.apt !== undefined);
  if (packaged.length === 0) return { candidates: new Map(), trouble: null };
  let lists = await refreshLists(world, tree, false, onMessage, signal);
  let candidates = await readCandidates(tree, lists.targets, packaged, null, signal);
  if (unsatisfied(packaged, candidates).length > 0 && !lists.fresh && !lists.trouble) {
    lists = await refreshLists(world, tree, true, onMessage, signal);
    candidates = await readCandidates(tree, lists.targets, packaged, null, signal);
  }
  for (const one of [...candidates.values()].flat()) from.set(one, tree);

  let trouble = lists.trouble;
  const own = [...new Set(lists.targets.map(({ release, codename }) => releaseBase(codename ?? release)))];
  const allowed = packaged.flatMap(({ entry }) => entry.apt?.suites ?? []);
  const missing = unsatisfied(packaged, candidates);
  const direction = missing.length > 0 && missing.every((want) => isTooNew(want, candidates)) ? 'older' : 'newer';
  for (const suite of trouble === null ? otherSuites(own, allowed, direction) : []) {
    const open = packaged.filter(({ wide, entry }) => wide && entry.apt?.suites.includes(suite));
    const asking = [...new Set([...unsatisfied(packaged, candidates), ...open])].filter(({ entry }) =>
      entry.apt?.suites.includes(suite),
    );
    if (asking.length === 0) continue;
    onMessage(`${reasonFor(asking, own, candidates)}: asking ${suite}`);
    const other = await openSuite(suite, lists.targets);
    if (other === null) break;
    trouble ??= other.trouble;
    const note = (want: Wanted): string => `from ${suite}, as ${reasonFor([want], own, candidates)}`;
    const found = await readCandidates(other.tree, other.targets, asking, note, signal);
    for (const [name, rows] of found) {
      for (const row of rows) from.set(row, other.tree);
      candidates.set(name, [...(candidates.get(name) ?? []), ...rows]);
    }
  }
  // A release that could not be asked is no trouble for those who found what they want.
  return { candidates, trouble: unsatisfied(packaged, candidates).length > 0 ? trouble : null };
};

const unsatisfied = (wanted: readonly Wanted[], candidates: Found): readonly Wanted[] =>
  wanted.filter(({ package: name, range }) => !candidates.get(name)?.some(({ version }) => inRange(version, range)));

/** True when all that was found is newer than the whole range. */
const isTooNew = ({ package: name, range }: Wanted, candidates: Found): boolean => {
  const found = candidates.get(name) ?? [];
  return range !== null && found.length > 0 && found.every(({ version }) => isAbove(version, range));
};

/** `bookworm has nats-server 2.9.10 only`, for the first of them. */
const reasonFor = ([first]: readonly Wanted[], own: readonly string[], candidates: Found): string => {
  const name = first?.package ?? '';
  const rows = (candidates.get(name) ?? []).filter(({ note }) => note === undefined);
  const versions = distinctVersions(rows.map(({ version }) => version));
  const place = own.join(' and ');
  return versions.length === 0 ? `${place} has no ${name}` : `${place} has ${name} ${versionsText(versions)} only`;
};

/**
Versions of the packages that the lists of a tree name, by package; only from releases the registry allows. `note` is what
to say of a version of theirs.
*/
export const readCandidates = async (
  tree: Tree,
  targets: readonly Configured[],
  wanted: readonly Wanted[],
  note: ((want: Wanted) => string) | null,
  signal: AbortSignal,
): Promise<Found> => {
  const names = [...new Set(wanted.flatMap(({ entry }) => (entry.apt ? [entry.apt.package] : [])))];
  const result = await tree.run(['apt-cache', 'madison', ...names], { signal });
  if (result.code !== 0) throw errorOf(failuresOf(result), 'looking up versions', result);
  const rows = parseMadison(result.stdout);
  return new Map(
    wanted.map((want) => [
      want.package,
      rows.flatMap((row): Candidate[] => {
        const { apt } = want.entry;
        const version = upstreamVersion(row.version);
        if (apt === undefined || row.package !== apt.package || version === null) return [];
        const release = codenameOf(targets, row.uri, row.release);
        if (!apt.suites.includes(releaseBase(release))) return [];
        const candidate = { version, sourceVersion: row.version, suite: row.release };
        return [note === null ? candidate : { ...candidate, note: note(want) }];
      }),
    ]),
  );
};

/** Source lines may say `stable`; the Release file tells which release that is. */
const codenameOf = (targets: readonly Configured[], uri: string, release: string): string =>
  targets.find((target) => target.release === release && target.uri.replace(/\/$/, '') === uri.replace(/\/$/, ''))
    ?.codename ?? release;

/** Names the package in an error about a version that went away between two looks. */
export const goneError = (packageName: string, sourceVersion: string): BootyError =>
  new BootyError('STORE_SOURCE_FAILED', {
    source: 'apt',
    doing: `fetching ${packageName} ${sourceVersion}`,
    found: 'its lists name that version no more',
  });
