import type { World } from '../ports.ts';
import { createChannels } from './channels.ts';
import { createClock } from './clock.ts';
import { createFiles } from './files.ts';
import { createHost } from './host.ts';
import { createHttp } from './http.ts';
import { createProcesses, type MachineProcesses } from './processes.ts';
import { createRandom } from './random.ts';
import { createSockets } from './sockets.ts';

/** The world on this machine, for the composition root to hand down. */
export const createWorld = (): World & { readonly processes: MachineProcesses } => {
  const clock = createClock();
  return {
    clock,
    random: createRandom(),
    processes: createProcesses(clock),
    files: createFiles(),
    http: createHttp(),
    sockets: createSockets(),
    channels: createChannels(),
    host: createHost(),
  };
};
