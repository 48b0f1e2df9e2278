import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { asText, ctrlC, type Peer, type Service } from './peer.ts';

/**
What all are measured against: the same services started and stopped by a plain shell script, each in a session of its
own with its output in a file. The second argument and the third of each program name its marker file.
*/
export const byHand: Peer = {
  name: 'by hand (sh)',
  version: '',
  origin: 'this clone',
  servicesMax: 500,
  hasReadiness: true,
  hasOrder: true,
  hasStream: true,
  plan: ({ folder, services }) => {
    const script = path.join(folder, 'by-hand.sh');
    const started = layersOf(services);
    const stops = started.toReversed().map((layer) => `${layer.map(stop).join('; ')}; ${layer.map(join).join('; ')}`);
    writeFileSync(
      script,
      [`trap '${stops.join('; ')}; exit 0' INT TERM`, ...started.flat().map(start), 'wait', ''].join('\n'),
    );
    return { command: ['/bin/sh', script], environment: {}, quits: [ctrlC, ctrlC] };
  },
};

/** Services that need nobody, then those that need only them, and so on. */
const layersOf = (services: readonly Service[]): readonly (readonly Service[])[] => {
  const layers: Service[][] = [];
  const isPlaced = (name: string): boolean => layers.flat().some((service) => service.name === name);
  while (layers.flat().length < services.length) {
    const layer = services.filter(({ name, needs = [] }) => !isPlaced(name) && needs.every(isPlaced));
    if (layer.length === 0) throw new Error('the services need each other in a circle');
    layers.push(layer);
  }
  return layers;
};

const start = (service: Service): string => {
  const [, marks = ''] = service.command;
  const waits = (service.needs ?? []).map((name) => `until [ -e ${marks}/${name} ]; do sleep 0.005; done; `);
  return `${waits.join('')}setsid ${asText(service)} >>${service.name}.log 2>&1 & ${variable(service)}=$!`;
};

const stop = (service: Service): string => `kill $${variable(service)}`;
const join = (service: Service): string => `wait $${variable(service)}`;
const variable = (service: Service): string => `pid_${service.name.replaceAll('-', '_')}`;
