import { reasonOf } from '../core/error.ts';
import type { World } from '../ports.ts';
import type { Inheritance } from './inherit.ts';
import { openLock } from './open-lock.ts';
import type { Supervisor } from './supervisor.ts';

/**
Goes on where a dead daemon was: holds its definition with the ports its services have, watches every service that is
still the very process it was, and tells the loop of those that are not. No service is signalled here, whatever is found;
only what an ended service left behind is cleared up. `allWatched` is called as soon as signals find everybody.
*/
export const takeOver = async (
  ports: World,
  supervisor: Supervisor,
  inherited: Inheritance,
  allWatched: () => void,
): Promise<void> => {
  const { loop, performer, fetches, history } = supervisor;
  const { left, running, unknown, isRestarted } = inherited;
  const note = (message: string) =>
    history.add({ atMs: ports.clock.nowMs(), service: null, type: 'daemon.tookOver', from: null, to: null, message });
  // Before anything is told to the loop: what it starts then leaves a note too, by which a successor may have to find it.
  await forgetCutOff(ports, inherited);
  for (const record of inherited.begun) performer.noteEnded(record);
  if (left) {
    // All ports as they were: one that somebody else took meanwhile is told when its service is started.
    const held = await supervisor.prepare(left.request, left.ports);
    await supervisor.adoptDefinition(held, left.request);
    // What runs runs, also beyond its range; a lock that cannot be read any more binds the next `up`.
    const runs = (service: string): string | null => inherited.world.services[service]?.version ?? null;
    await openLock(supervisor, held, left.request, runs).catch((error: unknown) => note(reasonOf(error)));
  }
  let adopted = 0;
  for (const [service, { launch, started }] of Object.entries(running)) {
    const { generation } = launch;
    const isThere = await performer.adopt(launch, started);
    if (isThere) adopted += 1;
    if (unknown.has(service)) loop.post({ type: 'process.started', service, generation, identity: started.identity });
    if (isThere) continue;
    const { stragglers: _, ...exit } = await ports.processes.bury(launch, started);
    // What was started since the restart, by a daemon that could not write it down, has an end to be told of.
    if (isRestarted && !unknown.has(service)) {
      await ports.processes.forget(launch);
      continue;
    }
    performer.noteEnded(launch);
    loop.post({ type: 'process.exited', service, generation, exit, roll: ports.random.roll() });
  }
  allWatched();
  for (const [service, { state, generation, identity }] of Object.entries(inherited.world.services)) {
    // It ended, and the daemon that saw it died before it could take that in: nobody knows any more how it ended.
    if (identity !== null && !running[service]) {
      const exit = { code: null, signal: null, atMs: ports.clock.nowMs() };
      loop.post({ type: 'process.exited', service, generation, exit, roll: ports.random.roll() });
      continue;
    }
    // Asked to stop while it was being started, and the start came to nothing.
    if (state !== 'stopping' || running[service]) continue;
    loop.post({ type: 'process.refused', service, generation, reason: 'its start was cut off when the daemon died' });
  }
  // Twice asked does less harm than never: the service would be killed when its grace is over.
  for (const [service, { state, generation, stop }] of Object.entries(inherited.world.services))
    if (state === 'stopping' && stop?.isSent === false && running[service])
      loop.post({ type: 'signal.lost', service, generation });
  // Binaries are looked up anew, for the next start of what runs and for what was on its way.
  const wishes = (supervisor.held()?.assembled.binaries ?? []).filter(({ service }) =>
    ['up', 'again'].includes(inherited.world.services[service]?.wanted ?? ''),
  );
  void fetches.fetch(wishes);
  // Graces and probes of the time before go on from here.
  loop.post({ type: 'clock.ticked' });
  // What was found is damaged, or of a boot before: it is replaced even when all is as it was.
  supervisor.remember();
  if (inherited.isDamaged) {
    note(
      left
        ? 'the run file was damaged; its copy was used'
        : 'the run file was damaged, and its copy: what runs was found by the records of its start',
    );
  }
  note(isRestarted ? 'the machine was restarted: nothing runs' : `a new daemon took over ${adopted} running services`);
};

/** The notes of starts that came to nothing when their daemon died. */
const forgetCutOff = async ({ files }: World, { running, begun, runFolder }: Inheritance): Promise<void> => {
  const kept = new Set(
    [...Object.values(running).map(({ launch }) => launch), ...begun].map((each) => each.statusFile),
  );
  for (const name of await files.list(runFolder)) {
    const statusFile = `${runFolder}/${name.replace(/\.launch$/, '')}`;
    if (!name.endsWith('.launch') || kept.has(statusFile)) continue;
    for (const ending of ['', '.pid', '.unstarted', '.launch']) await files.remove(statusFile + ending);
  }
};
