/**
The real screen before a daemon on paper whose logs grow by that many lines a second (argument 1). Notes its own CPU and
memory, between the third second and the ninth, in the file of argument 2.
*/
import { renameSync, writeFileSync } from 'node:fs';
import { runTui } from '../../components/run.tsx';
import type { LogLine } from '../../source/api/protocol.ts';
import type { Clock } from '../../source/ports.ts';
import { makeClient, makeFrame, shop } from '../../test/tui/fake-stack.ts';

const linesPerSecond = Number(process.argv[2] ?? 50_000);
const report = process.argv[3] ?? 'report.json';
const startedAtMs = Date.now();
const total = () => 1000 + Math.floor(((Date.now() - startedAtMs) / 1000) * linesPerSecond);

const clock: Clock = {
  nowMs: () => Date.now(),
  steadyMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

const makeLine = (service: string, number: number): LogLine => ({
  service,
  generation: 1,
  offset: number * 10,
  atMs: startedAtMs + number,
  kind: 'line',
  text:
    number % 2 === 0
      ? `{"level":"info","ts":${1795373041 + number / 1000},"logger":"http","msg":"handled","status":200,"path":"/api/v1/items/${(number * 7919) % 100_000}"}`
      : `2026-11-22T18:44:${number % 60}Z INFO request id=${number} path=/api/v1/items/${(number * 7919) % 100_000} status=200 duration=${(number * 31) % 997}ms`,
});

const client = makeClient();
const log: typeof client.log = (service, window) => {
  const last = total();
  const to = window.start === undefined ? (window.end === undefined ? last : window.end / 10) : null;
  const from = to === null ? (window.start ?? 0) / 10 : Math.max(0, to - window.lines);
  const end = to ?? Math.min(last, from + window.lines);
  const lines = Array.from({ length: end - from }, (_, index) => makeLine(service, from + index));
  return Promise.resolve({ lines, endByte: end * 10, fileBytes: last * 10 });
};
// Old enough that no age changes while it is measured.
const row = { ...shop, services: shop.services.map((one) => ({ ...one, startedAtMs: Date.now() - 1e9 })) };
client.stream.push(makeFrame(row));
if (linesPerSecond > 0) {
  const ends = () => Object.fromEntries(row.services.map((one) => [one.name, total() * 10]));
  setInterval(() => client.stream.push({ type: 'logs', ends: ends() }), 100);
}
// What a machine at rest reports of itself every second.
const jitter = (percent: number | null) => (percent ?? 0) + (Math.random() - 0.5) * 0.2;
setInterval(() => {
  const services = row.services.map((one) => ({ ...one, cpuPercent: jitter(one.cpuPercent) }));
  client.stream.push(makeFrame({ ...row, services }));
}, 1000);

let before = { cpu: process.cpuUsage(), atMs: Date.now() };
setTimeout(() => {
  before = { cpu: process.cpuUsage(), atMs: Date.now() };
}, 3000);
setTimeout(() => {
  const { user, system } = process.cpuUsage(before.cpu);
  const cpuPercent = (user + system) / 10 / (Date.now() - before.atMs);
  // Whole at once: it is read as soon as it is there.
  writeFileSync(`${report}.new`, JSON.stringify({ cpuPercent, rssBytes: process.memoryUsage.rss() }));
  renameSync(`${report}.new`, report);
}, 9000);

const exit = await runTui({
  who: 'ana',
  client: { ...client, log },
  session: client.stream,
  reconnect: null,
  page: null,
  doctor: null,
  choices: () => Promise.resolve([]),
  clock,
  terminal: { stdin: process.stdin, stdout: process.stdout, environment: process.env },
});
process.exit(exit.exitCode);
