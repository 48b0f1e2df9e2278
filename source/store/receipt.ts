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
  /** Sources that stand before it in the order, and why they were not taken; absent in receipts of the first booty. */
  readonly skipped?: readonly { readonly source: string; readonly reason: string }[];
  /** Release of the distribution it came from; null where there is no such thing. */
  readonly suite: string | null;
  /** Why from there, where the machine's own releases would have been asked first. */
  readonly note?: string;
  /** Where the package was downloaded; without user name and password. */
  readonly url: string;
  /** Of the downloaded package, as the source vouched for it. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Further downloads of the same version. */
  readonly others?: readonly { readonly url: string; readonly sha256: string; readonly sizeBytes: number }[];
  /** Name → path relative to the folder (of source `path`: absolute), and the hash of the file that lies there. */
  readonly executables: Readonly<Record<string, ReceiptFile>>;
  /** Every file but the executables, where a whole tree is kept: path relative to the folder → hash. */
  readonly files?: Readonly<Record<string, string>>;
  readonly licence: string;
  /** ISO 8601, UTC. */
  readonly installedAt: string;
};

export type ReceiptFile = {
  readonly path: string;
  readonly sha256: string;
  /** Of source `path` only: by these a file that was exchanged is noticed without reading it. */
  readonly sizeBytes?: number;
  readonly modifiedAtMs?: number;
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
      (one) => isRecord(one) && typeof one['sha256'] === 'string' && isAllowed(one, value['source']),
    ) &&
    (value['skipped'] === undefined || Array.isArray(value['skipped'])) &&
    (value['others'] === undefined || Array.isArray(value['others'])) &&
    (value['files'] === undefined || (isRecord(value['files']) && Object.keys(value['files']).every(isInside)))
  );
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A receipt must not be able to name a program outside its own folder, unless it says where from and what it was. */
const isAllowed = ({ path, sizeBytes, modifiedAtMs }: Record<string, unknown>, source: unknown): boolean =>
  source === 'path'
    ? typeof path === 'string' &&
      path.startsWith('/') &&
      typeof sizeBytes === 'number' &&
      typeof modifiedAtMs === 'number'
    : isInside(path);

const isInside = (path: unknown): boolean =>
  typeof path === 'string' && path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
