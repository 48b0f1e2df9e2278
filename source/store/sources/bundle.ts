import { basename, join } from 'node:path';
import { BootyError } from '../../core/error.ts';
import type { World } from '../../ports.ts';
import { allInstalled } from '../installed.ts';
import { packageFolder, receiptFile, versionFolder } from '../layout.ts';
import { parseReceipt, type Receipt } from '../receipt.ts';
import type { Installed } from '../store.ts';
import type { Candidate, Fetched, Pick as Picked, Source } from './source.ts';

const copyMsMax = 600_000;

/**
Components that a bundle carries beside booty itself, as they lay in the store of whoever made it. Each file is held to
the hash in its receipt; what the receipt says of where it came from stays true, and is what locks are compared with.

@param root folder of the bundle; it holds `store/<package>/<version>/`
*/
export const createBundleSource = ({ files, host }: Pick<World, 'files' | 'host'>, root: string): Source => {
  const carried = new WeakMap<Candidate, Installed>();
  return {
    name: 'bundle',
    unusable: async () => null,
    offer: async (wanted) => {
      const all = await allInstalled(files, root);
      const candidates = new Map<string, readonly Candidate[]>();
      let trouble: BootyError | null = null;
      for (const { package: name } of wanted) {
        const own = all.filter(({ component }) => component === name);
        const versions = await files.list(packageFolder(root, name));
        const broken = versions.find((one) => own.every(({ version }) => version !== one));
        if (broken !== undefined) {
          const facts = {
            doing: `looking at ${versionFolder(root, name, broken)}`,
            found: 'it is not as it was packed',
          };
          trouble ??= new BootyError('STORE_SOURCE_FAILED', { source: 'bundle', ...facts });
        }
        if (own.length === 0) continue;
        const rows = own.map((installed): Candidate => {
          const { version, sourceVersion, suite, source } = installed;
          const candidate = { version, sourceVersion, suite, origin: source, note: 'carried by the bundle' };
          carried.set(candidate, installed);
          return candidate;
        });
        candidates.set(name, rows);
      }
      return { candidates, trouble };
    },
    fetch: async (picks, folder, on, signal) => {
      for (const pick of picks) {
        signal.throwIfAborted();
        try {
          on.settled(pick, await copyOut({ files, host }, pick, carried.get(pick.candidate), folder, signal));
        } catch (error) {
          signal.throwIfAborted();
          on.settled(pick, error instanceof Error ? error : new Error(String(error)));
        }
      }
    },
  };
};

const copyOut = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  pick: Picked,
  from: Installed | undefined,
  folder: string,
  signal: AbortSignal,
): Promise<Fetched> => {
  const receipt = from && parseReceipt((await files.readText(receiptFile(from.folder))) ?? '');
  if (!from || !receipt) throw new BootyError('ASSERTION', { claim: 'what a bundle offers has a receipt' });
  const into = join(await files.makeTemporary(folder, 'bundle-'), basename(from.folder));
  const run = async (command: readonly string[]): Promise<void> => {
    const { code, stderr } = await host.run(command, { timeoutMs: copyMsMax, signal });
    if (code === 0) return;
    const facts = { component: pick.package, sourceVersion: pick.candidate.sourceVersion };
    throw new BootyError('STORE_PACKAGE_BROKEN', { ...facts, found: stderr.trim().split('\n')[0] ?? command[0] ?? '' });
  };
  await run(['cp', '-R', '--', from.folder, into]);
  // Folders of a store cannot be written in, and these are to be moved about.
  await run(['chmod', '-R', 'u+w', '--', into]);
  await files.remove(receiptFile(into));
  for (const [path, sha256] of hashesOf(receipt)) {
    const actualSha256 = await files.sha256(join(into, path));
    if (actualSha256 === sha256) continue;
    const { sizeBytes: actualBytes = 0 } = (await files.stat(join(into, path))) ?? {};
    const url = join(from.folder, path);
    const facts = {
      component: pick.package,
      url,
      expectedSha256: sha256,
      actualSha256,
      expectedBytes: null,
      actualBytes,
    };
    throw new BootyError('STORE_HASH_MISMATCH', facts);
  }
  const { url, sha256, sizeBytes, others, executables } = receipt;
  return {
    files: Object.fromEntries(Object.entries(executables).map(([name, { path }]) => [name, join(into, path)])),
    ...(receipt.files !== undefined && { tree: into }),
    url,
    sha256,
    sizeBytes,
    ...(others && { others }),
  };
};

const hashesOf = ({ executables, files = {} }: Receipt): readonly (readonly [string, string])[] => [
  ...Object.values(executables).map(({ path, sha256 }) => [path, sha256] as const),
  ...Object.entries(files),
];
