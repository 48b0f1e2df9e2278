// What holds services together: how it is chosen, what it leaves, and the scripts it runs from.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { cgroupMounts, findHierarchy, folderIn, groupPathIn } from '../../source/edge/cgroup-hierarchy.ts';
import { chooseRung } from '../../source/edge/choose-rung.ts';
import { createLeaf, leafOfProcess } from '../../source/edge/leaf.ts';
import { placeScript } from '../../source/edge/shim-file.ts';
import { modes, rungs, startHostile } from '../hostile/start-hostile.ts';

const folderOf = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'booty-ladder-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

test('mounts of cgroup2 are told from everything that looks like them', (t) => {
  const text = [
    '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
    '36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices',
    '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 master:3 - cgroup2 cgroup2 rw',
    '42 31 0:38 /a\\040b /mnt/with\\040blank rw - cgroup2 none rw',
    '',
  ].join('\n');
  t.deepEqual(cgroupMounts(text), [
    { root: '/', mountPoint: '/sys/fs/cgroup/unified' },
    { root: '/a b', mountPoint: '/mnt/with blank' },
  ]);
});

test('a group is found below its mount, or not at all', (t) => {
  const whole = { root: '/', mountPoint: '/sys/fs/cgroup' };
  const part = { root: '/user', mountPoint: '/mnt' };
  t.is(folderIn(whole, '/'), '/sys/fs/cgroup/');
  t.is(folderIn(whole, '/user/one'), '/sys/fs/cgroup/user/one');
  t.is(folderIn(part, '/user/one'), '/mnt/one');
  t.is(folderIn(part, '/users'), null);
  t.is(folderIn(whole, '/../other'), null);
  t.is(folderIn(whole, null), null);
  t.is(groupPathIn('2:cpu:/x\n0::/user/one\n'), '/user/one');
  t.is(groupPathIn('2:cpu:/x\n'), null);
});

test('the choice is told with its reason', (t) => {
  const { name, why } = chooseRung();
  const hierarchy = findHierarchy();
  t.is(name, hierarchy.folder === null ? 'tracker' : 'cgroup');
  t.true(hierarchy.folder === null ? why === hierarchy.why : why.includes(hierarchy.folder));
  t.is(chooseRung('tracker').name, 'tracker');
});

for (const rung of rungs.filter(({ name }) => name === 'cgroup')) {
  test('a service lives in a leaf of its own, its helpers do not, and no folder is left', async (t) => {
    for (const mode of modes) {
      const hostile = await startHostile(t, 'forks-grandchildren', { rung, mode });
      const { started, launch } = hostile;
      const leaf = leafOfProcess(started.identity.pid);
      t.is(leaf?.folder, started.leaf);
      t.regex(started.leaf ?? '', new RegExp(`/booty-\\d+/hostile-[0-9a-f]{8}/${launch.service}\\.1$`));
      t.true((leaf?.pids().size ?? 0) >= 2);
      t.false(leaf?.pids().has(started.group.pid));
      await hostile.processes.kill(launch.service);
      await hostile.exit;
      t.false(existsSync(started.leaf ?? ''));
    }
  });

  test('nobody is born into a leaf that has members', async (t) => {
    const hostile = await startHostile(t, 'ignores-signals', { rung, mode: 'file' });
    const hierarchy = (hostile.started.leaf ?? '').split('/').slice(0, -2).join('/');
    const second = createLeaf(hierarchy, hostile.launch);
    t.is(second.folder, `${hostile.started.leaf}.1`);
    await second.remove();
    t.true(existsSync(hostile.started.leaf ?? ''));
    await hostile.processes.kill(hostile.launch.service);
    await hostile.exit;
  });
}

test('a script is written once, whole, for this user alone, and again when it is missing', async (t) => {
  const folder = folderOf(t);
  const script = { name: 'shim', text: 'exit 7\n' } as const;
  const path = await placeScript(folder, script);
  t.regex(path, /\/shim-[0-9a-f]{8}$/);
  t.is(statSync(path).mode & 0o777, 0o500);
  const { ino } = statSync(path);
  t.is(await placeScript(folder, script), path);
  t.is(statSync(path).ino, ino);
  rmSync(path);
  await Promise.all(Array.from({ length: 10 }, () => placeScript(folder, script)));
  t.is(readFileSync(path, 'utf8'), script.text);
  t.deepEqual(readdirSync(folder).length, 1);
});

test('a script of another text, or one cut off, gives way', async (t) => {
  const folder = folderOf(t);
  const old = await placeScript(folder, { name: 'shim', text: 'exit 7\n' });
  writeFileSync(join(folder, 'shim-of-mine'), '');
  const path = await placeScript(folder, { name: 'shim', text: 'exit 8\n' });
  t.false(existsSync(old));
  t.deepEqual(readdirSync(folder).sort(), [path.slice(folder.length + 1), 'shim-of-mine'].sort());
  const other = folderOf(t);
  writeFileSync(join(other, path.slice(folder.length + 1)), 'exit');
  t.is(readFileSync(await placeScript(other, { name: 'shim', text: 'exit 8\n' }), 'utf8'), 'exit 8\n');
});
