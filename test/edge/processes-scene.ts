import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Launch } from '../../source/ports.ts';
import type { ProcessesScene, Program } from '../contract/processes.ts';
import { type HostileRung, processesOn } from '../hostile/start-hostile.ts';
import { until } from '../until.ts';

let count = 0;

/** AVA begins all tests of a file at once; more services than this at once would keep each other from starting in time. */
const scenesMax = 12;
let scenes = 0;
const waiting: (() => void)[] = [];

/** Resolves when it is this test's turn, which lasts until it ends. */
const turn = async (t: ExecutionContext): Promise<void> => {
  t.timeout(300_000, 'waiting for its turn');
  if (scenes >= scenesMax) await new Promise<void>((resolve) => waiting.push(resolve));
  else scenes += 1;
  t.teardown(() => {
    const next = waiting.shift();
    if (next) next();
    else scenes -= 1;
  });
};

/** A folder for services on one rung of the ladder; what runs there is killed after the test. */
export type ShellScene = Omit<ProcessesScene, 'launch'> & {
  /** A launch of `sh -c TEXT`. */
  readonly launchText: (text: string, changes?: Partial<Launch>) => Launch;
  readonly launch: ProcessesScene['launch'];
  readonly untilLogged: (launch: Launch, words: string) => Promise<void>;
};

export const shellScene = async (t: ExecutionContext, rung: HostileRung): Promise<ShellScene> => {
  await turn(t);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'booty-processes-')));
  const { processes } = rung;
  const services: string[] = [];
  t.teardown(async () => {
    await Promise.all(services.map((service) => processes.kill(service)));
    rmSync(folder, { recursive: true, force: true });
  });
  const readLog = async ({ logFile }: { readonly logFile: string }): Promise<string> =>
    existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
  const untilLogged = (launch: Launch, words: string): Promise<void> =>
    until(`the log has ${words}`, async () => (await readLog(launch)).includes(`\n${words}`));
  const launchText: ShellScene['launchText'] = (text, changes) => {
    const service = `service-${++count}`;
    services.push(service);
    return {
      service,
      stack: 'contract',
      runId: `run-${process.pid}`,
      generation: 1,
      command: ['/bin/sh', '-c', text],
      environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
      workingDir: folder,
      logFile: join(folder, `${service}.log`),
      logMode: 'file',
      statusFile: join(folder, service),
      version: '1.2.3',
      stopScope: 'group',
      openFilesMax: null,
      pidNamespace: rung.pidNamespace,
      ...changes,
    };
  };
  return {
    processes,
    successor: () => processesOn(rung),
    runFolder: folder,
    readLog,
    untilLogged,
    untilReady: (launch) => untilLogged(launch, 'ready'),
    launchText,
    launch: (program, changes) => launchText(textOf(program), changes),
  };
};

const textOf = ({ ends, obeysWith }: Program): string => {
  const trap = obeysWith === null ? 'trap "" TERM' : `trap "exit ${obeysWith}" TERM`;
  if (ends === null) return `${trap}; echo ready; while :; do sleep 0.02; done`;
  return `echo ready; ${'code' in ends ? `exit ${ends.code}` : `kill -${ends.signal.slice(3)} $$`}`;
};
