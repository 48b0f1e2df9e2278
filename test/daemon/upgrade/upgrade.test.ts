/** Upgrades of a stand-in server by a whole daemon: what holds, what is put back, and what a killed daemon leaves. */
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'ava';
import type { Journal } from '../../../source/core/upgrade/journal.ts';
import { thoroughInTurn, whenThorough } from '../../thorough.ts';
import { until } from '../../until.ts';
import { apart, openAt, openShop, shownOf } from './shop.ts';

const short = { kill: test.serial, when: '' };
const long = { kill: thoroughInTurn, when: whenThorough };

const asked = { kind: 'upgrade', targets: [{ service: 'prom', range: null }] } as const;
const ask = { ...asked, who: 'ana' };

test('an upgrade that holds is locked, remembered, and can be taken back with the data of before', async (t) => {
  const shop = await openAt(t, 'obeys');
  const before = shop.written();
  const look = await shop.client.upgrades(true);
  t.like(look.rows[0], { current: '1.0.0', inRange: '2.0.0', rollback: 'needs-snapshot', back: null });
  const plan = await shop.client.planUpgrade(asked);
  t.deepEqual(
    plan.steps.map(({ kind }) => kind),
    ['fetch', 'check-version', 'check-config', 'stop', 'snapshot', 'switch', 'start', 'gate'],
  );
  await shop.client.upgrade(ask);
  t.like(await shop.settled(2), { result: 'done', from: '1.0.0', to: '2.0.0', who: 'ana', blockedBy: null });
  t.is(await shop.version(), '2.0.0');
  t.is(shop.locked(), '2.0.0');
  t.is(shop.written(), `${before}2.0.0\n`);
  const putAway = (): Promise<void> =>
    until('the record is put away', () => !existsSync(join(shop.home, 'stacks/shop/run/upgrade.json')));
  await putAway();

  t.like((await shop.client.upgrades(false)).rows[0], { inRange: null, back: { version: '1.0.0', blockedBy: null } });
  const stop = (await shownOf(shop))?.steps.find(({ kind }) => kind === 'stop');
  t.is(stop?.message, 'exited 0');
  // What was measured once is what a plan says from then on.
  const { downMs } = (await shop.client.history()).at(-1) ?? {};
  t.is((await shop.client.planUpgrade({ ...asked, kind: 'rollback' })).subjects[0]?.downtimeMs, downMs);
  await shop.client.upgrade({ ...ask, kind: 'rollback' });
  t.like(await shop.settled(3), { kind: 'rollback', result: 'done', to: '1.0.0' });
  t.is(shop.locked(), '1.0.0');
  t.is(shop.written(), `${before}1.0.0\n`);
  await putAway();
  // Nobody is asked by itself to go where somebody just came back from.
  t.is((await shop.client.upgrades(false)).rows[0]?.tried?.why, 'ana went back to 1.0.0');
  t.is((await shop.client.ps()).services[0]?.upgrade, null);
  // And forth again: what the newer version had written was kept.
  await shop.client.upgrade({ ...ask, kind: 'rollback' });
  t.like(await shop.settled(4), { kind: 'rollback', result: 'done', to: '2.0.0' });
  t.is(shop.written(), `${before}2.0.0\n2.0.0\n`);
});

/** It is not started again, so nobody is told when. */
const reasons = {
  'exits at once': /^it did not become ready: exited 3$/,
  'is never ready': /^cancelled$/,
  'dies when ready': /exited 9(, after 0 of 0 s; its data was put back .* what 2\.0\.0 wrote is in \/.*-failed)?$/,
  'eats the data': /^cancelled$/,
} as const;

for (const behaviour of ['exits at once', 'is never ready', 'dies when ready', 'eats the data'] as const) {
  test(`a new version that ${behaviour} is put back, its data as before`, async (t) => {
    const shop = await openAt(t, behaviour);
    const before = shop.written();
    await shop.client.upgrade(ask);
    if (behaviour === 'is never ready' || behaviour === 'eats the data') {
      await until('the new version runs', async () => (await shop.version()) === '2.0.0');
      await shop.client.cancelUpgrade();
    }
    const entry = await shop.settled(2);
    t.is(entry.result, 'returned');
    t.regex(entry.reason ?? '', reasons[behaviour]);
    t.is(await shop.version(), '1.0.0');
    t.is(shop.locked(), '1.0.0');
    // The version before has started on it once more.
    t.is(shop.written(), `${before}1.0.0\n`);
    t.is((await shop.client.ps()).services[0]?.state, 'ready');
    // What did not hold is not offered by itself again, and whoever asks for it is told; what a person ended is.
    const isByItself = behaviour === 'exits at once' || behaviour === 'dies when ready';
    const [row] = (await shop.client.upgrades(false)).rows;
    t.is(row?.tried?.why ?? null, isByItself ? entry.reason : null);
    t.is((await shop.client.ps()).services[0]?.upgrade, isByItself ? null : '2.0.0');
    const [subject] = (await shop.client.planUpgrade(asked)).subjects;
    t.is(subject?.to, '2.0.0');
    t.is(
      subject?.notices.some((notice) => notice.startsWith('2.0.0 was taken back 20')),
      isByItself,
    );
  });
}

test('the time a version that was taken back answered in its gate is no down time', async (t) => {
  const shop = openShop(t);
  await shop.daemon('obeys', '', 60_000);
  await shop.up(apart.first);
  await shop.client.upgrade({ ...ask, targets: [{ service: 'prom', range: '^2' }] });
  const stepOf = async (kind: string) => (await shownOf(shop))?.steps.find((step) => step.kind === kind);
  await until('its gate is open', async () => (await stepOf('gate'))?.state === 'running');
  const openedAtMs = (await stepOf('gate'))?.startedAtMs ?? 0;
  await until('it has answered for a while', () => Date.now() > openedAtMs + 500);
  await shop.client.cancelUpgrade();
  const entry = await shop.settled(2);
  const [stop, gate] = [await stepOf('stop'), await stepOf('gate')];
  const openMs = (gate?.endedAtMs ?? 0) - openedAtMs;
  t.true(openMs >= 500);
  t.true((entry.downMs ?? 0) > 0);
  t.true((entry.downMs ?? 0) <= entry.endedAtMs - (stop?.startedAtMs ?? 0) - openMs + 50);
});

test('a new version that refuses the configuration changes nothing, and its words are told', async (t) => {
  const shop = await openAt(t, 'refuses the config');
  const before = shop.written();
  const { pid } = (await shop.client.ps()).services[0] ?? {};
  await shop.client.upgrade(ask);
  const entry = await shop.settled(2);
  t.is(entry.result, 'cancelled');
  t.regex(entry.reason ?? '', /refuses the configuration: unknown field "foo"/);
  t.is((await shop.client.ps()).services[0]?.pid, pid);
  t.is(shop.written(), before);
  t.is(shop.locked(), '1.0.0');
});

test('a plan says of what it does not do whether it is so already or cannot be, and takes a service once', async (t) => {
  const shop = await openAt(t, 'obeys');
  const nothingOf = async (kind: 'upgrade' | 'rollback', range: string | null) =>
    (await shop.client.planUpgrade({ kind, targets: [{ service: 'prom', range }] })).nothing[0];
  t.like(await nothingOf('upgrade', '1.0.0'), { reason: '1.0.0 is the newest there is', isRefused: false });
  t.like(await nothingOf('upgrade', '9'), { reason: 'no source has prometheus@9', isRefused: true });
  t.like(await nothingOf('rollback', null), { reason: 'it was never upgraded', isRefused: true });
  const [target] = asked.targets;
  const twice = await shop.client.planUpgrade({ kind: 'upgrade', targets: [target, { ...target, range: '3' }] });
  t.deepEqual(
    twice.subjects.map(({ to }) => to),
    ['2.0.0'],
  );
});

test('one upgrade at a time, and nothing else is done to its service meanwhile', async (t) => {
  const shop = await openAt(t, 'obeys');
  await shop.client.upgrade(ask);
  await t.throwsAsync(() => shop.client.upgrade(ask), { code: 'UPGRADE_BUSY' });
  await t.throwsAsync(() => shop.client.service('prom', 'restart'), { code: 'UPGRADE_BUSY' });
  t.like(await shop.settled(2), { result: 'done' });
  const codeNow = (): Promise<string> =>
    shop.client.upgrade(ask).then(
      () => 'begun',
      (error: unknown) => (error as { readonly code: string }).code,
    );
  await until('there is nothing left to do', async () => (await codeNow()) === 'UPGRADE_NOTHING');
});

test('what was put off is not offered, also by the next daemon', async (t) => {
  const shop = await openAt(t, 'obeys');
  await shop.client.upgrades(true);
  t.is((await shop.client.ps()).services[0]?.upgrade, '2.0.0');
  await shop.client.deferUpgrade('prom', { kind: 'skip' });
  t.is((await shop.client.ps()).services[0]?.upgrade, null);
  await shop.client.down({ force: 0, graceMsMax: null });
  await until('the daemon is gone', () =>
    shop.client.ps().then(
      () => false,
      () => true,
    ),
  );
  await shop.daemon('obeys');
  await shop.up(apart.next);
  t.like((await shop.client.upgrades(false)).rows[0], {
    inRange: '2.0.0',
    deferred: { kind: 'skip', version: '2.0.0' },
  });
  t.is((await shop.client.ps()).services[0]?.upgrade, null);
});

test('an end nobody asked for after a passed gate names the upgrade as suspect, also while it runs again', async (t) => {
  const shop = await openAt(t, 'obeys');
  await shop.client.upgrade(ask);
  await shop.settled(2);
  const one = async () => (await shop.client.ps()).services[0];
  const suspect = async () => (await shop.client.upgrades(false)).rows[0]?.suspect ?? null;
  t.is(await suspect(), null);
  const { pid } = (await one()) ?? {};
  process.kill(pid ?? 0, 'SIGSEGV');
  await until('it runs again', async () => {
    const row = await one();
    return row?.state === 'ready' && row.pid !== pid;
  });
  t.like(await suspect(), { from: '1.0.0', to: '2.0.0', what: 'killed by SIGSEGV' });
  await until('its record is put away', () => !existsSync(join(shop.home, 'stacks/shop/run/upgrade.json')));
  // Whoever starts it anew looks at it with their own eyes.
  await shop.client.service('prom', 'restart');
  await until('it was started anew', async () => (await one())?.state === 'ready' && (await suspect()) === null);
  t.pass();
});

for (const dieAt of ['fetch', 'check-config', 'stop', 'snapshot', 'switch', 'start', 'gate'].flatMap((kind) => [
  `${kind}:running`,
  `${kind}:done`,
])) {
  // A step that is done and the next one that is not begun are much the same to a successor.
  const { kill, when } = dieAt.endsWith(':done') ? long : short;
  kill(
    `a daemon killed at ${dieAt} leaves a service that its successor brings to one version or the other${when}`,
    async (t) => {
      const shop = openShop(t);
      const first = await shop.daemon('obeys', dieAt);
      await shop.up(apart.first);
      await shop.up(apart.next);
      const before = shop.written();
      await shop.client.upgrade(ask).catch(() => undefined);
      if (first.exitCode === null && first.signalCode === null) await once(first, 'exit');
      await shop.daemon('obeys');
      const entry = await shop.settled(2);
      await until('it is ready', async () => (await shop.client.ps()).services[0]?.state === 'ready');
      const version = entry.result === 'done' ? '2.0.0' : '1.0.0';
      t.is(await shop.version(), version);
      t.is(shop.locked(), version);
      t.true(shop.written().startsWith(before));
      t.is(shop.written().includes('2.0.0'), entry.result === 'done');
      await until('the record is put away', () => !existsSync(join(shop.home, 'stacks/shop/run/upgrade.json')));
    },
  );
}

test.serial('a service that ran on while its daemon was replaced in the gate was down no longer for it', async (t) => {
  const shop = await openAt(t, 'obeys', 'gate:running');
  await shop.client.upgrade(ask).catch(() => undefined);
  if (shop.first.exitCode === null && shop.first.signalCode === null) await once(shop.first, 'exit');
  const journal = JSON.parse(readFileSync(join(shop.home, 'stacks/shop/run/upgrade.json'), 'utf8')) as Journal;
  await shop.daemon('obeys');
  await shop.settled(2);
  const { frames } = await shop.client.session({ type: 'hello', client: 'test', own: false, onHangup: 'keep' });
  for await (const frame of frames) {
    if (frame.type !== 'state' || frame.upgrade?.result !== 'done') continue;
    const startOf = (steps: Journal['steps']) => steps.find(({ kind }) => kind === 'start')?.endedAtMs;
    t.is(startOf(frame.upgrade.steps), startOf(journal.steps));
    t.not(startOf(journal.steps), null);
    break;
  }
});

for (const behaviour of ['exits at once', 'dies when ready'] as const) {
  const { kill, when } = behaviour === 'dies when ready' ? long : short;
  for (const dieAt of ['any:failed', 'lock:returned', 'history:returned']) {
    kill(
      `a daemon killed at ${dieAt}, on its way back from a version that ${behaviour}, has a successor that gets there${when}`,
      async (t) => {
        const shop = openShop(t);
        const first = await shop.daemon(behaviour, dieAt);
        await shop.up(apart.first);
        await shop.up(apart.next);
        const before = shop.written();
        await shop.client.upgrade(ask).catch(() => undefined);
        if (first.exitCode === null && first.signalCode === null) await once(first, 'exit');
        t.is(first.signalCode, 'SIGKILL');
        const left = shop.written();
        await shop.daemon(behaviour);
        t.is((await shop.settled(2)).result, 'returned');
        await until('it is ready', async () => (await shop.client.ps()).services[0]?.state === 'ready');
        t.is(await shop.version(), '1.0.0');
        t.is(shop.locked(), '1.0.0');
        t.regex(shop.written(), new RegExp(`^${before}(1\\.0\\.0\n)+$`));
        // What the version before wrote since it was put back stays.
        if (dieAt === 'history:returned') t.true(shop.written().startsWith(left));
        await until('the record is put away', () => !existsSync(join(shop.home, 'stacks/shop/run/upgrade.json')));
      },
    );
  }
}
