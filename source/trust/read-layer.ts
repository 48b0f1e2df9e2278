import { BootyError } from '../core/error.ts';
import type { World } from '../ports.ts';
import { parseRegistry, readRegistry } from '../registry/load.ts';
import type { Layer } from './believe.ts';
import type { FileEntry, RemoteEntry } from './registry-list.ts';

type Parts = Pick<World, 'files'>;

/** A registry file as a layer; what is wrong with it is in its error. */
export const readFileLayer = async (
  { files }: Parts,
  kind: Layer['kind'],
  { name, file }: FileEntry,
): Promise<Layer> => {
  const layer = { name, kind, place: file, freshness: null };
  try {
    return { ...layer, registry: await readRegistry(files, file), error: null };
  } catch (error) {
    const problems = [error instanceof Error ? error.message : String(error)];
    const known = error instanceof BootyError ? error : new BootyError('REGISTRY_INVALID', { path: file, problems });
    return { ...layer, registry: null, error: known };
  }
};

/** The copy of a remote registry as a layer, checked from its pinned root on; looks at no network. */
export const readRemoteLayer = async ({ files }: Parts, home: string, entry: RemoteEntry): Promise<Layer> => {
  const { name, url, root, whenExpired } = entry;
  // Only who has a remote registry pays for loading what checks it.
  const [{ readCache }, { verifyEvidence }, { Disbelief }] = await Promise.all([
    import('./tuf/cache.ts'),
    import('./tuf/verify.ts'),
    import('./tuf/roles.ts'),
  ]);
  const layer = { name, kind: 'remote' as const, place: url };
  const untrusted = (found: string, cause?: unknown): Layer => {
    const error = new BootyError('REGISTRY_UNTRUSTED', { registry: name, found }, cause === undefined ? {} : { cause });
    return { ...layer, registry: null, freshness: null, error };
  };
  try {
    const cached = await readCache(files, home, name);
    if (cached === null) return untrusted('there is none');
    const { expiresAtMs, versions } = verifyEvidence(cached.evidence, root.sha256);
    const freshness = {
      fetchedAtMs: cached.fetchedAtMs,
      expiresAtMs: Math.min(...Object.values(expiresAtMs)),
      version: versions.timestamp,
      usedWhenExpired: whenExpired === 'use-known',
    };
    return { ...layer, registry: parseRegistry(cached.evidence.registry, url), error: null, freshness };
  } catch (error) {
    if (error instanceof Disbelief) return untrusted(error.message, error);
    if (error instanceof BootyError) return { ...layer, registry: null, freshness: null, error };
    return untrusted(error instanceof Error ? error.message : String(error), error);
  }
};
