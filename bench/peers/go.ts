import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeProcfile } from './debian.ts';
import { asText, ctrlC, type Peer, type Plan } from './peer.ts';

/** Modules of the peers written in Go, whose program is at their root, at pinned versions and with what `go.sum` would say of them. */
export const goModules = {
  'process-compose': {
    module: 'github.com/f1bonacc1/process-compose',
    version: '1.103.0',
    sum: 'h1:QInN2W34jt1pvCjoo1IYJVyyVHUZNY3e+L5xJApekCY=',
  },
  overmind: {
    module: 'github.com/DarthSim/overmind/v2',
    version: '2.5.1',
    sum: 'h1:egwGmQSV1A+KvfKn/hzj9XjWb4qGQ0CSzbcX2g/pRM0=',
  },
} as const;

export const processCompose = (binary: string, version: string, origin: string): Peer => ({
  name: 'process-compose',
  version,
  origin,
  servicesMax: 500,
  hasReadiness: true,
  hasOrder: true,
  hasStream: true,
  plan: ({ folder, services, look }) => {
    const config = path.join(folder, 'process-compose.yaml');
    const isNeeded = (name: string): boolean => services.some(({ needs }) => needs?.includes(name));
    const entries = services.map((service) => [
      service.name,
      {
        command: asText(service),
        ...(isNeeded(service.name) && { ready_log_line: 'ready' }),
        ...(service.needs && {
          depends_on: Object.fromEntries(service.needs.map((name) => [name, { condition: 'process_log_ready' }])),
        }),
      },
    ]);
    writeFileSync(config, JSON.stringify({ version: '0.5', processes: Object.fromEntries(entries) as object }));
    const own = [binary, '-U', '-u', path.join(folder, 'pc.sock'), '-L', path.join(folder, 'pc.log')];
    const plan: Omit<Plan, 'quits' | 'command'> = {
      environment: {},
      list: [...own, 'process', 'list'],
    };
    const command = [...own, '--ordered-shutdown', 'up', '-f', config, `-t=${look === 'screen'}`];
    // The screen asks first whether to quit; the answer that is selected is yes.
    const quit = look === 'screen' ? { keys: ['\u0003', '\r'], said: 'ctrl-c, Enter' } : ctrlC;
    return { ...plan, command, quits: [quit, quit] };
  },
});

/** overmind, which needs tmux on the PATH. */
export const overmind = (binary: string, version: string, origin: string): Peer => ({
  name: 'overmind',
  version,
  origin,
  servicesMax: 500,
  hasReadiness: false,
  hasOrder: false,
  hasStream: true,
  plan: ({ folder, services }) => {
    const socket = path.join(folder, 'overmind.sock');
    return {
      command: [binary, 'start', '-f', writeProcfile(folder, services), '-s', socket],
      environment: { OVERMIND_SKIP_ENV: '1', OVERMIND_NO_PORT: '1' },
      quits: [ctrlC, ctrlC],
      list: [binary, 'ps', '-s', socket],
    };
  },
});
