/** What is known about an installed version; `receipt.json` in its folder. */
export type Receipt = {
  readonly schemaVersion: 1;
  /** Name of the package in the registry. */
  readonly component: string;
  /** Upstream version, semver. */
  readonly version: string;
  /** As the source names it. */
  readonly sourceVersion: string;
  readonly source: string;
  /** Release of the distribution it came from; null where there is no such thing. */
  readonly suite: string | null;
  /** Where the package was downloaded; without user name and password. */
  readonly url: string;
  /** Of the downloaded package, as the source vouched for it. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Name → path relative to the folder, and the hash of the file that lies there. */
  readonly executables: Readonly<Record<string, { readonly path: string; readonly sha256: string }>>;
  readonly licence: string;
  /** ISO 8601, UTC. */
  readonly installedAt: string;
};

/** Null when the text is no receipt this version of booty can read; nothing is thrown. */
export const parseReceipt = (text: string): Receipt | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isReceipt(value) ? value : null;
  } catch {
    return null;
  }
};

const isReceipt = (value: unknown): value is Receipt => {
  if (!isRecord(value) || value['schemaVersion'] !== 1 || !isRecord(value['executables'])) return false;
  const texts = ['component', 'version', 'sourceVersion', 'source', 'url', 'sha256', 'licence', 'installedAt'];
  return (
    texts.every((name) => typeof value[name] === 'string') &&
    (value['suite'] === null || typeof value['suite'] === 'string') &&
    typeof value['sizeBytes'] === 'number' &&
    Object.values(value['executables']).every(
      (one) => isRecord(one) && typeof one['sha256'] === 'string' && isInside(one['path']),
    )
  );
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A receipt must not be able to name a program outside its own folder. */
const isInside = (path: unknown): boolean =>
  typeof path === 'string' && path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
