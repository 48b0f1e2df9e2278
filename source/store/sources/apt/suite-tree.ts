import type { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import { type Configured, releaseBase } from './choose-targets.ts';
import { bringUpToDate } from './lists.ts';
import { sourcesFile } from './sources-file.ts';
import { hasSecuritySuite } from './suites.ts';
import { createTree, type Tree } from './tree.ts';

/** A private apt tree of one release that the machine's own apt is not configured with. */
export type SuiteTree = {
  readonly suite: string;
  readonly tree: Tree;
  readonly targets: readonly Configured[];
  readonly trouble: BootyError | null;
};

/**
Makes the tree of another release and brings its lists up to date: the same mirrors and keys as the machine's own archive
has, with the release's name in the place of the machine's. Its security updates come along where the machine has such a
source; where the mirror has none of them, the release alone is asked. Null when the machine asks no archive to go by.
The lock of the machine's tree must be held.
*/
export const openSuite = async (
  world: Pick<World, 'files' | 'host' | 'clock'>,
  folder: string,
  suite: string,
  own: readonly Configured[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<SuiteTree | null> => {
  const base = own.filter(({ release, codename }) => isPlain(release) && isPlain(codename ?? release));
  const security = own.filter(({ release }) => /-security$|\/updates$/.test(release));
  if (base.length === 0) return null;
  const tree = createTree(world, folder);
  await tree.prepare();
  const plain = base.map((target) => named(target, suite));
  const secured = hasSecuritySuite(suite) ? security.map((target) => named(target, `${suite}-security`)) : [];
  const first = await open(world, tree, unique([...plain, ...secured]), onMessage, signal);
  const answer =
    first.trouble !== null && secured.length > 0 ? await open(world, tree, unique(plain), onMessage, signal) : first;
  return { suite, tree, ...answer };
};

const open = async (
  world: Pick<World, 'files' | 'clock'>,
  tree: Tree,
  targets: readonly Configured[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Pick<SuiteTree, 'targets' | 'trouble'>> => {
  const text = sourcesFile(targets);
  if ((await world.files.readText(tree.paths.sources)) !== text) {
    await world.files.writeAtomic(tree.paths.sources, text, 0o600);
  }
  const { trouble } = await bringUpToDate(world, tree, targets, false, onMessage, signal);
  return { targets, trouble };
};

const isPlain = (release: string): boolean => releaseBase(release) === release;

const named = (target: Configured, release: string): Configured => ({ ...target, release, codename: release });

/** The machine may name one mirror for several of its releases. */
const unique = (targets: readonly Configured[]): readonly Configured[] => [
  ...new Map(targets.map((target) => [`${target.uri} ${target.release} ${target.component}`, target])).values(),
];
