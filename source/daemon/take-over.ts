import { constants } from 'node:os';
import type { StackWorld } from '../core/world.ts';
import type { World } from '../ports.ts';
import type { RunFile } from './run-file.ts';
import type { Supervisor } from './supervisor.ts';

/** The world as its successor begins with it: nothing is being asked any more, all else is as it was. */
export const restoredWorld = (world: StackWorld): StackWorld => ({
  ...world,
  services: Object.fromEntries(
    Object.entries(world.services).map(([name, service]) => [
      name,
      { ...service, probe: service.probe && { ...service.probe, inFlight: false } },
    ]),
  ),
});

/**
Goes on where a dead daemon was: holds its definition with the ports its services have, watches every service that is
still the very process it was, and tells the loop of those that are not. Nothing is signalled here, whatever is found.
*/
export const takeOver = async (ports: World, supervisor: Supervisor, left: RunFile): Promise<void> => {
  const { loop, performer, fetches, history } = supervisor;
  // All ports as they were: one that somebody else took meanwhile is told when its service is started.
  const held = await supervisor.prepare(left.request, left.ports);
  await supervisor.adoptDefinition(held, left.request);
  let adopted = 0;
  for (const [service, { launch, started }] of Object.entries(left.running)) {
    if (await performer.adopt(launch, started)) adopted += 1;
    else {
      const exit = await lastWord(ports, launch.statusFile);
      for (const file of [launch.statusFile, `${launch.statusFile}.pid`]) await ports.files.remove(file);
      loop.post({ type: 'process.exited', service, generation: launch.generation, exit, roll: ports.random.roll() });
    }
  }
  for (const [service, { state, generation }] of Object.entries(left.world.services)) {
    if (state !== 'starting' && state !== 'stopping') continue;
    if (left.running[service]) continue;
    // The predecessor died between the order and its answer.
    loop.post({ type: 'process.refused', service, generation, reason: 'its start was cut off when the daemon died' });
  }
  // Binaries are looked up anew, for the next start of what runs and for what was on its way.
  const wishes = held.assembled.binaries.filter(({ service }) => left.world.services[service]?.wanted === 'up');
  void fetches.fetch(wishes);
  // Graces and probes of the time before go on from here.
  loop.post({ type: 'clock.ticked' });
  const message = `a new daemon took over ${adopted} running services`;
  history.add({ atMs: ports.clock.nowMs(), service: null, type: 'daemon.tookOver', from: null, to: null, message });
};

/** How a service ended while nobody watched, by what its shim wrote down. */
const lastWord = async (ports: World, statusFile: string) => {
  const text = (await ports.files.readText(statusFile))?.trim() ?? '';
  const code = /^\d{1,3}$/.test(text) ? Number(text) : null;
  const atMs = ports.clock.nowMs();
  const [signal = null] = Object.entries(constants.signals).find(([, number]) => code === 128 + number) ?? [];
  return { code: signal === null ? code : null, signal, atMs };
};
