import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endRun, findMarked, until } from '../field/processes.ts';
import type { Programs } from '../field/programs.ts';
import type { Room, Scratch } from '../field/scratch.ts';
import { runOnPty } from '../field/terminal.ts';
import type { Peer, Plan, Service } from '../peers/peer.ts';

/** What every case works with. */
export type Bench = {
  readonly scratch: Scratch;
  readonly programs: Programs;
  readonly booty: string;
  readonly isQuick: boolean;
};

/** A stack that a peer was told to start. */
export type Run = {
  readonly room: Room;
  readonly plan: Plan;
  readonly environment: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly write: (keys: string) => void;
  readonly ended: (timeoutMs: number) => Promise<boolean>;
  /**
  Waits until every service left its marker; resolves with the milliseconds from the command to the last of them, as
  the markers' own times tell. Throws after 90 s.
  */
  readonly started: () => Promise<number>;
  /** What a service wrote into its marker. */
  readonly marker: (service: string) => string;
  /** Processes of the run that are not the services themselves. */
  readonly ownPids: () => readonly number[];
};

const startTimeoutMs = 90_000;

/**
Starts services under a peer, hands the run over, and afterwards ends all that is left of it, by pid. Output goes to a
terminal that is read, or, where `to` is `nowhere` and the peer can do without one, to /dev/null.
*/
export const withRun = async <T>(
  bench: Bench,
  peer: Peer,
  make: (marks: string) => readonly Service[],
  to: 'terminal' | 'nowhere',
  use: (run: Run) => Promise<T>,
): Promise<T> => {
  const room = bench.scratch.room();
  const marks = path.join(room.folder, 'marks');
  const services = make(marks);
  const isOnTerminal = to === 'terminal' || !peer.hasStream;
  const plan = peer.plan({ folder: room.folder, services, look: isOnTerminal ? 'screen' : 'stream' });
  const environment = { ...room.environment, ...plan.environment };
  const has = (): boolean => {
    const there = new Set(readdirSync(marks));
    return services.every(({ name }) => there.has(name));
  };
  const begunAtMs = Date.now();
  const open = isOnTerminal ? runOnPty : runToNowhere;
  const child = open(plan.command, { folder: room.folder, environment });
  try {
    return await use({
      room,
      plan,
      environment,
      ...child,
      started: async () => {
        if (!(await until(has, startTimeoutMs)))
          throw new Error(`${readdirSync(marks).length} of ${services.length} after ${startTimeoutMs / 1_000} s`);
        return Math.max(...services.map(({ name }) => statSync(path.join(marks, name)).mtimeMs)) - begunAtMs;
      },
      marker: (service) => readFileSync(path.join(marks, service), 'utf8').trim(),
      ownPids: () => {
        const servicePids = new Set(services.map(({ name }) => Number(readFileSync(path.join(marks, name), 'utf8'))));
        return findMarked(room.run).flatMap(({ pid }) => (servicePids.has(pid) ? [] : [pid]));
      },
    });
  } finally {
    await endRun(room.run);
    // The machine writes back what the run left and forgets its processes: no part of the next figure.
    await pause(bench.isQuick ? 50 : 500);
  }
};

const runToNowhere = (
  [file = '', ...args]: readonly string[],
  { folder, environment }: { readonly folder: string; readonly environment: Readonly<Record<string, string>> },
): Pick<Run, 'pid' | 'write' | 'ended'> => {
  const nowhere = openSync('/dev/null', 'r+');
  const child = spawn(file, args, { cwd: folder, env: { ...environment }, stdio: [nowhere, nowhere, nowhere] });
  closeSync(nowhere);
  child.on('error', () => {});
  return {
    pid: child.pid ?? -1,
    write: () => {},
    ended: (timeoutMs) => until(() => child.exitCode !== null || child.signalCode !== null, timeoutMs),
  };
};
