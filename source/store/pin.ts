import { BootyError } from '../core/error.ts';
import type { Installed } from './store.ts';

/** A version that must be taken, and by what its bytes are known. */
export type Pin = {
  readonly version: string;
  /** Source → what it must deliver on this machine. Null: nothing is held for this platform, the version alone binds. */
  readonly sources: Readonly<Record<string, PinnedBytes>> | null;
  /** Who holds it so, for sentences: `booty.lock.json, service nats`. */
  readonly holder: string;
};

export type PinnedBytes = {
  readonly sourceVersion: string;
  /** Of every download it is made of, lower-case hexadecimal, in their order. */
  readonly sha256: readonly string[];
};

/** What speaks against a candidate of a source, in words that stand after `<source>: `; null: nothing. */
export const pinObjection = (
  pin: Pin,
  source: string,
  candidate: { readonly version: string; readonly sourceVersion: string },
): string | null => {
  if (candidate.version !== pin.version) return `has ${candidate.version}`;
  if (pin.sources === null) return null;
  const bytes = pin.sources[source];
  if (bytes === undefined) return `${pin.holder} knows ${pin.version} from ${Object.keys(pin.sources).join(', ')} only`;
  return bytes.sourceVersion === candidate.sourceVersion
    ? null
    : `has ${candidate.sourceVersion}, ${pin.holder} names ${bytes.sourceVersion}`;
};

/** Throws LOCK_OTHER_BYTES unless these are the bytes the pin names. */
export const requirePinned = (
  pin: Pin,
  component: string,
  found: Pick<Installed, 'version' | 'source' | 'sourceVersion'> & {
    readonly downloads: readonly { readonly sha256: string }[];
  },
): void => {
  const objection =
    pinObjection(pin, found.source, found) ??
    (pin.sources === null ? null : bytesObjection(pin.sources[found.source]?.sha256 ?? [], found.downloads));
  if (objection === null) return;
  const { source, sourceVersion, version } = found;
  throw new BootyError('LOCK_OTHER_BYTES', {
    component,
    version,
    source,
    sourceVersion,
    holder: pin.holder,
    objection,
  });
};

const bytesObjection = (
  expected: readonly string[],
  downloads: readonly { readonly sha256: string }[],
): string | null => {
  const actual = downloads.map(({ sha256 }) => sha256);
  const isSame = actual.length === expected.length && expected.every((sha256) => actual.includes(sha256));
  return isSame ? null : `SHA-256 is ${actual.join(', ')}, held to ${expected.join(', ')}`;
};
