// The contract of Processes on the real one, on every rung of the ladder this machine offers, and what sh alone can show.
import test, { type ExecutionContext } from 'ava';
import type { Launch } from '../../source/ports.ts';
import { type Exit, processesContract } from '../contract/processes.ts';
import { modes, rungs } from '../hostile/start-hostile.ts';
import { shellScene } from './processes-scene.ts';

for (const { rung, logMode } of rungs.flatMap((each) => modes.map((logMode) => ({ rung: each, logMode })))) {
  const name = `${rung.name}, ${logMode}`;
  processesContract(name, logMode, (t) => shellScene(t, rung));

  const start = async (t: ExecutionContext, text: string, changes: Partial<Launch> = {}) => {
    const scene = await shellScene(t, rung);
    const used = scene.launchText(text, { logMode, ...changes });
    const exit = Promise.withResolvers<Exit>();
    await scene.processes.start(used, exit.resolve);
    return { ...scene, used, service: used.service, exit: exit.promise };
  };

  test(`both outputs arrive in the log (${name})`, async (t) => {
    const { exit, readLog, used } = await start(t, 'echo out; echo err >&2');
    t.is((await exit).code, 0);
    t.true((await readLog(used)).endsWith('\nout\nerr\n'));
  });

  test(`a code above 128 that stands for no signal stays a code (${name})`, async (t) => {
    const { exit } = await start(t, 'exit 255');
    t.is((await exit).code, 255);
  });

  test(`a service may itself exit 126 and 127 (${name})`, async (t) => {
    const [one, two] = [await start(t, 'exit 126'), await start(t, 'exit 127')];
    t.is((await one.exit).code, 126);
    t.is((await two.exit).code, 127);
  });

  test(`what cannot start says why (${name})`, async (t) => {
    const scene = await shellScene(t, rung);
    const used = scene.launchText('exit 0', { logMode });
    const refuse = (changes: Partial<Launch>, words: RegExp): Promise<unknown> =>
      t.throwsAsync(
        scene.processes.start({ ...used, ...changes }, () => t.fail()),
        { code: 'SERVICE_NOT_STARTED', message: words },
      );
    await refuse({ command: ['none-such'] }, /there is no none-such on PATH/);
    await refuse({ command: ['/etc/passwd'] }, /not executable/);
    await refuse({ command: ['/'] }, /is a folder/);
    await refuse({ command: [] }, /empty/);
    await refuse({ workingDir: '/none/such' }, /working folder \/none\/such does not exist/);
    await refuse({ openFilesMax: 1_000_000_000 }, /open files/);
  });

  test(`environment, working folder and open files are as asked (${name})`, async (t) => {
    const scene = await start(t, 'echo "$WORD|$BOOTY_SERVICE|$(pwd)|$(ulimit -n)"', {
      environment: { PATH: '/usr/bin:/bin', WORD: `x 'y" $z` },
      workingDir: '/usr',
      openFilesMax: 123,
    });
    await scene.exit;
    t.true((await scene.readLog(scene.used)).endsWith(`\nx 'y" $z|${scene.service}|/usr|123\n`));
  });

  test(`a variable with a name that sh does not know arrives all the same (${name})`, async (t) => {
    const environment = { PATH: '/usr/bin:/bin', 'a.b': 'odd  name', f: 'plain' };
    const scene = await start(t, '', { environment, command: ['printenv', 'a.b', 'f'] });
    t.is((await scene.exit).code, 0);
    t.true((await scene.readLog(scene.used)).endsWith('\nodd  name\nplain\n'));
  });

  test(`usage covers the whole tree (${name})`, async (t) => {
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
