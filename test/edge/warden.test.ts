/** The shell that watches a daemon, told that a successor is on its way: it looks whether one came, or was needed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { wardenText } from '../../source/edge/warden-script.ts';
import { removeTree } from '../remove-tree.ts';

/** When that process began, as the system tells it; of one that is not there, nothing. */
const startOf = (pid: number): string => {
  try {
    return (
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[19] ?? ''
    );
  } catch {
    return '';
  }
};

const yieldAndLeave = async (
  t: ExecutionContext,
  runFile: string | null,
  lockHolder: number | null = null,
  start = lockHolder === null ? '' : startOf(lockHolder),
): Promise<boolean> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-warden-'));
  t.teardown(() => removeTree(folder));
  const [script, log, came] = ['warden', 'daemon.log', 'came'].map((name) => path.join(folder, name));
  if (script === undefined || log === undefined || came === undefined) throw new Error('three names, three paths');
  writeFileSync(script, wardenText);
  if (runFile !== null) writeFileSync(path.join(folder, runFile), '{}');
  if (lockHolder !== null)
    writeFileSync(path.join(folder, 'daemon.lock'), `{"pid":${lockHolder},"start":"${start}","boot":"1"}`);
  const successor = ['/bin/sh', '-c', `: >${came}; echo listening >&3`];
  const child = spawn('/bin/sh', [script, 'shop', log, folder, '0', ...successor], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'ignore'],
  });
  (child.stdio[3] as Writable).end('steady\nyield\n');
  t.deepEqual(await once(child, 'exit'), [0, null]);
  return existsSync(came);
};

test('it brings a daemon where none came to what runs', async (t) => {
  t.true(await yieldAndLeave(t, 'run.json'));
});

test('it brings a daemon where only the copy of the run file is left', async (t) => {
  t.true(await yieldAndLeave(t, 'run.json.last'));
});

test('it brings none where the stack went down meanwhile: there is nothing to look after', async (t) => {
  t.false(await yieldAndLeave(t, null));
});

// Whether the holder of the lock lives is told by /proc.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('it is gone soon after a successor has come, which has a warden of its own', async (t) => {
  // Had it looked to the end, it would have started one.
  t.false(await yieldAndLeave(t, 'run.json', process.ppid));
});

onLinux('a lock whose holder had the pid of somebody else now is no successor', async (t) => {
  t.true(await yieldAndLeave(t, 'run.json', process.ppid, '1'));
});

onLinux('a lock that its own daemon or a dead one has left is no successor', async (t) => {
  const [own, dead] = await Promise.all([
    yieldAndLeave(t, 'run.json', process.pid),
    yieldAndLeave(t, 'run.json', 4_194_303),
  ]);
  t.deepEqual([own, dead], [true, true]);
});
