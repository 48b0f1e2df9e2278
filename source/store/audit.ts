import { join } from 'node:path';
import type { Files } from '../ports.ts';
import { filesBelow } from './files-below.ts';
import { readInstalled } from './installed.ts';
import { packageFolder, receiptFile, storeFolder, versionFolder } from './layout.ts';
import { parseReceipt, type Receipt } from './receipt.ts';
import type { AuditRow } from './store.ts';

const strangersNamedMax = 5;

/** `Store.audit`: every version folder there is, each file hashed again and compared with its receipt. */
export const audit = async (files: Files, home: string): Promise<readonly AuditRow[]> => {
  const rows: AuditRow[] = [];
  for (const component of await files.list(storeFolder(home))) {
    if (component.startsWith('.')) continue;
    for (const version of await files.list(packageFolder(home, component))) {
      rows.push(await auditOne(files, home, component, version));
    }
  }
  return rows;
};

const auditOne = async (files: Files, home: string, component: string, version: string): Promise<AuditRow> => {
  const folder = versionFolder(home, component, version);
  const receipt = parseReceipt((await files.readText(receiptFile(folder))) ?? '');
  const row = { component, version, folder, source: receipt?.source ?? null };
  if (receipt === null) return { ...row, problems: ['its receipt is missing or cannot be read'], strangers: [] };
  const problems = [...(await changedFiles(files, folder, receipt))];
  if (receipt.component !== component || receipt.version !== version) {
    problems.push(`its receipt is that of ${receipt.component} ${receipt.version}`);
  } else if (problems.length === 0 && (await readInstalled(files, home, component, version)) === null) {
    problems.push('it is not what was looked at when it was noted');
  }
  return { ...row, problems, strangers: await strangersIn(files, folder, receipt) };
};

const changedFiles = async (files: Files, folder: string, receipt: Receipt): Promise<readonly string[]> => {
  const expected = [
    ...Object.values(receipt.executables).map(({ path, sha256 }) => [path, sha256] as const),
    ...Object.entries(receipt.files ?? {}),
  ];
  const problems: string[] = [];
  for (const [path, sha256] of expected) {
    const file = receipt.source === 'path' ? path : join(folder, path);
    const found = await files.stat(file);
    if (found?.kind !== 'file') problems.push(`${path} is missing`);
    else if ((await files.sha256(file)) !== sha256) problems.push(`${path} has other bytes than its receipt says`);
  }
  return problems;
};

/** Files that the receipt does not know: a program may load what lies beside it. */
const strangersIn = async (files: Files, folder: string, receipt: Receipt): Promise<readonly string[]> => {
  const known = new Set(['receipt.json', ...Object.keys(receipt.files ?? {})]);
  if (receipt.source !== 'path') for (const { path } of Object.values(receipt.executables)) known.add(path);
  const found = (await filesBelow(files, folder)).filter((path) => !known.has(path));
  const more = found.length - strangersNamedMax;
  return [
    ...found.slice(0, strangersNamedMax).map((path) => `${path} is not in its receipt`),
    ...(more > 0 ? [`nor are ${more} more`] : []),
  ];
};
