/** A full disk, on a small file system of its own; only root may mount one. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { allLines } from '../../source/api/protocol.ts';
import { createLogLines } from '../../source/daemon/log-lines.ts';
import { rotationBounds } from '../../source/daemon/log-rotation.ts';
import { watchLogs } from '../../source/daemon/log-watch.ts';
import { createWorld } from '../../source/edge/world.ts';
import { until } from '../until.ts';
import { createHandClock } from './hand-clock.ts';

test('a full disk is said once, harms no reader, and is over when there is space again', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-full-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'booty-test', folder], { stdio: 'ignore' });
  } catch {
    t.log('skipped: no tmpfs can be mounted here');
    return t.pass();
  }
  t.teardown(() => execFileSync('umount', ['--lazy', folder]));
  const { files } = createWorld();
  const file = path.join(folder, 'a.log');
  const facts: string[] = [];
  const clock = createHandClock(Date.now());
  const watch = watchLogs(
    { clock, files },
    {
      services: () => ['a'],
      pathOf: () => file,
      folder,
      tell: ({ type }) => facts.push(type),
      onError: () => {},
      bounds: { ...rotationBounds, partBytes: 1_048_576, keepBytes: 2_097_152 },
    },
  );
  const line = `${'x'.repeat(1_023)}\n`;
  writeFileSync(file, line.repeat(1_024));
  await watch.look();
  const ballast = path.join(folder, 'ballast');
  t.throws(() => writeFileSync(ballast, Buffer.alloc(20_000_000)), { code: 'ENOSPC' });
  t.throws(() => appendFileSync(file, line.repeat(1_024)), { code: 'ENOSPC' });
  clock.pass(2_000);
  await until('it is said', () => facts.includes('disk.full'));
  t.regex(watch.notes().join(), /disk full/);
  const logs = createLogLines(watch);
  const count = async (): Promise<number> => {
    const lines = logs.follow(['a'], { lines: allLines, bytes: {} }, false, new Promise(() => {}));
    return (await Array.fromAsync(lines)).length;
  };
  t.true((await count()) >= 1_024);
  rmSync(ballast);
  await until('it is over', () => {
    clock.pass(1_000);
    return facts.includes('disk.back');
  });
  t.deepEqual(watch.notes(), []);
  appendFileSync(file, `\n${line.repeat(5_000)}`);
  await until('what piled up is put away', async () => {
    await watch.look();
    return (await files.list(path.join(folder, 'a'))).some((name) => name.includes('.log.'));
  });
  await watch.stop();
  t.true((await count()) >= 6_024);
  t.is(facts.filter((type) => type === 'disk.full').length, 1);
});
