/**
Searching a gigabyte of log as the daemon does it, against grep on the same file, in one run. Both count what matches;
the file is read once before, so that neither waits for the disk. Prints a line per pattern: seconds, and the ratio.
*/
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readLogPattern } from '../../source/core/log-pattern.ts';
import { createLineMatcher } from '../../source/daemon/line-matcher.ts';
import { plainLog } from '../../source/daemon/log-bytes.ts';
import { searchLog } from '../../source/daemon/log-search.ts';
import { createFiles } from '../../source/edge/files.ts';

const gigabytes = Number(process.argv[2] ?? 1);
const patterns = [
  'needle',
  'E4711',
  'ERROR.*haystack',
  'Request id=\\d+7',
  'error|fatal|panic',
  'status=5\\d\\d',
  'duration=99[0-9]ms',
];
const files = createFiles();
const folder = mkdtempSync(path.join(tmpdir(), 'booty-bench-search-'));
const file = path.join(folder, 'big.log');
try {
  write(file, gigabytes * 1e9);
  spawnSync('cat', [file], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const text of patterns) {
    const runs = [0, 1, 2].map(() => ({ grep: grep(text), ours: 0 }));
    let count = 0;
    let longestMs = 0;
    for (const run of runs) {
      const ours = await search(text);
      run.ours = ours.seconds;
      ({ count } = ours);
      longestMs = Math.max(longestMs, ours.longestMs);
    }
    const best = (what: 'grep' | 'ours') => Math.min(...runs.map((run) => run[what]));
    const ratio = (best('ours') / best('grep')).toFixed(2);
    console.log(
      `${text.padEnd(20)} grep ${best('grep').toFixed(2)} s  booty ${best('ours').toFixed(2)} s  ratio ${ratio}  ` +
        `${count} lines  loop held at most ${longestMs.toFixed(0)} ms`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function write(to: string, bytes: number): void {
  const handle = openSync(to, 'w');
  for (let number = 0, written = 0; written < bytes;) {
    const lines = Array.from({ length: 20_000 }, () => {
      number += 1;
      return `2026-11-22T18:44:${number % 60}.${number % 1000}Z INFO request id=${number} path=/api/v1/items/${(number * 7919) % 100_000} status=200 duration=${(number * 31) % 997}ms client=10.0.${number % 256}.${(number * 3) % 256}\n`;
    });
    written += writeSync(handle, lines.join(''));
  }
  writeSync(handle, '2026-11-22T19:00:00Z ERROR needle in the haystack code=E4711\n');
  closeSync(handle);
}

/** Seconds grep takes for the same: small letters stand for both, as in booty. */
function grep(text: string): number {
  const options = text === text.toLowerCase() ? ['-ciP', text] : ['-cP', text];
  const startMs = performance.now();
  spawnSync('grep', [...(text.includes('\\') ? options : [options[0]?.replace('P', 'E') ?? '', text]), file]);
  return (performance.now() - startMs) / 1000;
}

async function search(text: string): Promise<{ seconds: number; count: number; longestMs: number }> {
  const pattern = readLogPattern(text);
  if ('problem' in pattern) throw new Error(pattern.problem);
  const matcher = createLineMatcher(pattern);
  let longestMs = 0;
  const timed = {
    ...matcher,
    find: (bytes: Uint8Array, max: number) => {
      const startMs = performance.now();
      const found = matcher.find(bytes, max);
      longestMs = Math.max(longestMs, performance.now() - startMs);
      return found;
    },
  };
  const startMs = performance.now();
  let count = 0;
  for (let from = 0; ;) {
    const found = await searchLog(plainLog(files, file), timed, {
      direction: 'forward',
      from,
      until: null,
      lines: 100_000,
    });
    count += found.lines.length;
    from = found.toByte;
    if (found.done) break;
  }
  return { seconds: (performance.now() - startMs) / 1000, count, longestMs };
}
