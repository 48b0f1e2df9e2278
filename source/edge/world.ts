import type { World } from '../ports.ts';
import { createArchives } from './archives.ts';
import { createChannels } from './channels.ts';
import { createClock } from './clock.ts';
import type { HeadersFor } from './credentials.ts';
import { createDownloads } from './downloads.ts';
import { createFiles } from './files.ts';
import { createHost } from './host.ts';
import { createHttp } from './http.ts';
import { createProcesses } from './processes.ts';
import { createRandom } from './random.ts';
import { createSockets } from './sockets.ts';

/** The world on this machine, for the composition root to hand down; `headersFor`: what hosts of downloads are told. */
export const createWorld = (headersFor?: HeadersFor): World => {
  const clock = createClock();
  const host = createHost();
  return {
    clock,
    random: createRandom(),
    processes: createProcesses(clock),
    files: createFiles(),
    http: createHttp(),
    sockets: createSockets(),
    channels: createChannels(),
    downloads: createDownloads(host.environment, headersFor),
    archives: createArchives(),
    host,
  };
};
