/** The pager gets what the programs wrote, packed parts too, and less is told the line that is looked at. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { StackClient } from '../../source/api/protocol.ts';
import { openPager } from '../../source/commands/open-pager.ts';
import { formatMark } from '../../source/core/log-mark.ts';
import { createLogLines } from '../../source/daemon/log-lines.ts';
import { rotationBounds } from '../../source/daemon/log-rotation.ts';
import { watchLogs } from '../../source/daemon/log-watch.ts';
import { createForeground } from '../../source/edge/foreground.ts';
import { createWorld } from '../../source/edge/world.ts';
import { until } from '../until.ts';

const world = createWorld();

const setUp = (t: ExecutionContext) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-pager-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'a.log');
  writeFileSync(file, '');
  const bounds = { ...rotationBounds, partBytes: 65_536, keepBytes: 131_072 };
  const watch = watchLogs(world, {
    services: () => ['a'],
    pathOf: () => file,
    folder,
    tell: () => {},
    onError: (error) => t.fail(String(error)),
    bounds,
  });
  t.teardown(() => watch.stop());
  const logs = createLogLines(watch);
  const client: Pick<StackClient, 'raw'> = {
    raw: ({ service, lines, follow, fromByte = 0 }, signal) => {
      const gone = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => gone.resolve());
      return logs.raw(service, { lines, bytes: { [service]: fromByte } }, follow, gone.promise);
    },
  };
  const page = (pager: string, atByte: number): Promise<void> => {
    const environment = { PATH: process.env['PATH'] ?? '', PAGER: pager };
    const ports = { ...world, host: { ...world.host, environment } };
    return openPager({ ports, foreground: createForeground(), folder }, client, 'a', atByte);
  };
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  return { folder, file, watch, page, read };
};

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('');
const mark = formatMark({ service: 'a', version: '1.2.3', generation: 1, pid: 17 });

test('packed parts and the file are one text on its stdin, and the place counts without marks', async (t) => {
  const { folder, file, watch, page, read } = setUp(t);
  await watch.look();
  const [first, second] = [numbered(1, 40_000), numbered(40_001, 80_000)];
  const log = `${mark}${first}${mark}${second}`;
  appendFileSync(file, log);
  await until('old parts are put away', async () => {
    await watch.look();
    return readdirSync(path.join(folder, 'a')).filter((name) => name.includes('.log.')).length >= 5;
  });
  writeFileSync(path.join(folder, 'less'), '#!/bin/sh\necho "$@" > args\ncat > text\n', { mode: 0o755 });
  for (const line of ['line 1\n', 'line 777\n', 'line 40001\n', 'line 79999\n']) {
    await page(`${folder}/less -S`, log.indexOf(`\n${line}`) + 1);
    const text = read('text');
    t.is(text.length, first.length + second.length);
    t.true(text === first + second);
    const [, place] = /^-S \+(\d+)P\n$/.exec(read('args')) ?? [];
    t.is(text.slice(Number(place)).split('\n', 1)[0], line.trim());
  }
});

test('of a long log it gets whole lines, from 32 MiB before the place on', async (t) => {
  const { folder, file, page, read } = setUp(t);
  const line = `${'x'.repeat(1_000)}\n`;
  const count = 40_000;
  appendFileSync(file, `${line.repeat(count)}the end\n`);
  writeFileSync(path.join(folder, 'less'), '#!/bin/sh\necho "$@" > args\ncat > text\n', { mode: 0o755 });
  await page(`${folder}/less`, line.length * count);
  const text = read('text');
  const whole = Math.floor(33_554_432 / line.length);
  t.is(text.length, whole * line.length + 'the end\n'.length);
  t.true(text.startsWith(line));
  t.is(read('args'), `+${whole * line.length}P\n`);
});

test('other pagers are told no place, may end before they have read all, and are named when there are none', async (t) => {
  const { file, page, read } = setUp(t);
  appendFileSync(file, numbered(1, 100_000));
  await page('head -n 2 > text', 0);
  t.is(read('text'), 'line 1\nline 2\n');
  await t.throwsAsync(page('no-such-pager', 0), { code: 'COMMAND_NOT_RUN', message: /no-such-pager/ });
});
