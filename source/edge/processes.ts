import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { assert, BootyError, reasonOf } from '../core/error.ts';
import type { StopScope } from '../core/model.ts';
import type { Clock, Launch, Processes, Started } from '../ports.ts';
import { notStarted, serviceBirth } from './birth.ts';
import { startProblem } from './executable.ts';
import { bootIdOf, isAlive } from './identity.ts';
import type { Delivery, Rung } from './rung.ts';
import { clearUp, type Running, serviceEnd } from './running.ts';
import { sendTo } from './send.ts';
import { adoptShim, type Shim, type ShimTools, spawnShim } from './shim-process.ts';
import { createTracker } from './tracker.ts';
import { createTreeKillRung } from './tree-kill-rung.ts';

type OnExit = Parameters<Processes['start']>[1];

/** What the real machine can besides: take over services that a dead daemon left running. */
export type MachineProcesses = Processes & {
  /**
  Watches a service started by an earlier process, as if started here. Resolves with false, and does nothing, when it is
  no longer that very process; its end may then be read from the launch's status file.
  */
  adopt(launch: Launch, started: Started, onExit: OnExit): Promise<boolean>;
};

/** Starts, signals, measures and ends services on this machine. The shell is what the shims run under. */
export const createProcesses = (clock: Clock, shell: readonly string[] = ['/bin/sh']): MachineProcesses => {
  const tools: ShimTools = { shell, cat: findTool('cat'), env: findTool('env') };
  const rung: Rung = existsSync('/proc/self/stat') ? createTracker() : createTreeKillRung();
  const services = new Map<string, Running>();

  const follow = (launch: Launch, shim: Shim): Running => {
    const marker = { runId: launch.runId, service: launch.service };
    const hold = rung.follow({ marker, shim, mode: launch.logMode, atMs: clock.nowMs() });
    const running: Running = { launch, shim, hold, identity: null, killed: false };
    services.set(launch.service, running);
    return running;
  };

  const announceEnd = async (running: Running, onExit: OnExit): Promise<void> => {
    const end = await serviceEnd(running);
    const atMs = clock.nowMs();
    const stragglers = await clearUp(running);
    services.delete(running.launch.service);
    onExit({ ...end, atMs, stragglers });
  };

  return {
    start: async (launch, onExit) => {
      assert(!services.has(launch.service), `${launch.service} is started while it runs`);
      const shim = await trySpawn(launch, tools);
      const running = follow(launch, shim);
      try {
        running.identity = await serviceBirth(launch, shim);
        void announceEnd(running, onExit);
        const group = { pid: shim.pid, startTicks: shim.startTicks, bootId: await bootIdOf() };
        return { identity: running.identity, group, logStartByte: shim.logStartByte };
      } catch (error) {
        await clearUp(running);
        services.delete(launch.service);
        throw error;
      }
    },

    adopt: async (launch, started, onExit) => {
      if (!(await isAlive(started.identity))) return false;
      const running = follow(launch, adoptShim(started));
      running.identity = started.identity;
      void announceEnd(running, onExit);
      return true;
    },

    signal: async (service, signal, scope) => {
      const running = services.get(service);
      if (running === undefined) return 0;
      if (signal === 'SIGKILL') running.killed = true;
      const deliveries = deliver(running, signal, scope);
      const refused = deliveries.find(({ answer }) => answer === 'refused');
      if (refused !== undefined) {
        throw new BootyError('SIGNAL_REFUSED', { service, signal, pid: refused.pid, problem: 'not permitted' });
      }
      return deliveries.filter(({ answer }) => answer === 'sent').length;
    },

    kill: async (service) => {
      const running = services.get(service);
      if (running === undefined) return { killed: 0, left: 0 };
      running.killed = true;
      const { killed, left } = await running.hold.sweep();
      return { killed: killed.length, left };
    },

    usage: async () => {
      const byHold = rung.usage(
        [...services.values()].map(({ hold }) => hold),
        clock.nowMs(),
      );
      return new Map(
        [...services].flatMap(([service, { hold }]) => {
          const usage = byHold.get(hold);
          return usage === undefined ? [] : [[service, usage] as const];
        }),
      );
    },

    alive: isAlive,
  };
};

const deliver = (running: Running, signal: string, scope: StopScope): readonly Delivery[] => {
  if (scope !== 'process') return running.hold.signal(signal, scope);
  const { identity } = running;
  return identity === null ? [] : [{ pid: identity.pid, answer: sendTo(identity, signal) }];
};

const trySpawn = async (launch: Launch, tools: ShimTools): Promise<Shim> => {
  const problem = await startProblem(launch.command, launch.workingDir, launch.environment['PATH']);
  if (problem !== null) throw notStarted(launch, problem);
  try {
    return await spawnShim(launch, tools);
  } catch (error) {
    throw notStarted(launch, reasonOf(error), error);
  }
};

/** Of the two tools the shim needs; a service's own PATH need not have them. */
const findTool = (name: string): string =>
  ['/bin', '/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? `/bin/${name}`;
