/**
Drives the built booty as a person would: through its launcher, in a folder, a BOOTY_HOME and an XDG_RUNTIME_DIR of its
own. Everything started here carries a mark in its environment, which services inherit, so that whatever is left behind
can be found and counted; the teardown takes the stacks down, kills what bears the mark, and removes the folders.
*/
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { createClient } from '../../source/api/client.ts';
import type { ServiceRow, StackRow } from '../../source/core/model.ts';
import { createChannels } from '../../source/edge/channels.ts';
import { removeTree } from '../remove-tree.ts';
import { until } from '../until.ts';

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A booty that still runs; what it says grows. */
export type Running = {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
};

export type Booty = {
  readonly launcher: string;
  /** Where commands are called; holds booty.yaml. */
  readonly folder: string;
  readonly home: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Another folder beside the first, with the same BOOTY_HOME. */
  readonly makeFolder: (name: string) => string;
  readonly write: (yaml: string, folder?: string) => void;
  readonly start: (words: readonly string[], options?: CallOptions) => Running;
  /** Runs to the end; ends it by force after a minute, or what the options say. */
  readonly run: (words: readonly string[], options?: CallOptions) => Promise<Ended>;
  readonly ps: (words?: readonly string[]) => Promise<StackRow>;
  /** Waits until the stack is as described. */
  readonly untilRow: (claim: string, holds: (row: StackRow) => boolean, timeoutMs?: number) => Promise<StackRow>;
  /** Processes that descend from commands called here, booty's own among them. */
  readonly processes: () => readonly { readonly pid: number; readonly command: string }[];
  /** Sockets, locks and notes of shims that are still there; logs, history and the texts of shim and warden may be. */
  readonly leftFiles: () => readonly string[];
};

export type CallOptions = {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs under `sh -c TEXT`, in which booty is `"$@"`. */
  readonly shell?: string;
  /** In place of the launcher's user: as root through setpriv. */
  readonly userId?: number;
  readonly timeoutMs?: number;
};

const launcher = path.resolve(import.meta.dirname, '../../bin/booty');
const markName = 'BOOTYTESTMARK';
let count = 0;

export const makeBooty = (t: ExecutionContext, yaml?: string): Booty => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'booty-cli-')));
  const mark = `${path.basename(root)}-${(count += 1)}`;
  const [folder, home, runtime] = ['shop', 'home', 'run'].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [folder, home, runtime]) mkdirSync(made, { mode: 0o700 });
  const environment = {
    PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
    HOME: root,
    BOOTY_HOME: home,
    XDG_RUNTIME_DIR: runtime,
    LANG: 'C.UTF-8',
    // Its questions would take more of a processor than all else that is tested.
    BOOTY_UPDATE_CHECK: '0',
    [markName]: mark,
  };

  const start: Booty['start'] = (words, options = {}) => {
    const booty = [launcher, ...words];
    const call = options.shell === undefined ? booty : ['/bin/sh', '-c', options.shell, 'sh', ...booty];
    const asUser = options.userId === undefined ? [] : ['setpriv', `--reuid=${options.userId}`, '--clear-groups', '--'];
    const [file = '', ...args] = [...asUser, ...call];
    const child = spawn(file, args, {
      cwd: options.folder ?? folder,
      env: { ...environment, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = once(child, 'close').then(([code, signal]): Ended => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout,
      stderr,
    }));
    return {
      pid: child.pid ?? 0,
      stdout: () => stdout,
      stderr: () => stderr,
      signal: (signal) => void child.kill(signal),
      ended,
    };
  };

  const run: Booty['run'] = async (words, options) => {
    const running = start(words, options);
    const watchdog = setTimeout(() => running.signal('SIGKILL'), options?.timeoutMs ?? 60_000);
    const ended = await running.ended;
    clearTimeout(watchdog);
    return ended;
  };

  const ps: Booty['ps'] = async (words = []) => {
    const told = words.length === 0 ? await tellOf(path.join(runtime, 'booty')) : null;
    if (told !== null) return told;
    const { stdout, stderr } = await run(['ps', '--json', ...words]);
    if (stdout === '') throw new Error(`ps said nothing: ${stderr}`);
    return withWarden(JSON.parse(stdout) as StackRow);
  };

  const processes = () => processesWith(`${markName}=${mark}`);

  t.teardown(async () => {
    for (const stack of names(path.join(home, 'stacks')))
      if (processes().length > 0) await run(['down', '--force', '--stack', stack]);
    // What a failed test left, each by its own pid.
    for (let tries = 0; processes().length > 0 && tries < 20; tries += 1) for (const { pid } of processes()) kill(pid);
    removeTree(root);
  });

  const booty: Booty = {
    launcher,
    folder,
    home,
    runtime,
    environment,
    makeFolder: (name) => {
      const made = path.join(root, name);
      mkdirSync(made, { recursive: true });
      return made;
    },
    write: (text, into = folder) => writeFileSync(path.join(into, 'booty.yaml'), text),
    start,
    run,
    ps,
    untilRow: async (claim, holds, timeoutMs = 15_000) => {
      let row = await ps();
      await until(
        claim,
        async () => {
          row = await ps();
          return holds(row);
        },
        timeoutMs,
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${JSON.stringify(row, null, 1)}`);
      });
      return row;
    },
    processes,
    leftFiles: () => [
      ...names(path.join(runtime, 'booty')),
      ...names(path.join(home, 'stacks')).flatMap((stack) =>
        names(path.join(home, 'stacks', stack, 'run')).filter(
          (name) => !/^(daemon\.log|events\.ndjson|(?:shim|warden)-[0-9a-f]+)$/.test(name),
        ),
      ),
    ],
  };
  if (yaml !== undefined) booty.write(yaml);
  return booty;
};

/** The service of that name; fails when there is none. */
export const serviceOf = (row: StackRow, name: string): ServiceRow => {
  const service = row.services.find((each) => each.name === name);
  if (!service) throw new Error(`no service ${name} in ${JSON.stringify(row)}`);
  return service;
};

const channels = createChannels();
/** A daemon that is stopped answers nobody. */
const answerMsMax = 2_000;

/**
The row of the one daemon there is, asked here and now: a `booty ps` for each look would take more of a processor than all
else that is tested. Null where there is none, or several, or none that answers: then the command is to say what is so.
*/
const tellOf = async (sockets: string): Promise<StackRow | null> => {
  const [socket, ...others] = names(sockets).filter((name) => name.endsWith('.sock'));
  if (socket === undefined || others.length > 0) return null;
  const isLate = new AbortController();
  try {
    return await Promise.race([
      createClient(channels, socket.replace(/-[0-9a-f]+\.sock$/, ''), path.join(sockets, socket)).ps(),
      pause(answerMsMax, null, { signal: isLate.signal, ref: false }),
    ]);
  } catch {
    // It ended, or is about to be there.
    return null;
  } finally {
    isLate.abort();
  }
};

/** What `ps` does not tell: the daemon's child that watches it. */
const withWarden = (row: StackRow): StackRow => {
  const { daemon } = row;
  if (!daemon) return row;
  const isWarden = (pid: string): boolean => {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1];
      return parent === String(daemon.pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/warden-');
    } catch {
      // It ended between the look at the list and the look at it.
      return false;
    }
  };
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isWarden(name));
  return { ...row, daemon: { ...daemon, wardenPid: pid === undefined ? null : Number(pid) } };
};

/** Nothing of the stack is alive and neither socket, lock nor run file is there. */
export const assertNothingLeft = async (t: ExecutionContext, booty: Booty): Promise<void> => {
  await until('no process is left', () => booty.processes().length === 0, 3_000).catch(() => {});
  t.deepEqual(booty.processes(), []);
  t.deepEqual(booty.leftFiles(), []);
};

export const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

const names = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const processesWith = (entry: string): readonly { readonly pid: number; readonly command: string }[] =>
  readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !isAlive(pid)) return [];
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(entry)) return [];
      return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }];
    } catch {
      return [];
    }
  });

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
};
