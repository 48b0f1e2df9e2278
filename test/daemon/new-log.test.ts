/** What a log probe looks at, while the log's old part is given back to the disk and the file is emptied. */
import {
  appendFileSync,
  mkdtempSync,
  openSync,
  closeSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createNewLog } from '../../source/daemon/new-log.ts';
import { createWorld } from '../../source/edge/world.ts';

const { files } = createWorld();

const logFile = (t: ExecutionContext): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-new-log-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'a.log');
};

test('each look gives what is new, and the last line again until it has an end', async (t) => {
  const file = logFile(t);
  writeFileSync(file, 'of the one before\nstarting\nrea');
  const newLog = createNewLog(files, file, 'of the one before\n'.length);
  t.is(await newLog(), 'starting\nrea');
  appendFileSync(file, 'dy\n');
  t.is(await newLog(), 'ready\n');
  t.is(await newLog(), '');
});

test('an emptied log is looked at from its start', async (t) => {
  const file = logFile(t);
  writeFileSync(file, `${'x'.repeat(100)}\nan incomplete line`);
  const newLog = createNewLog(files, file, 0);
  await newLog();
  truncateSync(file);
  // As long as what was looked at, less what had no end yet: only the file's size then tells.
  appendFileSync(file, `${'y'.repeat(101)}\nready\n`);
  t.is(await newLog(), `${'y'.repeat(101)}\nready\n`);
  truncateSync(file);
  t.is(await newLog(), '');
  appendFileSync(file, 'ready again\n');
  t.is(await newLog(), 'ready again\n');
  rmSync(file);
  t.is(await newLog(), '');
});

test('what was given back to the disk is passed over at once', async (t) => {
  const file = logFile(t);
  const handle = openSync(file, 'w');
  writeSync(handle, 'ready\n', 9_000_000);
  closeSync(handle);
  const newLog = createNewLog(files, file, 4_096);
  t.is(await newLog(), 'ready\n');
  appendFileSync(file, 'more\n');
  t.is(await newLog(), 'more\n');
});

test('a line longer than one look does not hide those behind it', async (t) => {
  const file = logFile(t);
  writeFileSync(file, `${'x'.repeat(5_000_000)}\nready\n`);
  const newLog = createNewLog(files, file, 0);
  await newLog();
  t.regex(await newLog(), /^ready$/m);
});

test('what did not change is not read again', async (t) => {
  const file = logFile(t);
  writeFileSync(file, 'starting\nrea');
  let reads = 0;
  const counted: typeof files = {
    ...files,
    readRange: (...of) => {
      reads += 1;
      return files.readRange(...of);
    },
  };
  const newLog = createNewLog(counted, file, 0);
  t.is(await newLog(), 'starting\nrea');
  for (let look = 0; look < 5; look += 1) t.is(await newLog(), 'rea');
  t.is(reads, 1);
  appendFileSync(file, 'dy\n');
  t.is(await newLog(), 'ready\n');
});
