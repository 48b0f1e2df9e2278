import type { World } from '../../ports.ts';
import type { MirrorClient } from '../mirror/client.ts';
import { copy } from './archive/copy.ts';
import { fetch } from './archive/fetch.ts';
import { createHosts } from './archive/hosts.ts';
import type { Mirror } from './archive/mirror.ts';
import { offer } from './archive/offer.ts';
import { platformOf, platformText } from './archive/platform.ts';
import type { Source } from './source.ts';

export type ArchiveWorld = Pick<World, 'files' | 'host' | 'clock' | 'random' | 'downloads' | 'archives'>;

/**
What upstreams publish, by the URLs and hashes of the registry. `mirror` says where those are fetched in truth, `client`
what the mirror for all hosts holds.
*/
export const createArchiveSource = (
  world: ArchiveWorld,
  home: string,
  mirror: Mirror,
  client: MirrorClient | null = null,
): Source => {
  const { host, random } = world;
  const hosts = createHosts(world);
  const platform = platformOf(host);
  const noPlatform = `the registry knows nothing for ${platformText(host)}`;
  return {
    name: 'archive',
    unusable: async () => (platform === null ? noPlatform : null),
    offer: async (wanted, _onMessage, signal) => {
      if (platform === null) return { candidates: new Map(), trouble: null };
      const held = (await client?.read(signal)) ?? null;
      return offer({ platform: host.platform, arch: host.arch, name: platform }, wanted, mirror, held, hosts, signal);
    },
    fetch: async (picks, into, on, signal) => {
      if (platform === null) return;
      await fetch({ ...world, home, roll: () => random.roll(), platform, mirror, hosts }, picks, into, on, signal);
    },
    copy: (picks, into, on, signal) =>
      copy({ ...world, roll: () => random.roll(), mirror, hosts }, picks, into, on, signal),
  };
};
