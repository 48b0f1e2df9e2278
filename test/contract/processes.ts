import test, { type ExecutionContext } from 'ava';
import type { ExitStatus } from '../../source/core/model.ts';
import { formatMark } from '../../source/core/log-mark.ts';
import type { Launch, Processes, Started } from '../../source/ports.ts';

export type ProcessesScene = {
  readonly processes: Processes;
  /** A launch of `sh -c TEXT` with files of its own. */
  readonly launch: (text: string, changes?: Partial<Launch>) => Launch;
  readonly readLog: (launch: Launch) => Promise<string>;
  /** Waits until the log has the words. */
  readonly untilLogged: (launch: Launch, words: string) => Promise<void>;
};

type Exit = ExitStatus & { readonly stragglers: number };

/** What every Processes promises, whatever holds its services together; each test gets a scene of its own. */
export const processesContract = (name: string, sceneFor: (t: ExecutionContext) => Promise<ProcessesScene>): void => {
  for (const logMode of ['file', 'pipe'] as const) {
    const start = async (
      t: ExecutionContext,
      text: string,
      changes: Partial<Launch> = {},
    ): Promise<
      ProcessesScene & { service: string; exit: Promise<Exit>; exits: Exit[]; used: Launch; started: Started }
    > => {
      const scene = await sceneFor(t);
      const used = scene.launch(text, { logMode, ...changes });
      const first = Promise.withResolvers<Exit>();
      const exits: Exit[] = [];
      const started = await scene.processes.start(used, (exit) => {
        exits.push(exit);
        first.resolve(exit);
      });
      return { ...scene, service: used.service, exit: first.promise, exits, used, started };
    };

    test(`processes: an exit code and the log arrive (${name}, ${logMode})`, async (t) => {
      const { exit, readLog, used, started } = await start(t, 'echo out; echo err >&2; exit 7');
      const { code, signal, stragglers } = await exit;
      t.deepEqual({ code, signal, stragglers }, { code: 7, signal: null, stragglers: 0 });
      t.is(await readLog(used), `${formatMark({ ...used, pid: started.identity.pid })}out\nerr\n`);
    });

    test(`processes: an end by signal is told as one (${name}, ${logMode})`, async (t) => {
      const { exit } = await start(t, 'kill -USR1 $$');
      const { code, signal } = await exit;
      t.deepEqual({ code, signal }, { code: null, signal: 'SIGUSR1' });
    });

    test(`processes: a code above 128 that stands for no signal stays a code (${name}, ${logMode})`, async (t) => {
      const { exit } = await start(t, 'exit 255');
      t.is((await exit).code, 255);
    });

    test(`processes: a service may itself exit 126 and 127 (${name}, ${logMode})`, async (t) => {
      const [one, two] = [await start(t, 'exit 126'), await start(t, 'exit 127')];
      t.is((await one.exit).code, 126);
      t.is((await two.exit).code, 127);
    });

    for (const scope of ['process', 'group', 'tree'] as const) {
      test(`processes: a signal reaches the ${scope}, and nobody once it is gone (${name}, ${logMode})`, async (t) => {
        const scene = await start(t, 'trap "exit 4" TERM; echo up; while :; do sleep 0.02; done', { stopScope: scope });
        await scene.untilLogged(scene.used, 'up');
        t.true((await scene.processes.signal(scene.service, 'SIGTERM', scope)) >= 1);
        t.is((await scene.exit).code, 4);
        t.is(await scene.processes.signal(scene.service, 'SIGTERM', scope), 0);
        t.is(scene.exits.length, 1);
      });
    }

    test(`processes: kill ends it, and again does nothing (${name}, ${logMode})`, async (t) => {
      const scene = await start(t, 'trap "" TERM; echo up; while :; do sleep 0.02; done');
      await scene.untilLogged(scene.used, 'up');
      t.true((await scene.processes.kill(scene.service)).killed >= 1);
      t.is((await scene.exit).signal, 'SIGKILL');
      t.deepEqual(await scene.processes.kill(scene.service), { killed: 0, left: 0 });
      t.is(scene.exits.length, 1);
    });

    test(`processes: what cannot start says why, and may be tried again (${name}, ${logMode})`, async (t) => {
      const scene = await sceneFor(t);
      const used = scene.launch('exit 0', { logMode });
      const refuse = (changes: Partial<Launch>, words: RegExp): Promise<unknown> =>
        t.throwsAsync(
          scene.processes.start({ ...used, ...changes }, () => t.fail()),
          { code: 'SERVICE_NOT_STARTED', message: words },
        );
      await refuse({ command: ['/none/such'] }, /there is no file \/none\/such/);
      await refuse({ command: ['none-such'] }, /there is no none-such on PATH/);
      await refuse({ command: ['/etc/passwd'] }, /not executable/);
      await refuse({ command: ['/'] }, /is a folder/);
      await refuse({ command: [] }, /empty/);
      await refuse({ workingDir: '/none/such' }, /working folder \/none\/such does not exist/);
      await refuse({ openFilesMax: 1_000_000_000 }, /open files/);
      const exit = Promise.withResolvers<Exit>();
      await scene.processes.start(used, exit.resolve);
      t.is((await exit.promise).code, 0);
    });

    test(`processes: each start begins a generation at the end of the log (${name}, ${logMode})`, async (t) => {
      const scene = await sceneFor(t);
      const used = scene.launch('printf word', { logMode });
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
      t.regex(log.slice(starts[2]), /generation 3 pid \d+\nword$/);
    });

    test(`processes: environment, working folder and open files are as asked (${name}, ${logMode})`, async (t) => {
      const scene = await start(t, 'echo "$WORD|$BOOTY_SERVICE|$(pwd)|$(ulimit -n)"', {
        environment: { PATH: '/usr/bin:/bin', WORD: `x 'y" $z` },
        workingDir: '/usr',
        openFilesMax: 123,
      });
      await scene.exit;
      t.true((await scene.readLog(scene.used)).endsWith(`\nx 'y" $z|${scene.service}|/usr|123\n`));
    });

    test(`processes: a variable with a name that sh does not know arrives all the same (${name}, ${logMode})`, async (t) => {
      const environment = { PATH: '/usr/bin:/bin', 'a.b': 'odd  name', f: 'plain' };
      const scene = await start(t, '', { environment, command: ['printenv', 'a.b', 'f'] });
      t.is((await scene.exit).code, 0);
      t.true((await scene.readLog(scene.used)).endsWith('\nodd  name\nplain\n'));
    });

    test(`processes: usage covers the whole tree (${name}, ${logMode})`, async (t) => {
      const scene = await start(t, 'sh -c "while :; do :; done" & echo up; wait');
      await scene.untilLogged(scene.used, 'up');
      await scene.processes.usage();
      const spun = async (): Promise<boolean> =>
        ((await scene.processes.usage()).get(scene.service)?.cpuPercent ?? 0) > 0;
      while (!(await spun())) await new Promise(setImmediate);
      const usage = (await scene.processes.usage()).get(scene.service);
      t.is(usage?.processes, 2);
      t.true((usage?.rssBytes ?? 0) > 100_000);
      await scene.processes.kill(scene.service);
      await scene.exit;
      t.false((await scene.processes.usage()).has(scene.service));
    });
  }
};
