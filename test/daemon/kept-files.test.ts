/** What a daemon writes for its successor and for people: history and run file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { limits } from '../../source/core/limits.ts';
import { emptyWorld } from '../../source/core/world.ts';
import { createHistory } from '../../source/daemon/history.ts';
import { createHandClock } from './hand-clock.ts';
import { createRunFileWriter, readRunFile, type RunFile } from '../../source/daemon/run-file.ts';
import { createWorld } from '../../source/edge/world.ts';

const { files } = createWorld();

const inFolder = (t: ExecutionContext): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-kept-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
};

const fact = (message: string) => ({ atMs: 1, service: null, type: 'told', from: null, to: null, message });

const document = (stack: string): RunFile => ({
  format: 1,
  runId: 'r',
  stack,
  request: {
    definition: { name: stack, file: null, folder: '/', services: [], positions: {}, warnings: [] },
    services: [],
    profiles: [],
  },
  ports: {},
  environment: { TOKEN: 'secret' },
  world: emptyWorld,
  running: {},
});

test('history numbers what happens, tells it, and appends it to its file in order', async (t) => {
  const file = path.join(inFolder(t), 'events.ndjson');
  const history = createHistory(files, file, (error) => t.fail(String(error)));
  const heard: number[] = [];
  const off = history.onAdd((event) => heard.push(event.sequence));
  for (let n = 0; n < limits.eventsKeptMax + 5; n += 1) history.add(fact(`no ${n}`));
  off();
  history.add(fact('unheard'));
  await history.settled();
  t.is(heard.length, limits.eventsKeptMax + 5);
  t.is(history.recent().length, limits.eventsKeptMax);
  t.is(history.recent().at(-1)?.message, 'unheard');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line).sequence),
    Array.from({ length: limits.eventsKeptMax + 6 }, (_, n) => n + 1),
  );
});

test('history goes on in memory when its file cannot be written', async (t) => {
  const errors: unknown[] = [];
  const history = createHistory(files, path.join(inFolder(t), 'no', 'folder', 'events'), (error) => errors.push(error));
  history.add(fact('one'));
  history.add(fact('two'));
  await history.settled();
  t.is(errors.length, 2);
  t.is(history.recent().length, 2);
});

test('the run file holds the newest state, for this user alone', async (t) => {
  const file = path.join(inFolder(t), 'run.json');
  const writer = createRunFileWriter({ files, clock: createHandClock() }, file, (error) => t.fail(String(error)));
  for (const stack of ['one', 'two', 'three']) writer.write(document(stack));
  await writer.settled();
  t.deepEqual(await readRunFile(files, file), document('three'));
  t.is(((await files.stat(file))?.mode ?? 0) & 0o777, 0o600);
});

test('a run file that could not be written is written as soon as it can be', async (t) => {
  const folder = inFolder(t);
  const file = path.join(folder, 'later', 'run.json');
  const clock = createHandClock();
  const errors: unknown[] = [];
  const writer = createRunFileWriter({ files, clock }, file, (error) => errors.push(error));
  writer.write(document('one'));
  await writer.settled();
  t.is(errors.length, 1);
  await files.makeFolder(path.dirname(file), 0o700);
  clock.pass(1_000);
  await writer.settled();
  t.deepEqual(await readRunFile(files, file), document('one'));
  await writer.close();
});

test('no run file, half of one, or one of a format to come is none', async (t) => {
  const file = path.join(inFolder(t), 'run.json');
  t.is(await readRunFile(files, file), null);
  const text = JSON.stringify(document('shop'));
  for (const content of ['', text.slice(0, 40), text.replace('"format":1', '"format":2')]) {
    writeFileSync(file, content);
    t.is(await readRunFile(files, file), null, content);
  }
});
