import { BootyError } from '../core/error.ts';
import { type Caution, noCaution } from '../registry/caution.ts';
import { findComponent } from '../registry/find.ts';
import { isRange } from '../registry/range.ts';
import type { Registry } from '../registry/schema.ts';
import { audit } from './audit.ts';
import { choose } from './choose.ts';
import { install } from './install.ts';
import { checkMirror } from './mirror/check.ts';
import { clone } from './mirror/clone.ts';
import { allInstalled, newestInstalled } from './installed.ts';
import { offers } from './offers.ts';
import { overview } from './overview.ts';
import { requireNamed } from './of-registry.ts';
import { requirePinned } from './pin.ts';
import { remove } from './remove.ts';
import { repair } from './repair.ts';
import { createSoundness } from './soundness.ts';
import { createSources } from './sources/all.ts';
import { platformOf } from './sources/archive/platform.ts';
import type { ArchiveWorld } from './sources/archive.ts';
import { platformName } from './sources/archive/platform.ts';
import type { Source } from './sources/source.ts';
import type { Store } from './store.ts';
import { unknownComponent } from './wants.ts';

export type StoreParts = ArchiveWorld & {
  readonly registry: Registry;
  /** What of it may not be installed anew; by default all may. */
  readonly caution?: Caution;
  /** BOOTY_HOME, absolute. */
  readonly home: string;
  /** The folder of the bundle booty came as, which carries components; absent: it did not. */
  readonly carried?: string | null;
  /** Where bytes come from, asked in this order; by default as the environment says (`createSources`). */
  readonly sources?: readonly Source[];
};

/**
The store below BOOTY_HOME. Making it touches nothing; several, also of several processes, may work at once. Throws
STORE_BAD_SETTING when BOOTY_SOURCES or BOOTY_MIRROR cannot be understood.
*/
export const createStore = (parts: StoreParts): Store => {
  const { files, host, clock, registry, home, caution = noCaution } = parts;
  const sources = parts.sources ?? createSources(parts, home, parts.carried ?? null);
  const requireSound = createSoundness(files);
  const knowledge = { registry, caution, platform: platformName(host) };
  const installing = { files, host, clock, ...knowledge, home, sources, requireSound };
  return {
    find: async (component, range, pin = null) => {
      if (range !== null && !isRange(range)) throw new BootyError('STORE_BAD_RANGE', { component, range });
      const found = findComponent(registry, component);
      const installed = isFolderName(component)
        ? await newestInstalled(files, home, found?.package ?? component, pin === null ? range : `=${pin.version}`)
        : null;
      if (pin !== null && installed !== null) requirePinned(pin, component, installed);
      if (pin === null && installed !== null) {
        requireNamed(component, found?.entry ?? null, knowledge.platform, installed);
      }
      if (installed !== null) await requireSound(installed);
      if (installed === null && found === null) {
        throw unknownComponent(registry, caution, knowledge.platform, component);
      }
      return installed;
    },
    requireSound,
    list: () => allInstalled(files, home),
    overview: () => overview({ files, host }, registry, home),
    entry: (component) => findComponent(registry, component)?.entry ?? null,
    offers: (components, wide, onMessage, signal) => offers(knowledge, sources, components, wide, onMessage, signal),
    choose: (wanted, signal) => choose({ ...knowledge, sources, clock }, wanted, signal),
    audit: () => audit(files, home),
    remove: async (component, version, signal) =>
      isFolderName(component) && isFolderName(version)
        ? remove({ files, host }, home, component, version, signal)
        : Promise.resolve(0),
    install: (wanted, on, signal) => install(installing, wanted, on, signal),
    clone: (folder, wanted, platforms, on, signal) => {
      const own = platformOf(host);
      const asked = platforms.length === 0 && own !== null ? [own] : platforms;
      return clone({ files, host, clock, ...knowledge, sources }, folder, wanted, asked, on, signal);
    },
    checkMirror: (folder, onFile, signal) => checkMirror({ files }, registry, folder, onFile, signal),
    repair: (component, version, onProgress, signal) => repair(installing, component, version, onProgress, signal),
  };
};

/** What the user wrote must not lead out of the store. */
const isFolderName = (name: string): boolean => /^[\w-][\w.-]*$/.test(name);
