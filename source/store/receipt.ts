import { createHash } from 'node:crypto';

/** What is known about an installed version; `receipt.json` in its folder. */
export type Receipt = {
  /** Those of version 1 have neither seal nor marks. */
  readonly schemaVersion: 1 | 2;
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
  /** Hash of the whole text with zeros in the place of this one; absent in version 1. */
  readonly seal?: string;
};

export type ReceiptFile = {
  readonly path: string;
  readonly sha256: string;
  /** Of source `path` only: by these a file that was exchanged is noticed without reading it. */
  readonly sizeBytes?: number;
  readonly modifiedAtMs?: number;
  /** Of the file system, when it was hashed: while it stays, the bytes need not be hashed again. */
  readonly mark?: string;
};

const zeros = '0'.repeat(64);

/** The text of a receipt, sealed: any byte that is changed later is noticed by whoever reads it. */
export const receiptText = (receipt: Omit<Receipt, 'schemaVersion' | 'seal'>): string => {
  const open = `${JSON.stringify({ schemaVersion: 2, ...receipt, seal: zeros }, null, 2)}\n`;
  return open.replace(sealAtEnd, sealLine(sealOf(open)));
};

/** Null when the text is no receipt this version of booty can read, or not as it was sealed; nothing is thrown. */
export const parseReceipt = (text: string): Receipt | null => {
  const value = jsonOf(text);
  return isReceipt(value) && !isBroken(text, value) ? value : null;
};

/** True for what once was a receipt of this booty and is none any more, rather than one of another booty. */
export const isChangedReceipt = (text: string): boolean => isBroken(text, jsonOf(text));

const isBroken = (text: string, value: unknown): boolean => {
  if (!isRecord(value)) return true;
  const [, seal] = sealAtEnd.exec(text) ?? [];
  if (seal === undefined) return value['schemaVersion'] === 2;
  return seal !== sealOf(text.replace(sealAtEnd, sealLine(zeros)));
};

const sealAtEnd = /"seal": "([0-9a-f]{64})"\n\}\n$/;
const sealLine = (seal: string): string => `"seal": "${seal}"\n}\n`;
const sealOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const isReceipt = (value: unknown): value is Receipt => {
  if (!isRecord(value) || (value['schemaVersion'] !== 1 && value['schemaVersion'] !== 2)) return false;
  if (!isRecord(value['executables'])) return false;
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
