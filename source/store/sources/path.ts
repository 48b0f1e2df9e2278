import type { World } from '../../ports.ts';
import { BootyError } from '../../core/error.ts';
import { look, type Found } from './path/look.ts';
import type { Source } from './source.ts';

/**
Binaries that are on this machine's PATH already, whose own version command says a version. They are never copied: the
store only remembers where they are, and by their hashes whether they still are what they were. Nobody vouches for them,
so this source is the last to be asked.
*/
export const createPathSource = (world: Pick<World, 'files' | 'host'>): Source => {
  const seen = new Map<string, Found>();
  return {
    name: 'path',
    unusable: async () => (world.host.environment['PATH'] ? null : 'PATH is not set'),
    offer: async (wanted, _onMessage, signal) => {
      const troubles = new Map<string, string>();
      await Promise.all(
        [...new Map(wanted.map((one) => [one.package, one.entry]))].map(async ([name, entry]) => {
          const found = await look(world, name, entry, signal);
          if (typeof found === 'string') troubles.set(name, found);
          else seen.set(name, found);
        }),
      );
      const candidates = new Map(
        wanted.flatMap(({ package: name }) => {
          const found = seen.get(name);
          if (!found) return [];
          const { version, sourceVersion } = found;
          return [[name, [{ version, sourceVersion, suite: null }]] as const];
        }),
      );
      return {
        candidates,
        trouble: null,
        refusal: (component) => {
          const found = troubles.get(component);
          return found === undefined ? null : new BootyError('STORE_NOT_ON_PATH', { component, found });
        },
      };
    },
    fetch: async (picks, _folder, on) => {
      for (const pick of picks) {
        const found = seen.get(pick.package);
        if (!found) {
          const facts = { component: pick.package, found: 'it was not looked for' };
          on.settled(pick, new BootyError('STORE_NOT_ON_PATH', facts));
          continue;
        }
        const [first = ''] = Object.values(found.executables);
        const sizeBytes = (await world.files.stat(first))?.sizeBytes ?? 0;
        on.settled(pick, {
          files: found.executables,
          isReference: true,
          url: `file://${first}`,
          sha256: await world.files.sha256(first),
          sizeBytes,
        });
      }
    },
  };
};
