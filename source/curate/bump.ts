import { BootyError, reasonOf } from '../core/error.ts';
import { newestFirst } from '../registry/range.ts';
import type { Registry, RegistryPackage } from '../registry/schema.ts';
import type { Ask } from './ask.ts';
import { choose } from './choose.ts';
import { compareVersion } from './compare.ts';
import type { Change } from './edit.ts';
import { propose, type ProposeWorld } from './propose.ts';
import { releasesOf } from './releases.ts';
import type { SignatureResult } from './signature.ts';

/** A package to look after, and the versions that are meant; null = any. */
export type Wish = { readonly package: string; readonly range: string | null };

/** What was found of one package. */
export type Bumped = {
  readonly package: string;
  readonly range: string | null;
  /** Newest the registry has in the range. */
  readonly known: string | null;
  /** Newest upstream lists in the range; null: it was not asked, or lists none. */
  readonly newest: string | null;
  readonly outcome: 'added' | 'filled' | 'current' | 'contradicted' | 'not-asked' | 'failed';
  /** What led to the outcome, in words; empty when there is nothing to say. */
  readonly why: string;
  readonly platforms: readonly string[];
  /** Archives of the version that stay refused. */
  readonly refused: number;
  readonly vouchedBy: readonly string[];
  readonly signature: SignatureResult | null;
  /** True: upstream said that its list did not change since it was last asked. */
  readonly unchanged: boolean;
  readonly error: BootyError | null;
  readonly changes: readonly Change[];
};

const abreastMax = 4;

/**
Asks the upstreams of packages for newer versions and compares the newest known one with what upstream says of it now.
Changes nothing: what is to be changed is in `changes`. One that fails does not stop the others; in the order asked for.
*/
export const bump = async (
  world: ProposeWorld & { readonly ask: Ask },
  registry: Registry,
  wishes: readonly Wish[],
  signal: AbortSignal,
): Promise<readonly Bumped[]> => {
  const found = new Map<Wish, Bumped>();
  const open = [...wishes];
  const work = async (): Promise<void> => {
    for (let wish = open.shift(); wish !== undefined; wish = open.shift()) {
      const entry = registry.packages[wish.package];
      if (entry) found.set(wish, await bumpOne(world, wish, entry, signal));
    }
  };
  await Promise.all(Array.from({ length: abreastMax }, work));
  return wishes.flatMap((wish) => found.get(wish) ?? []);
};

const bumpOne = async (
  world: ProposeWorld & { readonly ask: Ask },
  { package: name, range }: Wish,
  entry: RegistryPackage,
  signal: AbortSignal,
): Promise<Bumped> => {
  const rows = Object.keys(entry.versions).map((version) => ({ version }));
  const [known] = newestFirst(rows, range);
  const nothing: Bumped = {
    package: name,
    range,
    known: known?.version ?? null,
    newest: null,
    outcome: 'current',
    why: '',
    platforms: [],
    refused: 0,
    vouchedBy: [],
    signature: null,
    unchanged: false,
    error: null,
    changes: [],
  };
  const { updater } = entry;
  if (updater === undefined || updater.kind === 'none') {
    return { ...nothing, outcome: 'not-asked', why: updater?.why ?? 'the registry has no updater for it' };
  }
  try {
    const { releases, unchanged } = await releasesOf(world.ask, updater);
    const choice = choose(entry, releases, range);
    if (choice.kind === 'nothing') return { ...nothing, unchanged, why: choice.why };
    const { version } = choice.release;
    const { entry: now, vouchedBy, signature } = await propose(world, name, updater, choice.release, signal);
    const downloads = now.archives.flatMap((archive) => Object.values(archive.platforms));
    const told = {
      ...nothing,
      newest: version,
      unchanged,
      vouchedBy,
      signature,
      platforms: [...new Set(now.archives.flatMap((archive) => Object.keys(archive.platforms)))],
      refused: downloads.filter(({ sha256 }) => sha256 === null).length,
    };
    const path = ['packages', name, 'versions', version];
    const own = entry.versions[version];
    if (own === undefined) return { ...told, outcome: 'added', changes: [{ path, value: now }] };
    const { changes, contradictions } = compareVersion(path, own, now);
    if (contradictions.length > 0) return { ...told, outcome: 'contradicted', why: contradictions.join('; ') };
    if (changes.length > 0) return { ...told, outcome: 'filled', changes };
    return { ...told, why: 'its bytes are what upstream says they are' };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BootyError)) throw error;
    return { ...nothing, outcome: 'failed', why: reasonOf(error), error };
  }
};
