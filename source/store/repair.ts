import { BootyError } from '../core/error.ts';
import { install, type InstallParts } from './install.ts';
import { receiptFile, versionFolder } from './layout.ts';
import type { Pin } from './pin.ts';
import { parseReceipt } from './receipt.ts';
import type { Installed, Store } from './store.ts';

/** `Store.repair`: installs anew what the receipt names, so that the old folder goes only when its successor is whole. */
export const repair = async (
  parts: InstallParts,
  component: string,
  version: string,
  onProgress: Parameters<Store['repair']>[2],
  signal: AbortSignal,
): Promise<Installed> => {
  const pin = await pinOf(parts, component, version);
  const settled: (Installed | Error)[] = [];
  const on = {
    progress: (_component: string, progress: Parameters<typeof onProgress>[0]) => onProgress(progress),
    settled: (_component: string, one: Installed | Error) => void settled.push(one),
  };
  await install(parts, [{ component, range: null, pin }], on, signal, { anew: true });
  const [result] = settled;
  if (result === undefined) throw new BootyError('ASSERTION', { claim: 'every wanted component is settled' });
  if (result instanceof Error) throw result;
  return result;
};

/** The very bytes it was made of; where no receipt tells, the version alone binds, and its source vouches for the bytes. */
const pinOf = async ({ files, home }: InstallParts, component: string, version: string): Promise<Pin> => {
  const receipt = parseReceipt((await files.readText(receiptFile(versionFolder(home, component, version)))) ?? '');
  const holder = `the receipt of ${component}`;
  if (receipt === null || receipt.component !== component || receipt.version !== version) {
    return { version, sources: null, holder };
  }
  const { source, sourceVersion, sha256, others = [] } = receipt;
  const bytes = { sourceVersion, sha256: [sha256, ...others.map((one) => one.sha256)] };
  return { version, sources: { [source]: bytes }, holder };
};
