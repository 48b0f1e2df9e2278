/** A log that is put away in small parts, on real files and a clock in hand. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { allLines, type LogLine } from '../../source/api/protocol.ts';
import { createLogLines } from '../../source/daemon/log-lines.ts';
import type { RotationBounds } from '../../source/daemon/log-rotation.ts';
import { watchLogs } from '../../source/daemon/log-watch.ts';
import { createWorld } from '../../source/edge/world.ts';
import type { Files } from '../../source/ports.ts';
import { createHandClock } from './hand-clock.ts';

export const { files: realFiles } = createWorld();
export const bounds: RotationBounds = {
  partBytes: 65_536,
  keepBytes: 131_072,
  floodBytes: 10_000_000,
  totalBytesMax: 1_073_741_824,
  partAgeMsMax: 1e12,
  packAgeMs: 1e12,
};
export const canPunch = process.platform === 'linux';

export const setUp = (t: ExecutionContext, own: Partial<RotationBounds> = {}, files: Files = realFiles) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-rotation-'));
  const stops: (() => Promise<void>)[] = [];
  t.teardown(async () => {
    // What is still being written would not find its folder.
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = path.join(folder, 'a.log');
  const clock = createHandClock(Date.now());
  const facts: string[] = [];
  const open = () => {
    const watch = watchLogs(
      { clock, files },
      {
        services: () => ['a'],
        pathOf: () => file,
        folder,
        tell: ({ type }) => facts.push(type),
        onError: (error) => t.fail(String(error)),
        bounds: { ...bounds, ...own },
      },
    );
    stops.push(watch.stop);
    const logs = createLogLines(watch);
    const all = async (ask: object = {}): Promise<LogLine[]> =>
      Array.fromAsync(logs.follow(['a'], { lines: allLines, bytes: {}, ...ask }, false, new Promise(() => {})));
    const raw = async (): Promise<Buffer> => {
      const pieces = await Array.fromAsync(logs.raw('a', { lines: allLines, bytes: {} }, false, new Promise(() => {})));
      return Buffer.concat(pieces.map(({ base64 }) => Buffer.from(base64, 'base64')));
    };
    return { watch, logs, all, raw };
  };
  const parts = (): readonly string[] => {
    try {
      return readdirSync(path.join(folder, 'a')).filter((name) => name.includes('.log.'));
    } catch {
      return [];
    }
  };
  return { folder, file, clock, facts, open, parts };
};

export const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('');
export const firstWrong = (lines: readonly LogLine[]): number =>
  lines.findIndex(({ text }, index) => text !== `line ${index + 1}`);

/** Packing takes its time where others want the processor too. */
export const packingMs = 60_000;
