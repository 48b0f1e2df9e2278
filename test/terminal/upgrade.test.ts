/**
Upgrades from the keyboard, on a real terminal, with the built booty: the daemon only tells, so that every turn of an
upgrade comes when the test wants it.
*/
import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { stackPaths } from '../../source/core/paths.ts';
import { createWorld } from '../../source/edge/world.ts';
import { startFakeDaemon } from '../fake-daemon.ts';
import { failing, makeFrame, shop } from '../tui/fake-stack.ts';
import { makeEntry, makeLook, makePlan, makeProgress, makeUpgradeRow, shopUpgrades } from '../tui/fake-upgrades.ts';
import { until } from '../until.ts';
import { makeBooty } from './booty.ts';
import { assertRestored, openScreen } from './screen.ts';

const open = async (t: ExecutionContext, size = { cols: 80, rows: 24 }) => {
  const booty = makeBooty(t);
  const { host } = createWorld();
  const { socket } = stackPaths({ ...host, environment: booty.environment }, 'shop');
  const row = { ...shop, daemon: { pid: 99, tied: false, onHangup: 'keep' as const } };
  const upgrades = makeLook(shopUpgrades.rows, { atMs: Date.now() });
  const first = makeFrame(row, { owner: false, upgrades, atMs: Date.now() });
  const daemon = await startFakeDaemon(t, { home: booty.home, socket, folder: booty.folder }, first, makePlan());
  const screen = openScreen(t, booty, ['tui', '--stack', 'shop'], size);
  await screen.shows(/nats +\S+ ready/);
  return { booty, daemon, screen, row };
};

/** Times as a daemon of now would give them. */
const now = (progress: ReturnType<typeof makeProgress>): ReturnType<typeof makeProgress> => {
  const shift = Date.now() - progress.startedAtMs - 12_000;
  const moved = (atMs: number | null) => (atMs === null ? null : atMs + shift);
  return {
    ...progress,
    startedAtMs: progress.startedAtMs + shift,
    steps: progress.steps.map((step) => ({
      ...step,
      startedAtMs: moved(step.startedAtMs),
      endedAtMs: moved(step.endedAtMs),
    })),
  };
};

const begins = (asked: readonly string[]) => asked.filter((each) => each.startsWith('POST /v1/upgrade {'));

for (const [cols, rows] of [
  [80, 24],
  [160, 50],
] as const) {
  test.serial(`at ${cols}x${rows}: u, the plan, y, each step live, the gate, done, and the way back`, async (t) => {
    const { daemon, screen } = await open(t, { cols, rows });
    await screen.shows('2 upgrades [U]');
    await screen.shows('2.11.3 is out, 2.10.27 runs');
    screen.press('u');
    await screen.shows('PLAN OF THE UPGRADE');
    await screen.shows('Upgrade nats to 2.11.3?');
    await screen.shows('about 1.2 s');
    screen.press('\r');
    screen.press('y');
    await until('it was asked for once', () => begins(daemon.asked).length === 1);
    daemon.tell({ upgrade: now(makeProgress(3)) });
    await screen.shows(/step 4 of 8/);
    await screen.shows(/› stop/);
    daemon.tell({ upgrade: now(makeProgress(6, { gateEndsAtMs: Date.now() + 3600 })) });
    await screen.shows(/4 s more; exit or failing probe: back to 2\.10\.27/);
    // The countdown goes on without a word of the daemon.
    await screen.shows(/2 s more/);
    daemon.tell({ upgrade: now(makeProgress(8, { result: 'done' })) });
    await screen.shows('UPGRADE of nats: done');
    await screen.shows('booty rollback nats');
    t.true(screen.rows().every((row) => row.length <= cols));
    screen.press('1');
    await screen.shows('it passed its gate');
    screen.press('q');
    t.is(await screen.ended(), 0);
    assertRestored(t, screen);
  });
}

test.serial('U, b, z, x and the history, each as its key says', async (t) => {
  const { daemon, screen } = await open(t);
  screen.press('U');
  await screen.shows('PLAN OF THE UPGRADE');
  await until('both are in the plan', () => daemon.asked.some((each) => /plan .*nats.*victoria-metrics/.test(each)));
  screen.press('\u001B');
  await screen.shows('LOG nats');
  screen.press('z');
  await screen.shows('put off for 24 hours');
  screen.press('x');
  await screen.shows('skipped; x takes that back');
  await until('both were said', () => daemon.asked.filter((each) => each.includes('defer')).length === 2);
  t.deepEqual(
    daemon.asked.filter((each) => each.includes('defer')).map((each) => each.slice('POST '.length)),
    [
      '/v1/services/nats/defer {"kind":"later","version":"2.11.3"}',
      '/v1/services/nats/defer {"kind":"skip","version":"2.11.3"}',
    ],
  );
  daemon.plan = { ...makePlan(), kind: 'rollback' };
  screen.press('G');
  await screen.shows('[b] back to 2.8.4');
  screen.press('b');
  await screen.shows('PLAN OF THE WAY BACK');
  screen.press('n');
  daemon.history = [makeEntry('1', { startedAtMs: Date.now() })];
  screen.press('7');
  await screen.shows(/2\.10\.27 to 2\.11\.3 by ana/);
  screen.press('q');
  t.is(await screen.ended(), 0);
  t.deepEqual(begins(daemon.asked), []);
});

test.serial('ctrl-c of a screen that does not own the stack leaves, and the upgrade goes on', async (t) => {
  const { daemon, screen } = await open(t);
  daemon.tell({ upgrade: now(makeProgress(3)) });
  await screen.shows('UPGRADING [6]');
  screen.press('\u0003');
  t.is(await screen.ended(), 0);
  assertRestored(t, screen);
  t.false(daemon.asked.some((each) => each.includes('cancel') || each.includes('down')));
});

test.serial('c ends the upgrade after y; what came of it stands beside the service', async (t) => {
  const { daemon, screen } = await open(t);
  daemon.tell({ upgrade: now(makeProgress(3)) });
  await screen.shows('UPGRADING [6]');
  screen.press('6c');
  await screen.shows('End the upgrade?');
  screen.press('y');
  await until('the daemon was asked', () => daemon.asked.includes('POST /v1/upgrade/cancel'));
  daemon.tell({ upgrade: now(makeProgress(3, { result: 'cancelled', message: 'ended before the switch' })) });
  await screen.shows('Not upgraded, 2.10.27 runs');
  screen.press('1');
  await screen.shows('Not upgraded, 2.10.27 runs');
  screen.press('q');
  t.is(await screen.ended(), 0);
});

test.serial('three in the morning: what failed, since which upgrade, by whom, and the key back', async (t) => {
  const { daemon, screen } = await open(t);
  const atMs = Date.now() - 500_000;
  daemon.history = [makeEntry('1', { service: 'vmagent', from: '1.112.0', to: '1.145.0', startedAtMs: atMs })];
  const suspect = { from: '1.112.0', to: '1.145.0', atMs, what: 'exited 2 five times' };
  const back = { version: '1.112.0', atMs, blockedBy: null, rollback: 'safe' as const };
  daemon.tell({ row: failing, upgrades: makeLook([makeUpgradeRow('vmagent', { current: '1.145.0', suspect, back })]) });
  await screen.shows('1 FAILED');
  await screen.shows(/by ana from\s+1\.112\.0\s+to\s+1\.145\.0/);
  await screen.shows(/The upgrade is\s+suspect/);
  await screen.shows('[b] back to 1.112.0');
  screen.press('q');
  t.is(await screen.ended(), 0);
});

test.serial('the history on 80 columns has whole IDs to go back to, and says why something went back', async (t) => {
  const { booty, daemon, screen } = await open(t);
  screen.press('q');
  await screen.ended();
  const reason = 'it did not pass its gate: exited 2, after 30 of 60 s';
  daemon.history = [
    makeEntry('20260102-020304-ab12', { startedAtMs: Date.now() }),
    makeEntry('20260102-030405-cd34', { result: 'returned', reason, startedAtMs: Date.now() }),
  ];
  const history = openScreen(t, booty, ['history', '--stack', 'shop'], { cols: 80, rows: 24 });
  t.is(await history.ended(), 0);
  const shown = history.rows().join(' ').replaceAll(/\s+/g, ' ');
  t.regex(
    shown,
    /20260102-020304-ab12 \S+ nats 2\.10\.27 to 2\.11\.3 by ana: done, 1\.2 s down; way back: to 2\.10\.27/,
  );
  t.regex(
    shown,
    /20260102-030405-cd34 \S+ nats 2\.10\.27 to 2\.11\.3 by ana: went back, .* exited 2, after 30 of 60 s/,
  );
});

test.serial('a stack that is down is planned for without starting any of it, and nothing stays', async (t) => {
  const booty = makeBooty(
    t,
    `
name: shop
services:
  db: {command: [sh, -c, 'echo started > started; sleep 1000']}
  metrics: {component: node-exporter}
`,
  );
  const { code, stdout, stderr } = await booty.run(['upgrade', 'metrics', '--plan'], {
    environment: { BOOTY_SOURCES: 'path', BOOTY_UPDATE_CHECK: '0' },
  });
  t.is(code, 0, stderr);
  t.regex(stdout, /NOTHING TO DO\s+metrics: /);
  t.false(existsSync(`${booty.folder}/started`));
  await until('the daemon is gone', () => booty.processes().length === 0);
});
