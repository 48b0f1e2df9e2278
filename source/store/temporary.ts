import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Identity } from '../core/model.ts';
import type { World } from '../ports.ts';
import { storeFolder } from './layout.ts';

const prefix = '.new-';

type Reach = Pick<World, 'files' | 'host'>;

/**
A folder inside the store for one installation, so that a rename can move from it. Its name tells who owns it; what the
owner leaves behind when killed is removed by `removeStale`.
*/
export const makeTemporary = (ports: Reach, home: string): Promise<string> =>
  makeOwned(ports, storeFolder(home), prefix);

/** Removes the temporary folders of dead processes. Idempotent; safe with any number of booty processes. */
export const removeStale = (ports: Reach, home: string): Promise<void> =>
  removeOrphaned(ports, storeFolder(home), prefix);

/** A new folder in `parent` whose name begins with `start` and tells that this process owns it; see `removeOrphaned`. */
export const makeOwned = async ({ files, host }: Reach, parent: string, start: string): Promise<string> =>
  files.makeTemporary(parent, `${start}${host.pid}-${markOf(await host.identityOf(host.pid))}-`);

/** Removes what processes that are dead now made by `makeOwned` with this start. Idempotent; never touches that of a living one. */
export const removeOrphaned = async (ports: Reach, parent: string, start: string): Promise<void> => {
  for (const path of await orphanedIn(ports, parent, start)) await ports.files.remove(path);
};

/** Paths of the temporary folders of dead processes. */
export const staleFolders = (ports: Reach, home: string): Promise<readonly string[]> =>
  orphanedIn(ports, storeFolder(home), prefix);

const orphanedIn = async ({ files, host }: Reach, parent: string, start: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of await files.list(parent)) {
    if (!name.startsWith(start)) continue;
    const [, pid, mark] = /^(\d+)-([0-9a-f]+)-/.exec(name.slice(start.length)) ?? [];
    if (pid === undefined) continue;
    if (mark !== markOf(await host.identityOf(Number(pid)))) found.push(join(parent, name));
  }
  return found;
};

/** Short and safe in a file name on every platform; a start time is not. */
const markOf = (identity: Identity | null): string =>
  createHash('sha256')
    .update(identity === null ? 'dead' : `${identity.startTicks} ${identity.bootId}`)
    .digest('hex')
    .slice(0, 12);
