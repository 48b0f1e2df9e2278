/** `booty outdated`, `upgrade`, `rollback` and `history`, called as people call them, against a daemon that only tells. */
import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { stackPaths } from '../../source/core/paths.ts';
import { createWorld } from '../../source/edge/world.ts';
import { startFakeDaemon } from '../fake-daemon.ts';
import { makeFrame, shop } from '../tui/fake-stack.ts';
import { makeEntry, makePlan, makeProgress, natsSubject, shopUpgrades } from '../tui/fake-upgrades.ts';
import { until } from '../until.ts';

const root = path.resolve(import.meta.dirname, '../..');

const scene = async (t: ExecutionContext) => {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'booty-up-')));
  t.teardown(() => rmSync(base, { recursive: true, force: true }));
  const environment = {
    PATH: process.env['PATH'] ?? '',
    BOOTY_HOME: path.join(base, 'home'),
    XDG_RUNTIME_DIR: base,
    USER: 'ana',
  };
  const { host } = createWorld();
  const { socket } = stackPaths({ ...host, environment }, 'shop');
  const daemon = await startFakeDaemon(
    t,
    { home: environment.BOOTY_HOME, socket, folder: base },
    makeFrame(shop, { upgrades: shopUpgrades }),
    makePlan(),
  );
  const start = (...words: readonly string[]) => {
    const child = spawn(process.execPath, [path.join(root, 'dist', 'cli.js'), ...words, '--stack', 'shop'], {
      cwd: base,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (piece: Buffer) => (said.out += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (said.err += piece.toString()));
    const ended = Promise.withResolvers<number | null>();
    child.on('close', (code) => ended.resolve(code));
    return { said, ended: ended.promise, interrupt: () => child.kill('SIGINT') };
  };
  const call = async (...words: readonly string[]) => {
    const running = start(...words);
    return { code: await running.ended, ...running.said };
  };
  return { daemon, start, call };
};

test('outdated tells what runs, what is newer and what going back would need', async (t) => {
  const { call } = await scene(t);
  const { code, out, err } = await call('outdated');
  t.is(code, 0);
  t.regex(out, /^nats +2\.10\.27 +2\.11\.3 +2\.12\.1 +safe$/m);
  t.regex(out, /^grafana +12\.0\.1 +- +13\.0\.0 +NO WAY BACK +beyond 12$/m);
  t.regex(err, /CVE-2026-1234/);
  t.regex(err, /booty upgrade nats victoria-metrics/);
  const json = JSON.parse((await call('outdated', '--json')).out) as { rows: readonly unknown[] };
  t.is(json.rows.length, 5);
});

test('upgrade prints the plan, does nothing with --plan, and asks where nobody can answer', async (t) => {
  const { daemon, call } = await scene(t);
  const planned = await call('upgrade', 'nats@2.11', '--plan');
  t.is(planned.code, 0);
  t.regex(planned.out, /UPGRADE nats 2\.10\.27 to 2\.11\.3/);
  t.regex(planned.out, /1 +fetch, verify +2\.11\.3 from apt/);
  const asked = await call('upgrade', 'nats');
  t.is(asked.code, 2);
  t.regex(asked.err, /Upgrade nats to 2\.11\.3\?/);
  t.false(daemon.asked.some((each) => each.startsWith('POST /v1/upgrade {')));
  t.true(daemon.asked[0]?.includes('"targets":[{"service":"nats","range":"2.11"}]'));
});

test('upgrade --all -y takes what is offered, streams its steps, and ends with 0 and the way back', async (t) => {
  const { daemon, call } = await scene(t);
  daemon.begun = () => {
    daemon.tell({ upgrade: makeProgress(6, { gateEndsAtMs: Date.now() + 60_000 }) });
    daemon.tell({ upgrade: makeProgress(8, { result: 'done' }) });
  };
  const { code, out } = await call('upgrade', '--all', '-y');
  t.is(code, 0);
  t.true(daemon.asked.some((each) => each.startsWith('POST /v1/upgrade {') && each.includes('"who":"ana"')));
  t.true(daemon.asked.some((each) => each.includes('victoria-metrics')));
  t.regex(out, /✓ check config/);
  t.regex(out, /› watch it +.*more; exit or failing probe/);
  t.regex(out, /✓ watch it/);
  t.regex(out, /booty rollback nats/);
});

test('a failed gate ends with 1, what it was, and its last words', async (t) => {
  const { daemon, call } = await scene(t);
  const failed = makeProgress(6, { result: 'returned', message: 'exited 1', lastWords: ['unknown field "foo"'] });
  daemon.begun = () => daemon.tell({ upgrade: failed });
  const { code, out } = await call('upgrade', 'nats', '-y');
  t.is(code, 1);
  t.regex(out, /2\.10\.27 runs again, 2\.11\.3 was taken back/);
  t.regex(out, /unknown field "foo"/);
});

test('--follow takes up what is under way from another terminal, --cancel ends it, and nothing else goes with them', async (t) => {
  const { daemon, start, call } = await scene(t);
  const none = await call('upgrade', '--follow');
  t.is(none.code, 1);
  t.regex(none.err, /no upgrade is under way; what became of the last: booty history/);
  daemon.tell({ upgrade: makeProgress(4) });
  const looking = start('upgrade', '--follow');
  await until('it prints what was done', () => looking.said.out.includes('check config'));
  t.false(daemon.asked.some((each) => each.includes('cancel')));
  const ending = start('upgrade', '--cancel', '--json');
  await until('the daemon is asked', () => daemon.asked.includes('POST /v1/upgrade/cancel'));
  daemon.tell({ upgrade: makeProgress(4, { result: 'cancelled', message: 'cancelled' }) });
  t.is(await looking.ended, 1);
  t.regex(looking.said.out, /Cancelled; 2\.10\.27 runs/);
  t.is(await ending.ended, 1);
  t.is((JSON.parse(ending.said.out) as { progress: { result: string } }).progress.result, 'cancelled');
  const both = await call('upgrade', '--cancel', 'nats');
  t.is(both.code, 2);
  t.regex(both.err, /--cancel and nats do not go together/);
});

test('of many, each row has the name of its service, fits the terminal, and says what was not begun', async (t) => {
  const { daemon, call } = await scene(t);
  const subjects = [natsSubject, { ...natsSubject, service: 'caddy' }];
  const through = makeProgress(8, {}, subjects);
  const steps = through.steps.map((step, index) => (index === 8 ? { ...step, state: 'pending' as const } : step));
  const end = { steps, result: 'cancelled', message: 'it was cut short before anything was changed' } as const;
  daemon.begun = () => {
    daemon.tell({ upgrade: makeProgress(7, {}, subjects) });
    daemon.tell({ upgrade: { ...through, ...end } });
  };
  const { out } = await call('upgrade', 'nats', 'caddy', '-y');
  t.regex(out, /^nats: {3}✓ watch it .*…$/m);
  t.true(out.split('\n').every((line) => line.length <= 80));
  t.regex(
    out.replaceAll(/\s+/g, ' '),
    /caddy: Not begun, 2\.10\.27 runs\. It was cut short before anything was changed\./,
  );
});

test('ctrl-c asks to go back; a second one leaves it to the daemon and says so', async (t) => {
  const { daemon, start } = await scene(t);
  daemon.begun = () => daemon.tell({ upgrade: makeProgress(4) });
  const running = start('upgrade', 'nats', '-y');
  await until('it is under way', () => running.said.out.includes('✓ check config'));
  running.interrupt();
  await until('it was asked to go back', () => daemon.asked.includes('POST /v1/upgrade/cancel'));
  running.interrupt();
  t.is(await running.ended, 130);
  t.regex(running.said.err, /goes on in the daemon/);
});

test('upgrade --all leaves out what was put off, and asks for nothing when nothing is left', async (t) => {
  const { daemon, call } = await scene(t);
  const rows = shopUpgrades.rows.map((row) => ({
    ...row,
    deferred: { kind: 'later', untilMs: Date.now() + 60_000 } as const,
  }));
  daemon.tell({ upgrades: { ...shopUpgrades, rows } });
  const { code, out } = await call('upgrade', '--all', '-y');
  t.is(code, 0);
  t.regex(out, /nothing to upgrade/);
  t.false(daemon.asked.some((each) => each.startsWith('POST')));
});

test('words that contradict each other or name no range are refused before anything is asked', async (t) => {
  const { daemon, call } = await scene(t);
  for (const words of [
    ['nats@'],
    ['nats@banana'],
    ['nats@2.10', 'nats@2.11'],
    ['nats', '--skip', '--later'],
    ['--all', '--skip'],
  ]) {
    const { code, err } = await call('upgrade', ...words, '-y');
    t.is(code, 2, words.join(' '));
    t.regex(err, /no range of versions|named twice|do not go together/);
  }
  t.deepEqual(
    daemon.asked.filter((each) => each.startsWith('POST')),
    [],
  );
  t.is((await call('upgrade', 'nats', 'nats', '--plan')).code, 0);
  t.true(
    daemon.asked.some((each) => each.includes('plan') && each.includes('"targets":[{"service":"nats","range":null}]')),
  );
});

test('what cannot be had ends with 1, what is so already with 0', async (t) => {
  const { daemon, call } = await scene(t);
  const reason = 'no source has nats@9';
  daemon.plan = { ...makePlan([]), nothing: [{ service: 'nats', reason, isRefused: true }] };
  const refused = await call('upgrade', 'nats@9', '-y');
  t.is(refused.code, 1);
  t.regex(refused.out, /nats: no source has nats@9/);
  t.is((await call('rollback', 'nats', '--json')).code, 1);
  daemon.plan = { ...makePlan([]), nothing: [{ service: 'nats', reason: '2.11.3 is the newest there is' }] };
  t.is((await call('upgrade', 'nats', '-y')).code, 0);
});

test('putting off is said to the daemon with the version it is about', async (t) => {
  const { daemon, call } = await scene(t);
  t.is((await call('upgrade', '--skip', 'nats')).code, 0);
  t.true(daemon.asked.includes('POST /v1/services/nats/defer {"kind":"skip","version":"2.11.3"}'));
  const again = await call('upgrade', '--again', 'nats');
  t.regex(again.out, /nats: 2\.11\.3 is offered again/);
  t.true(daemon.asked.includes('POST /v1/services/nats/defer {"kind":"none","version":"2.11.3"}'));
  const nothing = await call('upgrade', '--later', 'caddy');
  t.is(nothing.code, 1);
  t.regex(nothing.err, /nothing newer is known of caddy/);
});

test('rollback finds the change by its number or its version; history lists them', async (t) => {
  const { daemon, call } = await scene(t);
  daemon.history = [
    makeEntry('1'),
    makeEntry('2', { from: '2.11.3', to: '2.12.0', blockedBy: 'its store was rewritten' }),
    makeEntry('3', { service: 'caddy', result: 'returned', reason: 'it did not become ready: exited 3' }),
  ];
  t.is((await call('rollback', 'nats', '--to', '2.10.27', '--plan')).code, 0);
  t.true(daemon.asked.some((each) => each.includes('"kind":"rollback"') && each.endsWith('"to":"1"}')));
  const unknown = await call('rollback', 'nats', '--to', '9.9.9');
  t.is(unknown.code, 2);
  t.regex(unknown.err, /never went on from 9\.9\.9 \(it did from 2\.10\.27, 2\.11\.3\)/);
  const listed = await call('history', 'nats');
  t.regex(listed.out, /2\.10\.27 to 2\.11\.3 +ana +1\.2 s +done +to 2\.10\.27/);
  t.regex(listed.out, /its store was rewritten/);
  t.regex((await call('history', 'nope')).err, /no version of nope is in the history/);
  t.regex((await call('history')).out, /^3 .* went back +- +it did not become ready: exited 3$/m);
});
