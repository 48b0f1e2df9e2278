// A daemon is killed with -9; its services neither die nor lose a line, and the next daemon takes them over.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import type { ExitStatus } from '../../source/core/model.ts';
import type { Launch, Started } from '../../source/ports.ts';
import { until } from '../until.ts';
import { launchOf, modes, processes, runningIn, temporaryFolder } from './start-hostile.ts';

/** Starts the child under a daemon of its own and kills that. */
const orphan = async (
  t: ExecutionContext,
  child: string,
  mode: Launch['logMode'],
): Promise<{ launch: Launch; started: Started; log: () => string }> => {
  const launch = launchOf(temporaryFolder(t), child, mode);
  const program = join(import.meta.dirname, 'daemons', 'starts-and-waits.ts');
  const daemon = spawn(process.execPath, [program, JSON.stringify(launch)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: daemon.stdout }), 'line')) as [string];
  const log = (): string => readFileSync(launch.logFile, 'utf8');
  await until('the child is up', () => log().includes('up\n'));
  daemon.kill('SIGKILL');
  await once(daemon, 'exit');
  return { launch, started: JSON.parse(line) as Started, log };
};

const adopt = async (
  launch: Launch,
  started: Started,
): Promise<{ adopted: boolean; exit: Promise<ExitStatus & { readonly stragglers: number }> }> => {
  const exit = Promise.withResolvers<ExitStatus & { readonly stragglers: number }>();
  return { adopted: await processes.adopt(launch, started, exit.resolve), exit: exit.promise };
};

for (const mode of modes) {
  test(`the code of an adopted service is known (${mode})`, async (t) => {
    const { launch, started, log } = await orphan(t, 'obeys-with-a-code', mode);
    const { adopted, exit } = await adopt(launch, started);
    t.true(adopted);
    t.true((await processes.usage()).has(launch.service));
    t.is(await processes.signal(launch.service, 'SIGTERM', 'process'), 1);
    t.is((await exit).code, 7);
    t.true(log().endsWith('up\nbye\n'), log());
    t.deepEqual(runningIn(launch.workingDir), []);
  });

  test(`an adopted service is killed with all it has (${mode})`, async (t) => {
    const { launch, started } = await orphan(t, 'leaves-the-group', mode);
    const { exit } = await adopt(launch, started);
    const { killed, left } = await processes.kill(launch.service);
    t.true(killed >= 2);
    t.is(left, 0);
    t.is((await exit).signal, 'SIGKILL');
    t.deepEqual(runningIn(launch.workingDir), []);
  });

  test(`a service that ended meanwhile is not adopted, and nobody is signalled (${mode})`, async (t) => {
    const { launch, started } = await orphan(t, 'obeys-with-a-code', mode);
    process.kill(started.identity.pid, 'SIGTERM');
    await until('it is gone', () => runningIn(launch.workingDir).length === 0);
    t.false(await processes.adopt(launch, started, () => t.fail()));
    t.is(await processes.signal(launch.service, 'SIGTERM', 'group'), 0);
    t.is(readFileSync(launch.statusFile, 'utf8'), '7\n');
  });

  test(`another process with the same pid is not adopted (${mode})`, async (t) => {
    const launch = launchOf(temporaryFolder(t), 'obeys-with-a-code', mode);
    const self = { pid: process.pid, startTicks: '1', bootId: 'none' };
    t.false(await processes.adopt(launch, { identity: self, group: self, logStartByte: 0 }, () => t.fail()));
  });
}
