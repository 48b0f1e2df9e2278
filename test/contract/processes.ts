import test, { type ExecutionContext } from 'ava';
import type { ExitStatus } from '../../source/core/model.ts';
import { formatMark } from '../../source/core/log-mark.ts';
import type { Launch, Processes, Started } from '../../source/ports.ts';
import { until } from '../until.ts';

/** A program that says `ready` as soon as it is up. */
export type Program = {
  /** How it ends right after that; null: it runs on. */
  readonly ends: { readonly code: number } | { readonly signal: 'SIGUSR1' } | null;
  /** With which code it ends when SIGTERM asks it to; null: it does not. */
  readonly obeysWith: number | null;
};

export type ProcessesScene = {
  readonly processes: Processes;
  /** Of a daemon that comes after the one before has died; to be called once. */
  readonly successor: () => Processes;
  /** A launch with files of its own. */
  readonly launch: (program: Program, changes?: Partial<Launch>) => Launch;
  readonly runFolder: string;
  readonly readLog: (launch: Launch) => Promise<string>;
  readonly untilReady: (launch: Launch) => Promise<void>;
};

export type Exit = ExitStatus & { readonly stragglers: number };

export const endsWith = (code: number): Program => ({ ends: { code }, obeysWith: null });
const obeysWith = (code: number): Program => ({ ends: null, obeysWith: code });
const deaf: Program = { ends: null, obeysWith: null };

/** What every Processes promises, whatever holds its services together; each test gets a scene of its own. */
export const processesContract = (
  name: string,
  logMode: Launch['logMode'],
  sceneFor: (t: ExecutionContext) => Promise<ProcessesScene>,
): void => {
  const start = async (t: ExecutionContext, program: Program, changes: Partial<Launch> = {}) => {
    const scene = await sceneFor(t);
    const used = scene.launch(program, { logMode, ...changes });
    const first = Promise.withResolvers<Exit>();
    const exits: Exit[] = [];
    const started = await scene.processes.start(used, (exit) => {
      exits.push(exit);
      first.resolve(exit);
    });
    return { ...scene, service: used.service, exit: first.promise, exits, used, started };
  };
  const adopt = async (processes: Processes, launch: Launch, started: Started) => {
    const exit = Promise.withResolvers<Exit>();
    return { adopted: await processes.adopt(launch, started, exit.resolve), exit: exit.promise };
  };
  const gone = (processes: Processes, { identity }: Started): Promise<void> =>
    until('the service has ended', async () => !(await processes.alive(identity)));

  test(`processes: an exit code and the log arrive (${name})`, async (t) => {
    const { exit, readLog, used, started } = await start(t, endsWith(7));
    const { code, signal, stragglers } = await exit;
    t.deepEqual({ code, signal, stragglers }, { code: 7, signal: null, stragglers: 0 });
    t.is(await readLog(used), `${formatMark({ ...used, pid: started.identity.pid })}ready\n`);
  });

  test(`processes: an end by signal is told as one (${name})`, async (t) => {
    const { exit } = await start(t, { ends: { signal: 'SIGUSR1' }, obeysWith: null });
    const { code, signal } = await exit;
    t.deepEqual({ code, signal }, { code: null, signal: 'SIGUSR1' });
  });

  for (const scope of ['process', 'group', 'tree'] as const) {
    test(`processes: a signal reaches the ${scope}, and nobody once it is gone (${name})`, async (t) => {
      const scene = await start(t, obeysWith(4), { stopScope: scope });
      await scene.untilReady(scene.used);
      t.true((await scene.processes.signal(scene.service, 'SIGTERM', scope)) >= 1);
      t.is((await scene.exit).code, 4);
      t.is(await scene.processes.signal(scene.service, 'SIGTERM', scope), 0);
      t.is(scene.exits.length, 1);
    });
  }

  test(`processes: kill ends what hears no signal, and again does nothing (${name})`, async (t) => {
    const scene = await start(t, deaf);
    await scene.untilReady(scene.used);
    t.true((await scene.processes.signal(scene.service, 'SIGTERM', 'process')) >= 1);
    t.true((await scene.processes.kill(scene.service)).killed >= 1);
    t.is((await scene.exit).signal, 'SIGKILL');
    t.deepEqual(await scene.processes.kill(scene.service), { killed: 0, left: 0 });
    t.is(scene.exits.length, 1);
  });

  test(`processes: nobody is reached under a name that nobody bears (${name})`, async (t) => {
    const { processes } = await sceneFor(t);
    t.is(await processes.signal('nobody', 'SIGTERM', 'tree'), 0);
    t.deepEqual(await processes.kill('nobody'), { killed: 0, left: 0 });
  });

  test(`processes: what cannot start says why, leaves no record, and may be tried again (${name})`, async (t) => {
    const scene = await sceneFor(t);
    const used = scene.launch(endsWith(0), { logMode });
    const refused = scene.processes.start({ ...used, command: ['/none/such'] }, () => t.fail());
    await t.throwsAsync(refused, { code: 'SERVICE_NOT_STARTED', message: /there is no file \/none\/such/ });
    t.deepEqual(await scene.processes.survivors(scene.runFolder), []);
    const exit = Promise.withResolvers<Exit>();
    await scene.processes.start(used, exit.resolve);
    t.is((await exit.promise).code, 0);
  });

  test(`processes: a service is not started while it runs (${name})`, async (t) => {
    const scene = await start(t, deaf);
    await t.throwsAsync(
      scene.processes.start(scene.used, () => t.fail()),
      { code: 'ASSERTION' },
    );
    t.true(await scene.processes.alive(scene.started.identity));
    await scene.processes.kill(scene.service);
    await scene.exit;
  });

  test(`processes: each start begins a generation at the end of the log (${name})`, async (t) => {
    const scene = await sceneFor(t);
    const used = scene.launch(endsWith(0), { logMode });
    const starts: number[] = [];
    for (const generation of [1, 2, 3]) {
      const exit = Promise.withResolvers<Exit>();
      const { logStartByte } = await scene.processes.start({ ...used, generation }, exit.resolve);
      starts.push(logStartByte);
      await exit.promise;
    }
    const log = await scene.readLog(used);
    t.is(starts[0], 0);
    t.deepEqual(
      starts.map((byte) => log[byte]),
      ['\x1e', '\x1e', '\x1e'],
    );
    t.regex(log.slice(starts[2]), /generation 3 pid \d+\nready\n$/);
  });

  test(`processes: usage is of what runs, and so is being alive (${name})`, async (t) => {
    const scene = await start(t, deaf);
    await scene.untilReady(scene.used);
    const { identity } = scene.started;
    const usage = (await scene.processes.usage()).get(scene.service);
    t.true((usage?.processes ?? 0) >= 1);
    t.true((usage?.rssBytes ?? 0) > 0);
    t.true(await scene.processes.alive(identity));
    t.false(await scene.processes.alive({ ...identity, startTicks: '1' }));
    t.false(await scene.processes.alive({ ...identity, bootId: 'the boot before' }));
    await scene.processes.kill(scene.service);
    await scene.exit;
    t.false((await scene.processes.usage()).has(scene.service));
    t.false(await scene.processes.alive(identity));
  });

  test(`processes: a successor finds what runs, holds it as if started there, and hears its end (${name})`, async (t) => {
    const scene = await start(t, obeysWith(4));
    await scene.untilReady(scene.used);
    const processes = scene.successor();
    t.deepEqual(await processes.survivors(scene.runFolder), [{ launch: scene.used, started: scene.started }]);
    t.is(await processes.signal(scene.service, 'SIGTERM', 'process'), 0);
    const { adopted, exit } = await adopt(processes, scene.used, scene.started);
    t.true(adopted);
    t.true((await processes.usage()).has(scene.service));
    t.is(await processes.signal(scene.service, 'SIGTERM', 'process'), 1);
    t.is((await exit).code, 4);
  });

  test(`processes: a successor kills what it has adopted (${name})`, async (t) => {
    const scene = await start(t, deaf);
    await scene.untilReady(scene.used);
    const processes = scene.successor();
    const { exit } = await adopt(processes, scene.used, scene.started);
    t.true((await processes.kill(scene.service)).killed >= 1);
    t.is((await exit).signal, 'SIGKILL');
  });

  for (const [how, program, killed] of [
    ['with a code', obeysWith(4), false],
    ['by SIGKILL', deaf, true],
  ] as const) {
    test(`processes: who ended ${how} is told of until forgotten, and is adopted by nobody (${name})`, async (t) => {
      const scene = await start(t, program);
      await scene.untilReady(scene.used);
      if (killed) await scene.processes.kill(scene.service);
      else await scene.processes.signal(scene.service, 'SIGTERM', 'process');
      await scene.exit;
      const { used, started, runFolder } = scene;
      const processes = scene.successor();
      t.deepEqual(await processes.survivors(runFolder), [{ launch: used, started: await reread(processes, scene) }]);
      t.false((await adopt(processes, used, started)).adopted);
      const { code, signal, stragglers } = await processes.bury(used, started);
      t.deepEqual({ code, signal }, killed ? { code: null, signal: 'SIGKILL' } : { code: 4, signal: null });
      t.is(stragglers, 0);
      await processes.forget(used);
      await processes.forget(used);
      t.deepEqual(await processes.survivors(runFolder), []);
      t.is((await processes.bury(used, started)).code, null);
    });
  }

  test(`processes: after a restart of the machine nobody is taken for the service (${name})`, async (t) => {
    const scene = await start(t, obeysWith(4));
    await scene.untilReady(scene.used);
    const before = { ...scene.started, identity: { ...scene.started.identity, bootId: 'the boot before' } };
    const processes = scene.successor();
    t.false((await adopt(processes, scene.used, before)).adopted);
    const { code, signal, stragglers } = await processes.bury(scene.used, before);
    t.deepEqual({ code, signal, stragglers }, { code: null, signal: null, stragglers: 0 });
    t.true(await processes.alive(scene.started.identity));
    await adopt(processes, scene.used, scene.started);
    await processes.kill(scene.service);
    await gone(processes, scene.started);
  });
};

/** Of a shim that has ended nobody can say any more when it was started. */
const reread = async (
  processes: Processes,
  { runFolder, started }: { readonly runFolder: string; readonly started: Started },
): Promise<Started> => {
  const [found] = await processes.survivors(runFolder);
  const { startTicks } = found?.started.group ?? started.group;
  return { ...started, group: { ...started.group, startTicks } };
};
