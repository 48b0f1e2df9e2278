import { findRecipe } from '../catalog/catalog.ts';
import { bytesFor } from '../lock/entry.ts';
import { lockPath, readLock } from '../lock/lock-file.ts';
import { staleReason } from '../lock/stale.ts';
import type { CloneWant } from '../store/mirror/clone.ts';
import type { Context } from './context.ts';
import type { Target } from './target.ts';

/**
What the services of a stack need from the registry, each once: held to what the lock names where it fits, else the range
of the definition. `platform` is this machine's (`linux-amd64`). Throws LOCK_UNREADABLE.
*/
export const stackWants = async (
  context: Context,
  { definition, paths }: Target,
  platform: string,
): Promise<readonly CloneWant[]> => {
  const path = lockPath(definition?.file ?? null, paths.root);
  const lock = await readLock(context.ports.files, path);
  const wants = new Map<string, CloneWant>();
  for (const { name, component, version } of definition?.services ?? []) {
    const recipe = component === null ? null : findRecipe(component);
    if (component === null || !recipe) continue;
    const wish = { service: name, component, package: recipe.package, range: version };
    const entry = lock.services[name];
    const holder = `${path.split('/').at(-1)}, service ${name},`;
    const isHeld = entry !== undefined && staleReason(lock, wish) === null;
    const want: CloneWant = isHeld
      ? { component, range: null, pin: { version: entry.version, sources: bytesFor(entry, platform), holder } }
      : { component, range: version };
    wants.set(`${component} ${want.pin?.version ?? version ?? ''}`, want);
  }
  return [...wants.values()];
};
