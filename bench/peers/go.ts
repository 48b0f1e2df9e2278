import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeProcfile } from './debian.ts';
import { asText, ctrlC, type Peer, type Plan } from './peer.ts';

/** Modules for `go install`, at pinned versions. */
export const goModules = {
  'process-compose': 'github.com/f1bonacc1/process-compose@v1.103.0',
  overmind: 'github.com/DarthSim/overmind/v2@v2.5.1',
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
