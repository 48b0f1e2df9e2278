/**
A stack of one service that writes the very bytes it is told to, run by the built booty, and ways to ask for its log. What
is on the log's disk is booty's; orders and what is to be written lie elsewhere, so that a full disk does not stop them.
*/
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { LogLine, StackEvent } from '../../source/api/protocol.ts';
import { type Booty, makeBooty } from '../terminal/booty.ts';
import { until } from '../until.ts';

export type LogWriter = {
  readonly booty: Booty;
  readonly logFile: string;
  /** A file in the service's working folder. */
  readonly at: (name: string) => string;
  /** The service carries out a line of sh; resolves when it is done. */
  readonly order: (line: string, timeoutMs?: number) => Promise<void>;
  /** The same without waiting. */
  readonly begin: (line: string) => void;
  /** The service writes these bytes; a write is at most 128 KiB, as cat makes them. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** What `booty logs web WORDS` prints. */
  readonly capture: (...words: string[]) => Promise<Buffer>;
  readonly raw: (...words: string[]) => Promise<Buffer>;
  readonly lines: (...words: string[]) => Promise<readonly LogLine[]>;
  /** Names of the compressed parts, oldest first. */
  readonly parts: () => readonly string[];
  readonly events: () => Promise<readonly StackEvent[]>;
  readonly daemonPid: () => Promise<number>;
};

const child = path.join(import.meta.dirname, 'children', 'does-as-told.sh');

export const startLogWriter = async (
  t: ExecutionContext,
  mode: 'file' | 'pipe',
  options: { readonly logs?: (folder: string) => void; readonly more?: string } = {},
): Promise<LogWriter> => {
  const booty = makeBooty(
    t,
    `name: shop\nservices:\n  web: {command: [${child}], log: ${mode}${options.more ?? ''}}\n`,
  );
  const at = (name: string): string => path.join(booty.folder, name);
  const logs = path.join(booty.home, 'stacks', 'shop', 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  options.logs?.(logs);
  writeFileSync(at('done'), '');
  const up = await booty.run(['up', '-d', '--wait']);
  t.is(up.code, 0, up.stderr);
  await until('the service listens', () => existsSync(at('orders')));

  let count = 0;
  const doneCount = (): number => readFileSync(at('done'), 'utf8').split('\n').length - 1;
  const begin = (line: string): void => appendFileSync(at('orders'), `${line}\n`);
  const order: LogWriter['order'] = async (line, timeoutMs = 30_000) => {
    const before = doneCount();
    begin(line);
    await until(`the service has done: ${line}`, () => doneCount() > before, timeoutMs);
  };
  const capture: LogWriter['capture'] = async (...words) => {
    const file = at(`captured-${(count += 1)}`);
    const ended = await booty.run(['logs', 'web', ...words], { shell: `"$@" >${file}` });
    t.is(ended.code, 0, ended.stderr);
    const bytes = readFileSync(file);
    rmSync(file);
    return bytes;
  };
  return {
    booty,
    at,
    logFile: path.join(logs, 'web.log'),
    order,
    begin,
    write: async (bytes) => {
      const file = at(`written-${(count += 1)}`);
      writeFileSync(file, bytes);
      await order(`cat ${file}; rm ${file}`);
    },
    capture,
    raw: (...words) => capture('--raw', ...words),
    lines: async (...words) => documents((await capture('--json', ...words)).toString()) as readonly LogLine[],
    parts: () => {
      const folder = path.join(logs, 'web');
      const names = existsSync(folder) ? readdirSync(folder) : [];
      return names.filter((name) => /\.log\.(?:zst|gz)$/.test(name)).sort((a, b) => fromByte(a) - fromByte(b));
    },
    events: async () => documents((await booty.run(['events', '--json'])).stdout) as readonly StackEvent[],
    daemonPid: async () => (await booty.ps()).daemon?.pid ?? Number.NaN,
  };
};

const fromByte = (part: string): number => Number(part.split('-')[1]);

const documents = (text: string): readonly unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

/** Says where two runs of bytes part, rather than printing megabytes. */
export const firstDifference = (found: Buffer, expected: Buffer): string | null => {
  if (found.equals(expected)) return null;
  const length = Math.min(found.length, expected.length);
  let at = 0;
  while (at < length && found[at] === expected[at]) at += 1;
  const around = (bytes: Buffer): string =>
    JSON.stringify(bytes.subarray(Math.max(0, at - 20), at + 40).toString('latin1'));
  return `${found.length} bytes found, ${expected.length} written, they part at ${at}: ${around(found)} and ${around(expected)}`;
};
