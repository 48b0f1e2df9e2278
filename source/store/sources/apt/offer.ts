import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import { upstreamVersion } from '../../../registry/debian-version.ts';
import { inRange } from '../../../registry/range.ts';
import type { Candidate, Offer, Wanted } from '../source.ts';
import { type Configured, releaseBase } from './choose-targets.ts';
import { errorOf, failuresOf } from './failure.ts';
import { type Lists, refreshLists } from './lists.ts';
import { parseMadison } from './parse.ts';
import type { Tree } from './tree.ts';

/** Which versions the machine's archive has. Lists older than an hour, or that lack a wanted version, are renewed once. */
export const offer = async (
  world: Pick<World, 'files' | 'host' | 'clock'>,
  tree: Tree,
  wanted: readonly Wanted[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Offer> => {
  const packaged = wanted.filter((one) => one.entry.apt !== undefined);
  if (packaged.length === 0) return { candidates: new Map(), trouble: null };
  const lists = await refreshLists(world, tree, false, onMessage, signal);
  const candidates = await readCandidates(tree, lists, packaged, signal);
  const isSatisfied = packaged.every(({ package: name, range }) =>
    candidates.get(name)?.some(({ version }) => inRange(version, range)),
  );
  if (isSatisfied || lists.fresh || lists.trouble) return { candidates, trouble: lists.trouble };
  const renewed = await refreshLists(world, tree, true, onMessage, signal);
  return { candidates: await readCandidates(tree, renewed, packaged, signal), trouble: renewed.trouble };
};

const readCandidates = async (
  tree: Tree,
  lists: Lists,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Candidate[]>> => {
  const names = [...new Set(wanted.flatMap(({ entry }) => (entry.apt ? [entry.apt.package] : [])))];
  const result = await tree.run(['apt-cache', 'madison', ...names], { signal });
  if (result.code !== 0) throw errorOf(failuresOf(result), 'looking up versions', result);
  const rows = parseMadison(result.stdout);
  return new Map(
    wanted.map(({ package: name, entry }) => [
      name,
      rows.flatMap((row): Candidate[] => {
        const version = upstreamVersion(row.version);
        if (row.package !== entry.apt?.package || version === null) return [];
        const release = codenameOf(lists.targets, row.uri, row.release);
        if (!entry.apt.suites.includes(releaseBase(release))) return [];
        return [{ version, sourceVersion: row.version, suite: row.release }];
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
