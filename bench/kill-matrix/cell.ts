import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endRun, isAlive, type Known, until } from '../field/processes.ts';
import type { Programs } from '../field/programs.ts';
import type { Room } from '../field/scratch.ts';
import { openTerminal, type Terminal } from '../field/terminal.ts';
import type { Peer, Plan, Quit } from '../peers/peer.ts';

export type Role = (typeof roles)[number];
/** Everybody a run starts; the first of each service is what the supervisor started itself. */
export const roles = ['tree', 'same-group', 'setsid', 'stubborn', 'daemoniser', 'daemon'] as const;

/** A stack that runs on a terminal, all roles noted. */
export type Stage = {
  readonly plan: Plan;
  readonly terminal: Terminal;
  /** The process to kill. */
  readonly supervisor: () => number | null;
  readonly quit: (quit: Quit) => Promise<void>;
  readonly survivors: () => readonly Role[];
  readonly run: (command: readonly string[], timeoutMs: number) => Promise<void>;
};

/**
Starts the three services under a peer, plays a scene with them, and ends whatever the scene left: by pid, after a look
at its start time. Throws when the services did not come up within 60 s.
*/
export const play = async <T>(
  peer: Peer,
  programs: Programs,
  room: Room,
  scene: (stage: Stage) => Promise<T>,
): Promise<T> => {
  const marks = path.join(room.folder, 'marks');
  const names = ['tree', 'stubborn', 'daemoniser'] as const;
  const services = names.map((name) => ({ name, command: [programs[name], marks] }));
  const plan = peer.plan({ folder: room.folder, services, look: 'screen' });
  const environment = { ...room.environment, ...plan.environment };
  const notes = path.join(room.folder, 'terminal');
  const terminal = openTerminal(plan.command, { folder: room.folder, environment, notes });
  const known = (): readonly (Known & { readonly role: Role })[] => roles.flatMap((role) => readRole(marks, role));
  try {
    if (!(await until(() => known().length === roles.length, 60_000)))
      throw new Error(
        `only ${known()
          .map(({ role }) => role)
          .join(', ')} came up under ${peer.name}`,
      );
    if (plan.isDetached) await until(terminal.hasEnded, 20_000);
    // A supervisor that has just started its last service may not listen to its keys yet.
    await pause(1_500);
    const survivors = (): readonly Role[] =>
      known()
        .filter(isAlive)
        .map(({ role }) => role);
    const run = (command: readonly string[], timeoutMs: number): Promise<void> =>
      runBeside(command, room.folder, environment, timeoutMs);
    return await scene({
      plan,
      terminal,
      supervisor: () => (plan.supervisor ? plan.supervisor() : terminal.pid()),
      quit: async (quit) => {
        if ('keys' in quit) return terminal.type(quit.keys);
        void run(quit.command, 30_000);
      },
      survivors,
      run,
    });
  } finally {
    terminal.close();
    await endRun(room.run, known());
  }
};

const readRole = (folder: string, role: Role): readonly (Known & { readonly role: Role })[] => {
  const file = path.join(folder, role);
  if (!existsSync(file)) return [];
  const [pid = '', startTicks = ''] = readFileSync(file, 'utf8').trim().split(' ');
  return [{ role, pid: Number(pid), startTicks }];
};

const runBeside = (
  [file = '', ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<void> =>
  new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...env },
      stdio: 'ignore',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    child.on('exit', () => resolve());
    child.on('error', () => resolve());
  });
