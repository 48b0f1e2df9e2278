/**
A program for the terminal tests: the real screen on a real terminal, before a daemon on paper. Its first argument says
what befalls it; what the daemon hears is written to the file named by the second.
*/
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { makeClient, makeFrame, shop, stopping } from '../tui/fake-stack.ts';
import { runTui } from '../../components/run.tsx';
import { chooseStack } from '../../components/choose-stack.tsx';
import type { Clock } from '../../source/ports.ts';

const [fate = 'none', journal = '/dev/null'] = process.argv.slice(2);
const note = (word: unknown) => appendFileSync(journal, `${JSON.stringify(word)}\n`);
const clock: Clock = {
  nowMs: () => Date.now(),
  steadyMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
const terminal = { stdin: process.stdin, stdout: process.stdout, environment: process.env };
// Keeps the process busy as a socket to the daemon would.
const alive = setInterval(() => {}, 1000);

if (fate === 'choose') {
  const choice = await chooseStack({
    title: 'which?',
    choices: [
      { kind: 'running', name: 'shop', detail: '5/5 ready' },
      { kind: 'built-in', name: 'observe', detail: 'NATS, VictoriaMetrics, Caddy' },
    ],
    clock,
    terminal,
  });
  console.log(`chosen: ${choice?.name ?? 'nothing'}`);
} else {
  const client = makeClient();
  const { stream } = client;
  const down: typeof client.down = (request) => {
    note({ type: 'down', force: request.force });
    stream.push(makeFrame(shop, { stop: stopping }));
    setImmediate(() => stream.push({ type: 'ended', exitCode: 0, message: 'down' }));
    return Promise.resolve();
  };
  stream.push(makeFrame(shop));
  if (fate === 'throw') setTimeout(() => JSON.parse('{'), 300);
  if (fate === 'reject') setTimeout(() => void Promise.reject(new Error('nobody caught this')), 300);
  if (fate === 'exit') setTimeout(() => process.exit(7), 300);
  const say: typeof stream.say = (word) => {
    note(word);
    return Promise.resolve();
  };
  const exit = await runTui({
    who: 'ana',
    client: { ...client, down },
    session: { ...stream, say },
    reconnect: null,
    page: async (service, byte) => {
      const pager = spawn('/bin/sh', ['-c', process.env['TEST_PAGER'] ?? '', 'pager', service, String(byte)], {
        stdio: 'inherit',
      });
      await once(pager, 'exit');
    },
    doctor: () => Promise.resolve([{ title: 'disk', state: 'bad', found: 'full', fix: 'booty gc' }]),
    choices: () => Promise.resolve([]),
    clock,
    terminal,
  });
  if (exit.message !== null) console.log(exit.message);
  process.exitCode = exit.exitCode;
}
clearInterval(alive);
