import { BootyError } from '../core/error.ts';
import { platforms, type Platform, type RegistryPackage } from '../registry/schema.ts';
import { fill, type PlannedArchive, type PlannedDownload, planArchives, tagPrefixOf } from '../registry/template.ts';
import type { Updater } from '../registry/updater-schema.ts';
import { parseChecksums } from './checksums.ts';
import { hashArchive, type HashWorld } from './hash-archive.ts';
import type { Release } from './releases.ts';
import { checkSignature, type SignatureResult, type SignatureWorld } from './signature.ts';

export type Version = RegistryPackage['versions'][string];
type Download = NonNullable<Version['archives'][number]['platforms'][Platform]>;

/** A version as it would stand in the registry, and what vouches for it. */
export type Proposal = {
  readonly version: string;
  readonly entry: Version;
  /** Where its hashes come from, in words. */
  readonly vouchedBy: readonly string[];
  readonly signature: SignatureResult;
};

export type ProposeWorld = SignatureWorld & HashWorld;

/**
Makes the entry of a release: its addresses by the updater's rules, its hashes by what upstream publishes of them, the
vendor's signature checked where that can be done. Files that the release does not have are left out. Throws
UPSTREAM_RENAMED when it has none of them, UPSTREAM_DISAGREES when upstream contradicts itself, UPSTREAM_SIGNATURE,
UPSTREAM_NO_CHECKSUMS when nothing vouches for any of them, and what asking fails with.
*/
export const propose = async (
  world: ProposeWorld,
  packageName: string,
  updater: Exclude<Updater, { readonly kind: 'none' }>,
  release: Release,
  signal: AbortSignal,
): Promise<Proposal> => {
  const planned = published(packageName, updater, release);
  const vouchers = new Set<string>();
  const checked = new Map<string, SignatureResult>();
  const archives: Version['archives'] = [];
  for (const { name, platforms: downloads } of planned) {
    const own: Partial<Record<Platform, Download>> = {};
    for (const download of downloads) {
      own[download.platform] = await downloadOf(
        world,
        packageName,
        updater,
        release,
        download,
        vouchers,
        checked,
        signal,
      );
    }
    archives.push({ name, platforms: own });
  }
  const all = archives.flatMap((archive) => Object.values(archive.platforms));
  if (all.every(({ sha256 }) => sha256 === null)) {
    const [first] = all;
    const why = first?.sha256 === null ? first.refused : '';
    throw new BootyError('UPSTREAM_NO_CHECKSUMS', { package: packageName, version: release.version, why });
  }
  const isDate = release.name.startsWith('RELEASE.');
  return {
    version: release.version,
    entry: { ...(isDate && { sourceVersion: release.name }), archives },
    vouchedBy: [...vouchers],
    signature: overall(updater, [...checked.values()]),
  };
};

/** What the rules make of the release, less what it does not have; a platform without one of the archives has none. */
const published = (
  packageName: string,
  updater: Exclude<Updater, { readonly kind: 'none' }>,
  { version, name, files }: Release,
): readonly PlannedArchive[] => {
  const planned = planArchives(updater.archives, version, tagPrefixOf(updater), platforms);
  const isThere = ({ filling }: PlannedDownload): boolean => files === null || files.has(filling.file ?? '');
  const whole = platforms.filter((platform) =>
    planned.every((archive) => archive.platforms.some((each) => each.platform === platform && isThere(each))),
  );
  if (whole.length === 0) {
    const wanted = planned.flatMap((archive) => archive.platforms.map(({ filling }) => filling.file ?? ''));
    const missing = wanted.find((file) => files?.has(file) === false) ?? wanted[0] ?? '';
    throw new BootyError('UPSTREAM_RENAMED', {
      package: packageName,
      version: name,
      missing,
      has: [...(files?.keys() ?? [])],
    });
  }
  return planned.map((archive) => ({
    ...archive,
    platforms: archive.platforms.filter(({ platform }) => whole.includes(platform)),
  }));
};

const downloadOf = async (
  world: ProposeWorld,
  packageName: string,
  updater: Exclude<Updater, { readonly kind: 'none' }>,
  release: Release,
  { url, format, members, filling }: PlannedDownload,
  vouchers: Set<string>,
  checked: Map<string, SignatureResult>,
  signal: AbortSignal,
): Promise<Download> => {
  const file = filling.file ?? '';
  const listed = release.files?.get(file) ?? null;
  const fields = { format, members };
  const sizeBytes = listed?.sizeBytes ?? null;
  const disagree = (one: string, other: string): BootyError =>
    new BootyError('UPSTREAM_DISAGREES', { package: packageName, file, one, other });

  let sha256 = listed?.sha256 ?? null;
  let size = sizeBytes;
  let why = 'upstream publishes no checksum of it';
  if (sha256 !== null) vouchers.add(updater.kind === 'tiup' ? "the mirror's manifest" : 'the list of releases');
  if (updater.kind !== 'tiup' && updater.checksums) {
    const address = fill(updater.checksums.url, filling);
    const name = address.slice(address.lastIndexOf('/') + 1);
    const document = await world.ask(address);
    const sums = document === null ? null : parseChecksums(document.text, updater.checksums.algorithm, file);
    if (document !== null && sums === null) throw disagree(`${name} names it twice`, 'with two digests');
    const digest = sums?.get(file);
    if (document === null) why = `upstream publishes no ${name}`;
    else if (digest === undefined) why = `${name} does not name it`;
    if (document !== null && !checked.has(address)) {
      const result = await checkSignature(world, packageName, updater.signature, filling, document.text, signal);
      checked.set(address, result);
      if (result.state === 'failed') {
        throw new BootyError('UPSTREAM_SIGNATURE', { package: packageName, file: name, why: result.why });
      }
    }
    if (digest !== undefined && updater.checksums.algorithm === 'sha512') {
      const hashed = await hashArchive(world, url, signal);
      if (hashed.sha512 !== digest) throw disagree(`${name} says sha512 ${digest}`, `it is ${hashed.sha512}`);
      if (sha256 !== null && sha256 !== hashed.sha256)
        throw disagree(`the list says ${sha256}`, `it is ${hashed.sha256}`);
      [sha256, size] = [hashed.sha256, hashed.sizeBytes];
      vouchers.add(`${name} (sha512, compared with the archive)`);
    } else if (digest !== undefined) {
      if (sha256 !== null && sha256 !== digest)
        throw disagree(`the list of releases says ${sha256}`, `${name} ${digest}`);
      sha256 = digest;
      vouchers.add(name);
    }
  }
  if (sha256 === null) return { url, sha256: null, refused: why, ...fields };
  return { url, sha256, ...(size !== null && { sizeBytes: size }), ...fields };
};

/** One word for all files of checksums; none was there to be signed where the list alone vouches. */
const overall = (
  updater: Exclude<Updater, { readonly kind: 'none' }>,
  results: readonly SignatureResult[],
): SignatureResult => {
  const [first] = results.filter(({ state }) => state !== 'verified');
  if (first) return first;
  if (results[0]) return results[0];
  if (updater.kind === 'tiup') return { state: 'not-checked', why: 'no key of the mirror is kept here' };
  return updater.signature.kind === 'none'
    ? { state: 'unsigned', why: 'upstream signs nothing, as far as is known' }
    : { state: 'not-checked', why: 'there is no file of checksums that could be signed' };
};
