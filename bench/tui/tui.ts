/**
What the screen costs on a 160x50 terminal: bytes to it while nothing happens, bytes and CPU in a flood of log lines, and
how long a key takes to be drawn meanwhile. The same for the pane that merges the logs of all services.
*/
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import { build } from 'esbuild';
import { until } from '../../test/until.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'booty-bench-tui-'));
try {
  const program = await bundle();
  for (const [name, linesPerSecond, keys] of [
    ['idle', 0, ''],
    ['flood, one log', 50_000, ''],
    ['flood, merged logs', 50_000, '3'],
  ] as const) {
    console.log(`${name.padEnd(20)} ${await measure(program, linesPerSecond, keys)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** As it is shipped: bundled, React built for production. */
async function bundle(): Promise<string> {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'flooded-screen.tsx')],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    jsx: 'automatic',
    minifySyntax: true,
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    external: ['react-devtools-core'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  return path.join(folder, 'flooded-screen.js');
}

async function measure(program: string, linesPerSecond: number, keys: string): Promise<string> {
  const report = path.join(folder, 'report.json');
  const { CI: _, ...environment } = process.env;
  const child = pty.spawn(process.execPath, [program, String(linesPerSecond), report], {
    name: 'xterm-256color',
    cols: 160,
    rows: 50,
    env: { ...environment, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  });
  let bytes = 0;
  let drawn: (() => void) | null = null;
  child.onData((data) => {
    bytes += Buffer.byteLength(data);
    drawn?.();
  });
  await pause(1500);
  child.write(keys);
  await pause(1500);
  const [startBytes, startMs] = [bytes, performance.now()];
  await pause(3000);
  const perSecond = (bytes - startBytes) / ((performance.now() - startMs) / 1000);
  // A moved selection, or a pane opened and closed, is drawn at once: the first bytes after the key are it.
  const delays: number[] = [];
  for (let press = 0; press < 40; press += 1) {
    const pressedMs = performance.now();
    const seen = new Promise<void>((resolve) => {
      drawn = resolve;
    });
    child.write(keys === '' ? (press % 2 === 0 ? 'j' : 'k') : press % 2 === 0 ? '?' : '\u001B');
    await seen;
    drawn = null;
    delays.push(performance.now() - pressedMs);
    await pause(50 + Math.random() * 40);
  }
  await until('the program has told what it cost', () => existsSync(report), 60_000);
  const own = JSON.parse(readFileSync(report, 'utf8')) as { cpuPercent: number; rssBytes: number };
  child.kill();
  rmSync(report);
  const sorted = delays.sort((one, other) => one - other);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  return `${(perSecond / 1000).toFixed(1)} kB/s without keys  key to paint p50 ${at(0.5)} p95 ${at(0.95)} ms  CPU ${own.cpuPercent.toFixed(0)} %  RSS ${(own.rssBytes / 1e6).toFixed(0)} MB`;
}
