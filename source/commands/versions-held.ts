import { stackPaths } from '../core/paths.ts';
import type { LockDocument } from '../lock/document.ts';
import type { Context } from './context.ts';
import { parsePast } from './history.ts';
import { knownStacks } from './target.ts';

/** Versions that stacks count on though nothing may run from them now: `<package> <version>` → who does, in words. */
export type VersionsHeld = {
  /** What their locks name: the next `up` starts these. */
  readonly locked: ReadonlyMap<string, string>;
  /** What the last upgrade of a service came from: `booty rollback` starts these. */
  readonly waysBack: ReadonlyMap<string, string>;
};

/**
Looks at the locks and histories of all stacks of this user; starts and asks nobody. Throws LOCK_UNREADABLE: what such a
lock holds cannot be known, so nothing may be removed on its account.
*/
export const versionsHeld = async (context: Context): Promise<VersionsHeld> => {
  const { files, host } = context.ports;
  const { lockPath, readLock } = await import('../lock/lock-file.ts');
  const locked = new Map<string, string>();
  const waysBack = new Map<string, string>();
  for (const { name, file } of await knownStacks(context)) {
    const { root, historyFile } = stackPaths(host, name);
    const path = lockPath(file, root);
    const lock = await readLock(files, path);
    for (const [service, entry] of Object.entries(lock.services)) {
      locked.set(`${entry.package} ${entry.version}`, `service ${service} in ${path}`);
    }
    for (const [service, from] of lastFrom(await files.readText(historyFile))) {
      const packageName = packageOf(lock, service);
      if (packageName !== null) waysBack.set(`${packageName} ${from}`, `service ${service} of stack ${name}`);
    }
  }
  return { locked, waysBack };
};

/** A history names services only; one that is in no lock any more has left the stack, and nothing to go back to. */
const packageOf = (lock: LockDocument, service: string): string | null => lock.services[service]?.package ?? null;

/** By service, of its last change that held and of its last one that failed: both may be what one goes back to. */
const lastFrom = (text: string | null): readonly (readonly [service: string, from: string])[] => {
  const past = parsePast(text);
  const of = (wanted: 'done' | 'failed') =>
    new Map(
      past.flatMap(({ service, from, result }) =>
        result === wanted && from !== null ? [[service, from] as const] : [],
      ),
    );
  return [...of('done'), ...of('failed')];
};
