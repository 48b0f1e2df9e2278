import test from 'ava';
import type { LogLine } from '../../source/api/protocol.ts';
import type { LogLines } from '../../source/daemon/log-lines.ts';
import { maskLogs } from '../../source/daemon/mask-logs.ts';

const common = { service: 'web', generation: 1, atMs: 1, kind: 'line' } as const;
const lines: readonly LogLine[] = [
  { ...common, offset: 0, text: 'url is ana:s3cret@host', matches: ['ana:s3cret', '3cre', 'host'] },
  { ...common, offset: 19, text: 'nothing', matches: ['not'] },
];
const expected: readonly LogLine[] = [
  { ...common, offset: 0, text: 'url is ana:•••@host', matches: ['ana:•••', 'host'] },
  { ...common, offset: 19, text: 'nothing', matches: ['not'] },
];

test('every way to read a log is masked, and what matched in it as well', async (t) => {
  const logs = {
    window: () => Promise.resolve({ lines }),
    search: () => Promise.resolve({ lines }),
    follow: () => lines.values(),
  };
  // Only the lines of each answer are of interest here.
  const masked = maskLogs(logs as unknown as LogLines, (text) => text.replaceAll('s3cret', '•••'));
  t.deepEqual((await masked.window('web', { lines: 2, end: null, start: null })).lines, expected);
  const found = await masked.search('web', 'x', { direction: 'forward', from: null, until: null, lines: 2 });
  t.deepEqual(found.lines, expected);
  const followed: LogLine[] = [];
  for await (const line of masked.follow(['web'], { lines: 2, bytes: {} }, false, Promise.resolve())) {
    followed.push(line);
  }
  t.deepEqual(followed, expected);
});
