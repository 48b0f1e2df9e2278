import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Identity } from '../core/model.ts';
import type { World } from '../ports.ts';
import { storeFolder } from './layout.ts';

const prefix = '.new-';

/**
A folder inside the store for one installation, so that a rename can move from it. Its name tells who owns it; what the
owner leaves behind when killed is removed by `removeStale`.
*/
export const makeTemporary = async ({ files, host }: Pick<World, 'files' | 'host'>, home: string): Promise<string> => {
  const owner = await host.identityOf(host.pid);
  return files.makeTemporary(storeFolder(home), `${prefix}${host.pid}-${markOf(owner)}-`);
};

/** Removes the temporary folders of dead processes. Idempotent; safe with any number of booty processes. */
export const removeStale = async ({ files, host }: Pick<World, 'files' | 'host'>, home: string): Promise<void> => {
  for (const name of await files.list(storeFolder(home))) {
    const [, pid, mark] = /^\.new-(\d+)-([0-9a-f]+)-/.exec(name) ?? [];
    if (pid === undefined) continue;
    if (mark !== markOf(await host.identityOf(Number(pid)))) await files.remove(join(storeFolder(home), name));
  }
};

/** Short and safe in a file name on every platform; a start time is not. */
const markOf = (identity: Identity | null): string =>
  createHash('sha256')
    .update(identity === null ? 'dead' : `${identity.startTicks} ${identity.bootId}`)
    .digest('hex')
    .slice(0, 12);
