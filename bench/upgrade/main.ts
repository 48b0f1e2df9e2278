/**
Measures how long real servers do not answer while they are upgraded: by booty, and beside it by hand in the same run (the
signal, a wait for the end, a start with the same words, environment and data): `npm run bench:upgrade`.

Needs Debian bookworm: each server goes from that release's version to the newest that its upgrades may go to. `--only a,b`
measures only these. The gap is the time between the last answer of the old server and the first of the new one, asked
every few milliseconds; the snapshot booty copies meanwhile is in it.
*/
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { StackRow } from '../../source/core/model.ts';
import { machineLine } from '../field/machine.ts';
import { makeScratch } from '../field/scratch.ts';

/** How often it is asked; what is measured is no finer than this. */
const askMs = 5;

const servers = {
  nats: { component: 'nats-server', port: 'monitor', path: '/healthz', signal: 'SIGTERM' },
  'victoria-metrics': { component: 'victoria-metrics', port: 'http', path: '/health', signal: 'SIGINT' },
  vmagent: { component: 'vmagent', port: 'http', path: '/health', signal: 'SIGINT' },
  etcd: { component: 'etcd', port: 'client', path: '/health', signal: 'SIGTERM' },
  prometheus: { component: 'prometheus', port: 'http', path: '/-/ready', signal: 'SIGTERM' },
  caddy: { component: 'caddy', port: 'http', path: '/', signal: 'SIGTERM' },
  node_exporter: { component: 'node_exporter', port: 'http', path: '/', signal: 'SIGTERM' },
} as const;
type Name = keyof typeof servers;

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const chosen = (values.only?.split(',') ?? Object.keys(servers)) as Name[];
const root = path.resolve(import.meta.dirname, '..', '..');
const scratch = makeScratch();
const folder = path.join(scratch.folder, 'shop');
mkdirSync(folder);
const environment = {
  ...process.env,
  ...{ BOOTY_HOME: path.join(scratch.folder, 'home'), BOOTY_SOURCES: 'apt', BOOTY_UPDATE_CHECK: '0' },
  BOOTY_GATE_MS: '1000',
};
// vmagent wants somebody to hand over to.
const names = [...new Set([...chosen, ...(chosen.includes('vmagent') ? (['victoria-metrics'] as const) : [])])];
const yaml = names.map((name) => `  ${name}: {component: ${servers[name].component}}\n`).join('');
writeFileSync(path.join(folder, 'booty.yaml'), `name: measured\nservices:\n${yaml}`);

const booty = (...words: readonly string[]): string =>
  execFileSync(path.join(root, 'bin/booty'), words, { cwd: folder, env: environment, encoding: 'utf8' });
const bootyAlong = async (...words: readonly string[]): Promise<void> => {
  const child = spawn(path.join(root, 'bin/booty'), words, { cwd: folder, env: environment, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`booty ${words.join(' ')} ended with ${code}`);
};
const serviceOf = (name: Name) => {
  const found = (JSON.parse(booty('ps', '--json')) as StackRow).services.find((each) => each.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

/** How a process was started, as the kernel knows it. */
const startOf = (pid: number) => {
  const list = (name: string) =>
    readFileSync(`/proc/${pid}/${name}`, 'utf8')
      .split('\0')
      .filter((each) => each !== '');
  const [file = '', ...args] = list('cmdline');
  const env = Object.fromEntries(
    list('environ').map((each) => [each.replace(/=.*/s, ''), each.replace(/^[^=]*=/s, '')]),
  );
  return { file, args, env, cwd: readlinkSync(`/proc/${pid}/cwd`) };
};
type Start = ReturnType<typeof startOf>;

const answers = async (url: string): Promise<boolean> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
};

const untilAnswers = async (url: string): Promise<void> => {
  while (!(await answers(url))) await pause(askMs);
};

/** The longest time without an answer while the work goes on, in ms. */
const gapDuring = async (url: string, work: () => Promise<void>): Promise<number> => {
  await untilAnswers(url);
  let [lastMs, gapMs, isOver] = [performance.now(), 0, false];
  const asking = (async () => {
    for (;;) {
      const isLast = isOver;
      if (await answers(url)) {
        const nowMs = performance.now();
        gapMs = Math.max(gapMs, nowMs - lastMs);
        lastMs = nowMs;
        if (isLast) return;
      }
      await pause(askMs);
    }
  })();
  await work();
  isOver = true;
  await asking;
  return Math.round(gapMs);
};

const start = ({ file, args, env, cwd }: Start) => {
  const child = spawn(file, args, { env, cwd, stdio: 'ignore' });
  return { stop: async (signal: NodeJS.Signals) => void (child.kill(signal), await once(child, 'exit')) };
};

/** The same exchange with no booty: what is left is what the server itself takes. */
const byHand = async (url: string, signal: NodeJS.Signals, old: Start, next: Start): Promise<number> => {
  const first = start(old);
  let second: ReturnType<typeof start> | null = null;
  const gapMs = await gapDuring(url, async () => {
    await first.stop(signal);
    second = start(next);
    await untilAnswers(url);
  });
  await (second as ReturnType<typeof start> | null)?.stop(signal);
  return gapMs;
};

// Its stack is no one's once this has ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    booty('down');
    process.exit(1);
  });
try {
  booty('up', '-d', '--wait');
  console.log(`${machineLine(root, 'HEAD')}\n`);
  console.log('server            from       to         by booty   by hand');
  for (const name of chosen) {
    const { port, path: page, signal } = servers[name];
    const before = serviceOf(name);
    const url = `http://127.0.0.1:${before.ports[port]}${page}`;
    const old = startOf(before.pid ?? 0);
    const gapMs = await gapDuring(url, () => bootyAlong('upgrade', name, '-y'));
    const after = serviceOf(name);
    const next = startOf(after.pid ?? 0);
    await bootyAlong('rollback', name, '-y');
    booty('stop', name);
    const handMs = await byHand(url, signal, old, next);
    const cells = [name.padEnd(18), (before.version ?? '').padEnd(11), (after.version ?? '').padEnd(11)];
    console.log(`${cells.join('')}${`${gapMs} ms`.padEnd(11)}${handMs} ms`);
  }
} finally {
  booty('down');
  await scratch.remove();
}
