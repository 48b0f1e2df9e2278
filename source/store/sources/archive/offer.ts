import { BootyError } from '../../../core/error.ts';
import type { Host } from '../../../ports.ts';
import { inRange, newestFirst } from '../../../registry/range.ts';
import type { Platform, RegistryPackage } from '../../../registry/schema.ts';
import type { Candidate, Offer, Wanted } from '../source.ts';
import type { MirrorDocument } from '../../mirror/document.ts';
import { hostOf, type Hosts } from './hosts.ts';
import { type Mirror, mirroredPath } from './mirror.ts';
import { platformText } from './platform.ts';

type Version = RegistryPackage['versions'][string];

/**
What the registry names for this platform, newest first, and which of the hosts it is on are away. All hosts are asked at
once, each once.
*/
export const offer = async (
  machine: Pick<Host, 'platform' | 'arch'> & { readonly name: Platform },
  wanted: readonly Wanted[],
  mirror: Mirror,
  /** What the mirror says it holds; null: it says nothing, all of it may be there. */
  held: MirrorDocument | null,
  hosts: Hosts,
  signal: AbortSignal,
): Promise<Offer> => {
  const isHeld = (url: string): boolean =>
    held === null || !mirror.at(url).startsWith(`${mirror.base}/`) || held.files[mirroredPath(url)] !== undefined;
  const candidates = new Map(wanted.map((one) => [one.package, candidatesOf(one.entry, machine.name, isHeld)]));
  const refusals = new Map<string, BootyError>();
  await Promise.all(
    wanted.map(async ({ package: name, entry, range }) => {
      const [best] = newestFirst(candidates.get(name) ?? [], range);
      const error = best
        ? await awayError(name, urlOf(entry, best.version, machine.name), mirror, hosts, signal)
        : noBuildError(machine, name, entry, range);
      if (error !== null) refusals.set(keyOf(name, range), error);
    }),
  );
  return { candidates, trouble: null, refusal: (name, range) => refusals.get(keyOf(name, range)) ?? null };
};

const keyOf = (name: string, range: string | null): string => `${name}@${range ?? '*'}`;

const candidatesOf = (
  entry: RegistryPackage,
  platform: Platform,
  isHeld: (url: string) => boolean,
): readonly Candidate[] =>
  newestFirst(
    Object.entries(entry.versions)
      .filter(([, { archives }]) =>
        archives.every((archive) => {
          const download = archive.platforms[platform];
          return download?.sha256 && isHeld(download.url);
        }),
      )
      .map(([version, { sourceVersion }]) => ({ version, sourceVersion: sourceVersion ?? version, suite: null })),
    null,
  );

const urlOf = (entry: RegistryPackage, version: string, platform: Platform): string =>
  entry.versions[version]?.archives[0]?.platforms[platform]?.url ?? '';

const awayError = async (
  component: string,
  url: string,
  mirror: Mirror,
  hosts: Hosts,
  signal: AbortSignal,
): Promise<BootyError | null> => {
  const found = await hosts.trouble(mirror.at(url), signal);
  return found === null
    ? null
    : new BootyError('STORE_MIRROR_UNREACHABLE', { source: 'archive', address: hostOf(mirror.at(url)), found });
};

/** Only where the registry has a version in range, yet no verified bytes of it for this machine. */
const noBuildError = (
  machine: Pick<Host, 'platform' | 'arch'> & { readonly name: Platform },
  component: string,
  entry: RegistryPackage,
  range: string | null,
): BootyError | null => {
  const rows = Object.entries(entry.versions).map(([version, value]) => ({ version, value }));
  const [newest] = newestFirst(rows, range);
  if (newest === undefined || !inRange(newest.version, range)) return null;
  const why = reasonWithout(newest.value, machine.name);
  // There is one, only not in the mirror: what the mirror has is said elsewhere.
  if (why === null) return null;
  const platform = platformText(machine);
  return new BootyError('STORE_NO_BUILD', { component, version: newest.version, platform, why });
};

const reasonWithout = ({ archives }: Version, platform: Platform): string | null => {
  for (const archive of archives) {
    const download = archive.platforms[platform];
    if (download === undefined) return 'upstream publishes none';
    if (download.sha256 === null) return download.refused;
  }
  return archives.length === 0 ? 'it is incomplete' : null;
};
