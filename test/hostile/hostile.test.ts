// Children with one bad habit each: started, ended, and nothing of them left. Every case runs on every
// rung of the ladder that this machine offers, in both log modes.
import { existsSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { formatMark } from '../../source/core/log-mark.ts';
import { until } from '../until.ts';
import { missingRungs, modes, rungs, startHostile } from './start-hostile.ts';

const unkillable = [
  'ignores-signals',
  'forks-grandchildren',
  'leaves-the-group',
  'daemonises',
  'closes-output',
  'forks-when-asked-to-end',
  'stops-itself',
  'takes-a-misleading-name',
  're-parents',
  'walks',
] as const;

for (const { rung, mode, where } of rungs.flatMap((rung) =>
  modes.map((mode) => ({ rung, mode, where: `${rung.name}, ${mode}` })),
)) {
  for (const child of unkillable) {
    test(`${child}: kill leaves nothing (${where})`, async (t) => {
      const hostile = await startHostile(t, child, { rung, mode });
      const { killed, left } = await hostile.processes.kill(hostile.launch.service);
      t.true(killed >= 1);
      t.is(left, 0);
      const exit = await hostile.exit;
      t.is(exit.code, null);
      t.is(exit.signal, 'SIGKILL');
      t.deepEqual(hostile.remains(), []);
      t.false(await hostile.processes.alive(hostile.started.identity));
      t.false(await hostile.processes.alive(hostile.started.group));
    });
  }

  for (const child of ['forks-grandchildren', 'leaves-the-group', 'daemonises', 'takes-a-misleading-name'] as const) {
    for (const scope of ['group', 'tree'] as const) {
      test(`${child}: SIGTERM to the ${scope} leaves nothing (${where})`, async (t) => {
        const hostile = await startHostile(t, child, { rung, mode, scope });
        t.true((await hostile.processes.signal(hostile.launch.service, 'SIGTERM', scope)) >= 1);
        t.is((await hostile.exit).signal, 'SIGTERM');
        t.deepEqual(hostile.remains(), []);
      });
    }
  }

  test(`stops-its-parent: a request to end is obeyed, and its end is heard (${where})`, async (t) => {
    const hostile = await startHostile(t, 'stops-its-parent', { rung, mode });
    await hostile.processes.signal(hostile.launch.service, 'SIGTERM', 'group');
    t.is((await hostile.exit).code, 3);
    t.deepEqual(hostile.remains(), []);
  });

  test(`stops-its-parent: that it ended by itself is heard at the next look (${where})`, async (t) => {
    const hostile = await startHostile(t, 'stops-its-parent', { rung, mode });
    let code: number | null = null;
    void hostile.exit.then((exit) => (code = exit.code));
    writeFileSync(`${hostile.folder}/end`, '');
    await until('its end is heard', async () => {
      await hostile.processes.usage();
      return code === 4;
    });
    t.deepEqual(hostile.remains(), []);
  });

  test(`forks-when-asked-to-end: its five children are swept (${where})`, async (t) => {
    const hostile = await startHostile(t, 'forks-when-asked-to-end', { rung, mode });
    await hostile.processes.signal(hostile.launch.service, 'SIGTERM', 'group');
    const exit = await hostile.exit;
    t.is(exit.code, 0);
    t.true(exit.stragglers >= 1);
    t.deepEqual(hostile.remains(), []);
  });

  test(`escapes-when-asked-to-end: what it sends away is swept (${where})`, async (t) => {
    const hostile = await startHostile(t, 'escapes-when-asked-to-end', { rung, mode });
    await hostile.processes.signal(hostile.launch.service, 'SIGTERM', 'group');
    const exit = await hostile.exit;
    t.is(exit.code, 0);
    t.true(exit.stragglers >= 1);
    t.deepEqual(hostile.remains(), []);
  });

  for (const [child, ups] of [
    ['re-executes-when-asked-to-end', 3],
    ['stops-itself-when-asked-to-end', 2],
  ] as const) {
    test(`${child}: a kill after the request leaves nothing (${where})`, async (t) => {
      const hostile = await startHostile(t, child, { rung, mode });
      await hostile.processes.signal(hostile.launch.service, 'SIGTERM', 'process');
      await until(
        'it has answered',
        () =>
          hostile
            .log()
            .split('\n')
            .filter((line) => line.startsWith('up')).length >= ups,
      );
      const { left } = await hostile.processes.kill(hostile.launch.service);
      t.is(left, 0);
      await hostile.exit;
      t.deepEqual(hostile.remains(), []);
    });
  }

  test(`ends-before-its-child: the child may finish what it was asked to (${where})`, async (t) => {
    const hostile = await startHostile(t, 'ends-before-its-child', { rung, mode });
    await hostile.processes.signal(hostile.launch.service, 'SIGTERM', 'group');
    const exit = await hostile.exit;
    t.deepEqual([exit.signal, exit.stragglers], ['SIGTERM', 0]);
    t.true(hostile.log().endsWith('saved\n'), hostile.log());
    t.deepEqual(hostile.remains(), []);
  });

  test(`ends-before-its-child: a child that only says it will is killed when asked for (${where})`, async (t) => {
    const hostile = await startHostile(t, 'ends-before-its-lying-child', { rung, mode });
    await hostile.processes.signal(hostile.launch.service, 'SIGTERM', 'group');
    await until('the service is gone', async () => !(await hostile.processes.alive(hostile.started.identity)));
    // Whoever kills a namespace before its shell has written the end down has killed the service, for all it knows.
    await until('its end is written', () => existsSync(hostile.launch.statusFile));
    t.true(hostile.remains().length > 0);
    await hostile.processes.kill(hostile.launch.service);
    t.is((await hostile.exit).signal, 'SIGTERM');
    t.deepEqual(hostile.remains(), []);
  });

  test(`leaves-a-child: the exit code stands, the child is swept (${where})`, async (t) => {
    const hostile = await startHostile(t, 'leaves-a-child', { rung, mode });
    const exit = await hostile.exit;
    t.is(exit.code, 3);
    t.is(exit.stragglers, 1);
    t.deepEqual(hostile.remains(), []);
  });

  test(`a daemon that shed session, parent and environment is found when it was seen before (${where})`, async (t) => {
    const hostile = await startHostile(t, 'daemonises-without-environment', { rung, mode });
    await hostile.processes.usage();
    writeFileSync(`${hostile.folder}/go`, '');
    await until('the parent of the daemon is gone', () => existsSync(`${hostile.folder}/gone`));
    t.true(hostile.remains().length >= 2);
    await hostile.processes.kill(hostile.launch.service);
    await hostile.exit;
    t.deepEqual(hostile.remains(), []);
  });

  test(`stops-itself: a request to end wakes it (${where})`, async (t) => {
    const hostile = await startHostile(t, 'stops-itself', { rung, mode });
    const state = async (): Promise<boolean> =>
      (await hostile.processes.signal(hostile.launch.service, 'SIGCONT', 'process')) === 0;
    await until('it has ended', state);
    t.is((await hostile.exit).code, 5);
    t.regex(hostile.log(), /up\non\n$/);
  });

  test(`floods: not a line is lost (${where})`, async (t) => {
    const hostile = await startHostile(t, 'floods', { rung, mode });
    t.is((await hostile.exit).code, 0);
    const lines = hostile.log().split('\n').slice(1, -2);
    t.is(lines.length, 400_000);
    t.true(lines.every((line, index) => line === String(index + 1)));
  });

  test(`ends-without-newline: the next mark still stands out (${where})`, async (t) => {
    const hostile = await startHostile(t, 'ends-without-newline', { rung, mode });
    await hostile.exit;
    const before = hostile.log();
    t.is(before, `${formatMark({ ...hostile.launch, pid: hostile.started.identity.pid })}up and no end`);
    const again = Promise.withResolvers();
    const started = await hostile.processes.start({ ...hostile.launch, generation: 2 }, again.resolve);
    await again.promise;
    t.is(started.logStartByte, Buffer.byteLength(before));
    t.true(hostile.log().slice(started.logStartByte).startsWith('\x1ebooty '));
  });

  test(`shows-what-it-got: three descriptors, no ignored or blocked signal, its markers (${where})`, async (t) => {
    const hostile = await startHostile(t, 'shows-what-it-got', { rung, mode });
    await hostile.exit;
    const shown = hostile.log().split('\n').slice(1);
    // 3 is the folder that ls itself reads; those above 99 come from whoever runs the tests.
    const descriptors = shown.filter((line) => /^\d{1,2}$/.test(line));
    t.deepEqual(descriptors, ['0', '1', '2', '3']);
    t.true(shown.includes('SigBlk:\t0000000000000000'));
    t.true(shown.includes('SigIgn:\t0000000000000000'));
    t.true(shown.includes('BOOTY_GENERATION=1'));
    t.true(shown.includes(`BOOTY_RUN_ID=${hostile.launch.runId}`));
    t.true(shown.includes(`BOOTY_SERVICE=${hostile.launch.service}`));
    t.true(shown.includes('BOOTY_STACK=hostile'));
  });

  test(`the shim is killed: its end is seen, and without a namespace the service lives on (${where})`, async (t) => {
    const hostile = await startHostile(t, 'obeys-with-a-code', { rung, mode });
    process.kill(hostile.started.group.pid, 'SIGKILL');
    await until('the shim is gone', async () => !(await hostile.processes.alive(hostile.started.group)));
    if (rung.pidNamespace && mode === 'file') {
      t.is((await hostile.exit).signal, 'SIGKILL');
      t.deepEqual(hostile.remains(), []);
      return;
    }
    t.true(await hostile.processes.alive(hostile.started.identity));
    t.is(await hostile.processes.signal(hostile.launch.service, 'SIGTERM', 'process'), 1);
    const exit = await hostile.exit;
    // Only in the pipe mode a second shell was there to hear the code.
    t.is(exit.code, mode === 'pipe' ? 7 : null);
    t.true(hostile.log().endsWith('bye\n'));
    t.deepEqual(hostile.remains(), []);
  });

  test(`somebody kills the whole group: that is an end by SIGKILL (${where})`, async (t) => {
    const hostile = await startHostile(t, 'ignores-signals', { rung, mode });
    process.kill(-hostile.started.group.pid, 'SIGKILL');
    const exit = await hostile.exit;
    t.deepEqual([exit.code, exit.signal], [null, 'SIGKILL']);
    t.deepEqual(hostile.remains(), []);
  });

  test(`scope process: what was left behind lives on, and its log with it (${where})`, async (t) => {
    const hostile = await startHostile(t, 'writes-after-the-end', { rung, mode, scope: 'process' });
    t.teardown(() => writeFileSync(`${hostile.folder}/go`, ''));
    const exit = await hostile.exit;
    t.is(exit.code, 0);
    t.true(exit.stragglers >= 1);
    writeFileSync(`${hostile.folder}/go`, '');
    await until('its late line is in the log', () => hostile.log().endsWith('late\n'));
    await until('all are gone', () => hostile.remains().length === 0);
    t.deepEqual(hostile.remains(), []);
  });
}

for (const rung of rungs) {
  test(`reopens-stderr: through a pipe nothing is emptied (${rung.name})`, async (t) => {
    const hostile = await startHostile(t, 'reopens-stderr', { rung, mode: 'pipe', ready: 'last' });
    t.regex(hostile.log(), /pid \d+\nfirst\nup\nlast\n$/);
    await hostile.processes.kill(hostile.launch.service);
    await hostile.exit;
  });
}

// The tracker sees processes, not forks: one that re-parents, changes session and sheds its environment between two
// looks is told by its output alone. One that closes that, too, carries no mark at all: it is given to the shim, by perl.
const unmarked = {
  'daemonises-at-once': 'daemonises at once without environment',
  'overwrites-its-environment': 'daemonises and writes a title over its environment',
  'walks-away': 'is another process in another session every few milliseconds',
  'daemonises-in-silence': 'daemonises at once without environment and output',
} as const;
const hasPerl = existsSync('/usr/bin/perl');

for (const rung of rungs)
  for (const [child, habit] of Object.entries(unmarked)) {
    const isSeen = rung.name !== 'tracker' || child !== 'daemonises-in-silence' || hasPerl;
    const canRun = hasPerl || child !== 'overwrites-its-environment';
    const needs = !canRun
      ? 'needs perl'
      : isSeen
        ? 'it is cleared'
        : 'only a cgroup, a pid namespace or perl clears it';
    (isSeen && canRun ? test : test.skip)(`${habit}: ${needs} (${rung.name})`, async (t) => {
      for (const mode of modes) {
        const hostile = await startHostile(t, child, { rung, mode });
        await until('what escaped runs', () => hostile.remains().length >= 2);
        const { left } = await hostile.processes.kill(hostile.launch.service);
        t.is(left, 0);
        await hostile.exit;
        t.deepEqual(hostile.remains(), []);
      }
    });
  }

for (const { name, why } of missingRungs)
  test.skip(`every hostile child on the rung ${name}: this machine does not offer it (${why})`, (t) => t.fail());

test('the tracker is there on every machine, and the last rung', (t) => {
  const names = rungs.map(({ name }) => name);
  t.log(names.join(', '));
  t.is(names.at(-1), 'tracker');
  t.is(names.length + missingRungs.length, 3);
});
