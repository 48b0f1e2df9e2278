import { BootyError, reasonOf } from '../../core/error.ts';

/**
What lies in the folder of a mirror:

```
booty-mirror.json                     this document
<host>/<path>                         archives of upstreams, by the URLs of the registry
apt/<archive>/{dists,pool}/           Debian's signed lists and packages, as in the archive itself
go/<module>/@v/, go/sumdb/            Go's module proxy protocol, with what the checksum database answered
```

The hashes in it only tell what was damaged. Trust does not rest on them: archives are held to the registry, Debian's
packages to Debian's signature, Go's modules to its checksum database, wherever they come from.
*/
export type MirrorDocument = {
  readonly schemaVersion: 1;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
  readonly packages: readonly MirroredPackage[];
  /** Path below the folder → what it is. */
  readonly files: Readonly<Record<string, MirroredFile>>;
  /** Suites of Debian's archive in it, in the order they were added. */
  readonly apt: readonly MirroredSuite[];
};

export type MirroredFile = { readonly sha256: string; readonly sizeBytes: number };

export type MirroredPackage = {
  readonly package: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly suite: string | null;
  /** Platforms it can be installed on from here; empty: any, as it is built there. */
  readonly platforms: readonly string[];
  /** Paths of what it is made of. */
  readonly files: readonly string[];
};

/** One list of packages, in the words of sources.list(5). */
export type MirroredSuite = {
  /** Folder below the mirror: `apt/debian`. */
  readonly path: string;
  readonly release: string;
  readonly component: string;
  readonly architecture: string;
  readonly origin: string | null;
  readonly codename: string | null;
};

export const mirrorFile = 'booty-mirror.json';

export const emptyMirror: MirrorDocument = {
  schemaVersion: 1,
  updatedAt: '1970-01-01T00:00:00.000Z',
  packages: [],
  files: {},
  apt: [],
};

/** Of the document; a mirror of all there is needs some megabytes. */
export const mirrorDocumentBytesMax = 67_108_864;

/** Reads the document; `address` is for the sentence. Throws MIRROR_UNREADABLE. */
export const parseMirrorDocument = (text: string, address: string): MirrorDocument => {
  const unreadable = (problem: string, cause?: unknown): BootyError =>
    new BootyError('MIRROR_UNREADABLE', { address, problem }, cause === undefined ? {} : { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(`it is no JSON: ${reasonOf(error)}`, error);
  }
  if (!isRecord(value)) throw unreadable('it is no document');
  const { schemaVersion, packages, files, apt } = value;
  if (schemaVersion !== 1)
    throw unreadable(`it has form ${JSON.stringify(schemaVersion)}, which this booty cannot read`);
  if (!Array.isArray(packages) || !packages.every(isPackage))
    throw unreadable('packages: one is not described in full');
  if (!isRecord(files)) throw unreadable('files: is missing');
  for (const [path, file] of Object.entries(files)) {
    if (!isInside(path)) throw unreadable(`files: ${JSON.stringify(path)} leads out of the mirror`);
    if (!isFile(file)) throw unreadable(`files: ${path} has no hash and size`);
  }
  if (!Array.isArray(apt) || !apt.every(isSuite)) throw unreadable('apt: a suite is not described in full');
  return value as unknown as MirrorDocument;
};

/** The text of a document: everything sorted, so that it changes only where the mirror does. */
export const mirrorText = ({ updatedAt, packages, files, apt }: MirrorDocument): string => {
  const document: MirrorDocument = {
    schemaVersion: 1,
    updatedAt,
    packages: packages.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)),
    apt,
    files: Object.fromEntries(Object.entries(files).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};

/** By which a package of a mirror is told from others. */
export const keyOf = (one: Pick<MirroredPackage, 'package' | 'source' | 'sourceVersion'>): string =>
  `${one.package} ${one.source} ${one.sourceVersion}`;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

/** Never absolute and never upwards: paths of a mirror somebody else made are joined to folders of this machine. */
const isInside = (path: unknown): boolean =>
  isText(path) &&
  !path.startsWith('/') &&
  !path.includes('\\') &&
  !path.split('/').some((part) => /^\.{0,2}$/.test(part));

const isFile = (value: unknown): boolean =>
  isRecord(value) && /^[0-9a-f]{64}$/.test(String(value['sha256'])) && Number.isSafeInteger(value['sizeBytes']);

const isPackage = (value: unknown): boolean =>
  isRecord(value) &&
  ['package', 'version', 'source', 'sourceVersion'].every((name) => isText(value[name])) &&
  isTextOrNull(value['suite']) &&
  areTexts(value['platforms']) &&
  areTexts(value['files']);

/** Their words are written into a file of apt: nothing but words may stand in them. */
const isSuite = (value: unknown): boolean =>
  isRecord(value) &&
  isInside(value['path']) &&
  ['path', 'release', 'component', 'architecture'].every((name) => /^[\w./~+-]+$/.test(String(value[name]))) &&
  isTextOrNull(value['origin']) &&
  isTextOrNull(value['codename']);
