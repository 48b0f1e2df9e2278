import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '../../source/api/client.ts';
import type { StackClient } from '../../source/api/protocol.ts';
import { loadDefinition } from '../../source/config/load.ts';
import { stackPaths } from '../../source/core/paths.ts';
import { createChannels } from '../../source/edge/channels.ts';
import { createFiles } from '../../source/edge/files.ts';
import { endRun, memoryBytes, until } from '../field/processes.ts';
import { bootyEnvironment, bootyPeer, writeStack } from '../peers/booty.ts';
import type { Service } from '../peers/peer.ts';
import { type Bench, withRun } from './run.ts';
import { chain, trivialServices } from './start.ts';

/** Milliseconds of `booty up -d --wait` for the chain, with no daemon there: what a user waits for. */
export const measureWaited = (bench: Bench): Promise<number> =>
  inRoom(bench, async (room) => {
    writeStack(room.folder, chain(bench, room.marks), { d: ready });
    const begunMs = performance.now();
    await room.booty('up', '-d', '--wait');
    return performance.now() - begunMs;
  });

/** Milliseconds from the request to a daemon that is up until it says that the whole chain is ready. */
export const measureWarmChain = (bench: Bench): Promise<number> =>
  withDaemon(
    bench,
    (marks) => chain(bench, marks),
    { d: ready },
    async ({ client, ask }) => {
      const session = await client.session({ type: 'hello', client: 'up', own: false, onHangup: 'keep' });
      const begunMs = performance.now();
      await ask();
      for await (const frame of session.frames) {
        if (frame.type !== 'state') continue;
        const { services } = frame.row;
        if (services.length === 5 && services.every(({ state }) => state === 'ready')) break;
      }
      session.close();
      return performance.now() - begunMs;
    },
  );

/** Milliseconds from the request to a daemon that is up until the marker of the last of so many trivial processes. */
export const measureWarmStart = (bench: Bench, count: number): Promise<number> =>
  withDaemon(
    bench,
    (marks) => trivialServices(bench, marks, count),
    {},
    async ({ ask, markedAtMs }) => {
      const begunAtMs = Date.now();
      await ask();
      return (await markedAtMs()) - begunAtMs;
    },
  );

export type Growth = { readonly beforeBytes: number; readonly afterBytes: number; readonly peakBytes: number };

/** Resident memory of the daemon around so many lines of 72 bytes, with a client that reads them all. */
export const measureGrowth = (bench: Bench, lines: number): Promise<Growth> =>
  withRun(
    bench,
    bootyPeer(bench.booty, 'up'),
    (marks) => [
      { name: 'still', command: [bench.programs.obedient, marks, 'still', '4000', '0'] },
      { name: 'flood', command: [bench.programs.flood, marks, 'flood', String(lines)], needs: ['still'] },
    ],
    'nowhere',
    async (run) => {
      await pause(3_000);
      const daemon = run.plan.supervisor?.();
      if (!daemon) throw new Error('no daemon came up within 3 s');
      const beforeBytes = memoryBytes(daemon, 'VmRSS');
      await run.started();
      await pause(2_000);
      return { beforeBytes, afterBytes: memoryBytes(daemon, 'VmRSS'), peakBytes: memoryBytes(daemon, 'VmHWM') };
    },
  );

const ready = { healthcheck: { log: '^ready$$' } };

type BootyRoom = {
  readonly folder: string;
  readonly marks: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly booty: (...args: readonly string[]) => Promise<void>;
};

const inRoom = async <T>(bench: Bench, use: (room: BootyRoom) => Promise<T>): Promise<T> => {
  const { run, folder, environment: plain } = bench.scratch.room();
  const environment = { ...plain, ...bootyEnvironment(folder) };
  try {
    return await use({
      folder,
      marks: path.join(folder, 'marks'),
      environment,
      booty: async (...args) => {
        const child = spawn(bench.booty, args, { cwd: folder, env: environment, stdio: 'ignore', timeout: 60_000 });
        const [code] = (await once(child, 'exit')) as [number | null];
        if (code !== 0) throw new Error(`booty ${args.join(' ')} ended with ${code}`);
      },
    });
  } finally {
    await endRun(run);
  }
};

type Warm = {
  readonly client: StackClient;
  /** Sends the request for the services under test. */
  readonly ask: () => Promise<unknown>;
  /** Waits for the markers of the services; resolves with the time of the last. */
  readonly markedAtMs: () => Promise<number>;
};

/** A daemon that runs one service already; those under test belong to a profile that is asked for later. */
const withDaemon = <T>(
  bench: Bench,
  make: (marks: string) => readonly Service[],
  more: Readonly<Record<string, object>>,
  use: (warm: Warm) => Promise<T>,
): Promise<T> =>
  inRoom(bench, async ({ folder, marks, environment, booty }) => {
    const services = make(marks);
    const keeper = { name: 'keeper', command: [bench.programs.trivial, marks, 'keeper'] };
    const later = services.map(({ name }) => [name, { ...more[name], profiles: ['later'] }] as const);
    writeStack(folder, [keeper, ...services], Object.fromEntries(later));
    await booty('up', '-d');
    const definition = await loadDefinition({
      files: createFiles(),
      path: path.join(folder, 'booty.yaml'),
      environment,
    });
    const host = { environment, homeFolder: folder, temporaryFolder: folder, userId: process.getuid?.() ?? -1 };
    const client = createClient(createChannels(), definition.name, stackPaths(host, definition.name).socket);
    const has = (): boolean => services.every(({ name }) => existsSync(path.join(marks, name)));
    return use({
      client,
      ask: () => client.up({ definition, services: [], profiles: ['later'] }),
      markedAtMs: async () => {
        if (!(await until(has, 60_000))) throw new Error('not all had started after 60 s');
        return Math.max(...services.map(({ name }) => statSync(path.join(marks, name)).mtimeMs));
      },
    });
  });
