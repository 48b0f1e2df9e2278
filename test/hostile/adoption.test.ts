// A daemon is killed with -9; its services neither die nor lose a line, and the next daemon takes them over.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import type { ExitStatus } from '../../source/core/model.ts';
import type { Launch, Started } from '../../source/ports.ts';
import { bundled } from '../bundled.ts';
import { until } from '../until.ts';
import { admit, type HostileRung, launchOf, modes, rungs, runningIn, temporaryFolder } from './start-hostile.ts';

/** Starts the child under a daemon of its own and kills that. */
const orphan = async (
  t: ExecutionContext,
  child: string,
  place: { readonly rung: HostileRung; readonly mode: Launch['logMode'] },
  ready = 'up\n',
): Promise<{ launch: Launch; started: Started; log: () => string }> => {
  await admit(t);
  const launch = launchOf(temporaryFolder(t), child, place);
  const program = bundled(join(import.meta.dirname, 'daemons', 'starts-and-waits.ts'));
  const daemon = spawn(process.execPath, [program, place.rung.name, JSON.stringify(launch)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: daemon.stdout }), 'line')) as [string];
  const log = (): string => readFileSync(launch.logFile, 'utf8');
  await until('the child is up', () => log().includes(ready));
  daemon.kill('SIGKILL');
  await once(daemon, 'exit');
  return { launch, started: JSON.parse(line) as Started, log };
};

/** Whose cat brings the pipe into that log. */
const readerOf = (logFile: string): number => {
  const pid = readdirSync('/proc').find((name) => {
    try {
      const isCat = readFileSync(`/proc/${name}/comm`, 'utf8') === 'cat\n';
      return isCat && readlinkSync(`/proc/${name}/fd/1`) === logFile;
    } catch {
      // No process, or gone.
      return false;
    }
  });
  return Number(pid ?? fail());
};
const fail = (): never => {
  throw new Error('nobody reads the pipe');
};

const adopt = async (
  { processes }: HostileRung,
  launch: Launch,
  started: Started,
): Promise<{ adopted: boolean; exit: Promise<ExitStatus & { readonly stragglers: number }> }> => {
  const exit = Promise.withResolvers<ExitStatus & { readonly stragglers: number }>();
  return { adopted: await processes.adopt(launch, started, exit.resolve), exit: exit.promise };
};

for (const { rung, mode, where } of rungs.flatMap((rung) =>
  modes.map((mode) => ({ rung, mode, where: `${rung.name}, ${mode}` })),
)) {
  const { processes } = rung;
  test(`the code of an adopted service is known (${where})`, async (t) => {
    const { launch, started, log } = await orphan(t, 'obeys-with-a-code', { rung, mode });
    const { adopted, exit } = await adopt(rung, launch, started);
    t.true(adopted);
    t.true((await processes.usage()).has(launch.service));
    t.is(await processes.signal(launch.service, 'SIGTERM', 'process'), 1);
    t.is((await exit).code, 7);
    t.true(log().endsWith('up\nbye\n'), log());
    t.deepEqual(runningIn(launch.workingDir), []);
  });

  test(`an adopted service is killed with all it has (${where})`, async (t) => {
    const { launch, started } = await orphan(t, 'leaves-the-group', { rung, mode });
    const { exit } = await adopt(rung, launch, started);
    const { killed, left } = await processes.kill(launch.service);
    t.true(killed >= 2);
    t.is(left, 0);
    t.is((await exit).signal, 'SIGKILL');
    t.deepEqual(runningIn(launch.workingDir), []);
  });

  test(`a service that ended meanwhile is not adopted, and nobody is signalled (${where})`, async (t) => {
    const { launch, started } = await orphan(t, 'obeys-with-a-code', { rung, mode });
    process.kill(started.identity.pid, 'SIGTERM');
    await until('it is gone', () => runningIn(launch.workingDir).length === 0);
    t.false(await processes.adopt(launch, started, () => t.fail()));
    t.is(await processes.signal(launch.service, 'SIGTERM', 'group'), 0);
    t.is(readFileSync(launch.statusFile, 'utf8'), '7\n');
    t.is((await processes.bury(launch, started)).code, 7);
  });

  test(`another process with the same pid is not adopted (${where})`, async (t) => {
    const launch = launchOf(temporaryFolder(t), 'obeys-with-a-code', { rung, mode });
    const self = { pid: process.pid, startTicks: '1', bootId: 'none' };
    t.false(await processes.adopt(launch, { identity: self, group: self, logStartByte: 0 }, () => t.fail()));
  });

  test(`the record of a start is enough to find the service again (${where})`, async (t) => {
    const { launch, started } = await orphan(t, 'obeys-with-a-code', { rung, mode });
    t.deepEqual(await processes.survivors(launch.workingDir), [{ launch, started }]);
    const { exit } = await adopt(rung, launch, started);
    await processes.signal(launch.service, 'SIGTERM', 'process');
    t.is((await exit).code, 7);
    // Its end is known to nobody else until somebody has written it down.
    t.deepEqual(
      (await processes.survivors(launch.workingDir)).map((each) => each.launch),
      [launch],
    );
    await processes.forget(launch);
    t.deepEqual(await processes.survivors(launch.workingDir), []);
    t.deepEqual(
      readdirSync(launch.workingDir).filter((name) => name.endsWith('.launch')),
      [],
    );
  });

  test(`what a service left that ended unseen is cleared up, and its end is told (${where})`, async (t) => {
    const { launch, started } = await orphan(t, 'leaves-a-child-when-told', { rung, mode });
    writeFileSync(`${launch.workingDir}/go`, '');
    await until('the service has ended', async () => !(await processes.alive(started.identity)));
    t.is(runningIn(launch.workingDir).length > 0, true);
    const { code, stragglers } = await processes.bury(launch, started);
    t.is(code, 3);
    // A namespace without a booty is kept by a shell that sleeps now and then.
    t.true(stragglers === 1 || (rung.pidNamespace && stragglers === 2));
    t.deepEqual(runningIn(launch.workingDir), []);
  });

  // Through a file a service writes by itself, and a namespace ends with its shim.
  if (mode === 'pipe' && !rung.pidNamespace)
    test(`daemon, shim and service are killed with its last words under way: none is lost (${where})`, async (t) => {
      const { launch, started, log } = await orphan(t, 'does-as-told', { rung, mode }, 'booty ');
      const order = (line: string): void => appendFileSync(`${launch.workingDir}/orders`, `${line}\n`);
      const reader = readerOf(launch.logFile);
      process.kill(reader, 'SIGSTOP');
      await until('it takes orders', () => existsSync(`${launch.workingDir}/orders`));
      order('n=0; while [ $n -lt 3000 ]; do echo "line $n"; n=$((n+1)); done; : >written');
      await until('all is in the pipe', () => existsSync(`${launch.workingDir}/written`));
      process.kill(started.group.pid, 'SIGKILL');
      process.kill(started.identity.pid, 'SIGKILL');
      await until('the service has ended', async () => !(await processes.alive(started.identity)));
      await processes.bury(launch, started);
      t.deepEqual(
        log()
          .split('\n')
          .filter((line) => line.startsWith('line ')),
        Array.from({ length: 3_000 }, (_, number) => `line ${number}`),
      );
      t.deepEqual(runningIn(launch.workingDir), []);
    });

  test(`after a restart of the machine nobody is taken for the service, nor signalled (${where})`, async (t) => {
    const { launch, started } = await orphan(t, 'obeys-with-a-code', { rung, mode });
    const before = { ...started, identity: { ...started.identity, bootId: 'the boot before' } };
    t.false(await processes.adopt(launch, before, () => t.fail()));
    const { code, signal, stragglers } = await processes.bury(launch, before);
    t.deepEqual({ code, signal, stragglers }, { code: null, signal: null, stragglers: 0 });
    t.true(await processes.alive(started.identity));
    const { exit } = await adopt(rung, launch, started);
    await processes.kill(launch.service);
    await exit;
  });
}
