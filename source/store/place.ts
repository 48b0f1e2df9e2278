import { join, relative } from 'node:path';
import { BootyError } from '../core/error.ts';
import type { Files, World } from '../ports.ts';
import { readInstalled } from './installed.ts';
import { packageFolder, receiptFile, versionFolder } from './layout.ts';
import { moveFolder } from './move-folder.ts';
import { type Receipt, type ReceiptFile, receiptText } from './receipt.ts';
import type { Fetched, Pick as Picked, Skipped } from './sources/source.ts';
import type { Installed } from './store.ts';

/**
Makes a folder of the fetched files, read-only and with its receipt, and moves it into the store with one rename: at any
moment there is the old state or the new one. The package's lock must be held. Permissions are set anew, so a setuid
bit does not survive, and nobody may write in the folder afterwards; `Files.remove` opens it again.
*/
export const place = async (
  { files, clock }: Pick<World, 'files' | 'clock'>,
  into: {
    readonly home: string;
    readonly temporary: string;
    readonly source: string;
    readonly skipped: readonly Skipped[];
  },
  pick: Picked,
  fetched: Fetched,
): Promise<Installed> => {
  const { home, temporary, source, skipped } = into;
  const { version, sourceVersion, suite, note } = pick.candidate;
  for (const name of pick.entry.executables) {
    if (fetched.files[name] === undefined) throw broken(pick, `it holds no ${name}`);
  }
  const tree = await files.makeTemporary(temporary, 'tree-');
  const contents = await arrange(files, pick, fetched, tree);
  const receipt = {
    component: pick.package,
    version,
    sourceVersion,
    source,
    skipped,
    suite,
    ...(note !== undefined && { note }),
    url: fetched.url,
    sha256: fetched.sha256,
    sizeBytes: fetched.sizeBytes,
    ...(fetched.others && { others: fetched.others }),
    ...contents,
    licence: pick.entry.licence,
    installedAt: new Date(clock.nowMs()).toISOString(),
  };
  await files.writeAtomic(receiptFile(tree), receiptText(receipt), 0o444);

  const target = versionFolder(home, pick.package, version);
  await files.makeFolder(packageFolder(home, pick.package), 0o755);
  // What lies there is no usable installation, or nobody would install: somebody deleted or changed parts of it by hand.
  const old = (await files.stat(target)) ? join(await files.makeTemporary(temporary, 'old-'), 'old') : null;
  if (old !== null) await moveFolder(files, target, old);
  try {
    await moveFolder(files, tree, target);
  } catch (error) {
    if (old !== null) await moveFolder(files, old, target);
    throw error;
  }
  await files.chmod(target, 0o555);

  const installed = await readInstalled(files, home, pick.package, version);
  if (installed === null) throw broken(pick, `it is not to be found at ${target} after it was put there`);
  return installed;
};

type Contents = Pick<Receipt, 'executables' | 'files'>;

const arrange = async (files: Files, pick: Picked, fetched: Fetched, tree: string): Promise<Contents> => {
  if (fetched.isReference) return { executables: await refer(files, fetched.files) };
  if (fetched.tree !== undefined) return moveTree(files, pick, fetched, fetched.tree, tree);
  const executables: Record<string, ReceiptFile> = {};
  await files.makeFolder(join(tree, 'bin'), 0o755);
  for (const name of pick.entry.executables) {
    const path = join('bin', name);
    await files.rename(fetched.files[name] ?? '', join(tree, path));
    executables[name] = await seal(files, tree, path, 0o555);
  }
  await files.chmod(join(tree, 'bin'), 0o555);
  return { executables };
};

const refer = async (files: Files, found: Fetched['files']): Promise<Receipt['executables']> => {
  const executables: Record<string, ReceiptFile> = {};
  for (const [name, path] of Object.entries(found)) {
    const { sizeBytes = 0, modifiedAtMs = 0, mark } = (await files.stat(path)) ?? {};
    const sha256 = await files.sha256(path);
    executables[name] = { path, sha256, sizeBytes, modifiedAtMs, ...(mark !== undefined && { mark }) };
  }
  return executables;
};

const moveTree = async (
  files: Files,
  pick: Picked,
  fetched: Fetched,
  from: string,
  tree: string,
): Promise<Contents> => {
  const paths = new Map(pick.entry.executables.map((name) => [name, relative(from, fetched.files[name] ?? '')]));
  const wanted = new Set(paths.values());
  const others: Record<string, string> = {};
  for (const name of await files.list(from)) {
    // On some disks in whatever case. What it held would be lost, and be missed at each look.
    if (name.toLowerCase() === 'receipt.json')
      throw broken(pick, `it holds a ${name}, the name of a file of booty's own`);
    await files.rename(join(from, name), join(tree, name));
  }
  const below = await lookBelow(files, tree, '');
  for (const path of below.files) {
    if (wanted.has(path)) continue;
    const isExecutable = (((await files.stat(join(tree, path)))?.mode ?? 0) & 0o100) !== 0;
    others[path] = (await seal(files, tree, path, isExecutable ? 0o555 : 0o444)).sha256;
  }
  const executables: Record<string, ReceiptFile> = {};
  for (const [name, path] of paths) {
    if ((await files.stat(join(tree, path)))?.kind !== 'file') throw broken(pick, `it holds no ${path}`);
    executables[name] = await seal(files, tree, path, 0o555);
  }
  for (const path of below.folders) await files.chmod(join(tree, path), 0o555);
  return { executables, files: others };
};

type Below = { readonly files: readonly string[]; readonly folders: readonly string[] };

/** Regular files and folders, by paths relative to the root; links stay as they were checked. */
const lookBelow = async (files: Files, root: string, folder: string): Promise<Below> => {
  const found = { files: [] as string[], folders: [] as string[] };
  for (const name of await files.list(join(root, folder))) {
    const path = join(folder, name);
    const kind = (await files.stat(join(root, path)))?.kind;
    if (kind === 'file') found.files.push(path);
    if (kind !== 'folder') continue;
    // An archive may hold folders that not even their owner may look into.
    await files.chmod(join(root, path), 0o755);
    const below = await lookBelow(files, root, path);
    found.files.push(...below.files);
    found.folders.push(...below.folders, path);
  }
  return found;
};

const seal = async (files: Files, tree: string, path: string, mode: number): Promise<ReceiptFile> => {
  await files.chmod(join(tree, path), mode);
  const mark = (await files.stat(join(tree, path)))?.mark;
  return { path, sha256: await files.sha256(join(tree, path)), ...(mark !== undefined && { mark }) };
};

const broken = (pick: Picked, found: string): BootyError =>
  new BootyError('STORE_PACKAGE_BROKEN', {
    component: pick.package,
    sourceVersion: pick.candidate.sourceVersion,
    found,
  });
