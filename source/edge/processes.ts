import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { assert, BootyError, reasonOf } from '../core/error.ts';
import type { StopScope } from '../core/model.ts';
import type { Clock, Launch, Processes, Started } from '../ports.ts';
import { notStarted, serviceBirth } from './birth.ts';
import { chooseRung } from './choose-rung.ts';
import { startProblem } from './executable.ts';
import { findTool } from './find-tool.ts';
import { bootIdOf, isAlive } from './identity.ts';
import { findSurvivors, forgetLaunch, namespaceOf } from './launch-record.ts';
import { type Leaf, leafAt } from './leaf.ts';
import { findNamespace } from './pid-namespace.ts';
import { disturbsPerl } from './reaper.ts';
import type { Delivery, Rung } from './rung.ts';
import { clearUp, type Running, serviceEnd, settledEnd } from './running.ts';
import { sendTo } from './send.ts';
import { pidFile, unstartedFile } from './shim.ts';
import { adoptShim, type Shim, type ShimTools, spawnShim } from './shim-process.ts';

type OnExit = Parameters<Processes['start']>[1];

export type ProcessesOptions = {
  /** What the shims run under. */
  readonly shell?: readonly string[];
  /** The best one this machine has, unless told. */
  readonly rung?: () => Rung;
};

const preloadAfterMs = 1_000;

/** Starts, signals, measures and ends services on this machine. */
export const createProcesses = (clock: Clock, options: ProcessesOptions = {}): Processes => {
  const { shell = ['/bin/sh'] } = options;
  const tools: ShimTools = { shell, cat: findTool('cat'), env: findTool('env'), sleep: findTool('sleep') };
  const services = new Map<string, Running>();
  let chosen: Rung | null = null;
  // Tried out at the first use: most commands of booty never start anything.
  const rung = (): Rung => {
    if (chosen !== null) return chosen;
    // Health checks that run a program need it. Loaded while this booty's files are there, as a newer one may replace them,
    // and not in the way of the first starts.
    setTimeout(() => void import('execa'), preloadAfterMs).unref();
    return (chosen = (options.rung ?? chooseRung)());
  };

  const follow = (launch: Launch, shim: Shim, leaf: Leaf | null): Running => {
    const marker = { runId: launch.runId, service: launch.service };
    const isPrivate = launch.pidNamespace ?? false;
    const hold = rung().follow({
      marker,
      shim,
      mode: launch.logMode,
      logFile: realPath(launch.logFile),
      leaf,
      isPrivate,
      atMs: clock.nowMs(),
    });
    return { launch, shim, hold, identity: null, killed: false };
  };

  /** Watches a service of an earlier process. */
  const resume = async (launch: Launch, started: Started): Promise<Running> => {
    const first = await namespaceOf(launch.statusFile);
    const { identity, leaf } = started;
    const running = follow(
      launch,
      adoptShim(started),
      leaf === undefined ? rung().findLeaf(identity.pid) : leafAt(leaf),
    );
    running.identity = identity;
    running.hold.know(identity, first);
    return running;
  };

  const announceEnd = async (running: Running, onExit: OnExit): Promise<void> => {
    const end = await serviceEnd(running);
    const atMs = clock.nowMs();
    const stragglers = await finish(running);
    services.delete(running.launch.service);
    onExit({ ...end, atMs, stragglers });
  };

  return {
    start: async (launch, onExit) => {
      assert(!services.has(launch.service), `${launch.service} is started while it runs`);
      const { shim, leaf } = await trySpawn(launch, tools, rung());
      const running = follow(launch, shim, leaf);
      services.set(launch.service, running);
      try {
        running.identity = await serviceBirth(launch, shim);
        running.hold.know(running.identity, (await shim.serviceKnown)?.first ?? null);
        void announceEnd(running, onExit);
        const group = { pid: shim.pid, startTicks: shim.startTicks, bootId: await bootIdOf() };
        const { identity } = running;
        return { identity, group, logStartByte: shim.logStartByte, ...(leaf !== null && { leaf: leaf.folder }) };
      } catch (error) {
        await finish(running);
        await forgetLaunch(launch);
        services.delete(launch.service);
        throw error;
      }
    },

    adopt: async (launch, started, onExit) => {
      if (!(await isAlive(started.identity))) return false;
      const running = await resume(launch, started);
      services.set(launch.service, running);
      void announceEnd(running, onExit);
      return true;
    },

    survivors: findSurvivors,

    bury: async (launch, started) => {
      const { atMs = clock.nowMs(), ...end } = await settledEnd(launch.statusFile, started.group);
      const isOfThisBoot = started.identity.bootId === (await bootIdOf());
      const stragglers = isOfThisBoot ? await finish(await resume(launch, started)) : 0;
      return { ...end, atMs, stragglers };
    },

    forget: async (launch) => {
      await forgetLaunch(launch);
      const { statusFile } = launch;
      for (const file of [statusFile, pidFile(statusFile), unstartedFile(statusFile)]) await rm(file, { force: true });
    },

    rung: () => ({ name: rung().name, why: rung().why }),

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
      const byHold = rung().usage(
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

/** As the kernel names it; the path itself when it is not there any more. */
const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** Ends what is left of a service; resolves with how many were left. */
const finish = async (running: Running): Promise<number> => {
  const stragglers = await clearUp(running);
  await running.hold.release();
  return stragglers;
};

const deliver = (running: Running, signal: string, scope: StopScope): readonly Delivery[] => {
  if (scope !== 'process') return running.hold.signal(signal, scope);
  const { identity } = running;
  return identity === null ? [] : [{ pid: identity.pid, answer: sendTo(identity, signal) }];
};

const trySpawn = async (launch: Launch, tools: ShimTools, rung: Rung): Promise<{ shim: Shim; leaf: Leaf | null }> => {
  const problem = await startProblem(launch.command, launch.workingDir, launch.environment['PATH']);
  if (problem !== null) throw notStarted(launch, problem);
  const namespace = launch.pidNamespace === true ? findNamespace() : null;
  if (namespace?.words === null) {
    throw notStarted(launch, `this machine gives it no pid namespace of its own (pid: private): ${namespace.why}`);
  }
  const leaf = rung.makeLeaf(launch);
  try {
    // With scope `process` whoever is left is meant to live on, and is not the shim's to keep.
    const isReaper = leaf === null && namespace === null && launch.stopScope !== 'process';
    const reaper = isReaper && !disturbsPerl(launch.environment) ? rung.reaper : null;
    return { shim: await spawnShim(launch, tools, { leaf, namespace: namespace?.words ?? null, reaper }), leaf };
  } catch (error) {
    await leaf?.remove();
    await forgetLaunch(launch);
    throw notStarted(launch, reasonOf(error), error);
  }
};
