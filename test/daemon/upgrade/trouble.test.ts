/** Upgrades that meet trouble: a full disk, a stack that goes down, a machine that starts anew, versions that lie. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Session } from '../../../source/api/protocol.ts';
import { removeTree } from '../../remove-tree.ts';
import { until } from '../../until.ts';
import { alike, apart, openAt, type Pair, type Shop, shownOf } from './shop.ts';
import { thoroughInTurn, whenThorough } from '../../thorough.ts';

const ask = { kind: 'upgrade', targets: [{ service: 'prom', range: null }], who: 'ana' } as const;
const stateOf = async ({ client }: Shop): Promise<string | undefined> => (await client.ps()).services[0]?.state;
const isPutAway = ({ home }: Shop): boolean => !existsSync(join(home, 'stacks/shop/run/upgrade.json'));

for (const [name, pair] of Object.entries({ apart, alike }) as [string, Pair][]) {
  thoroughInTurn(
    `a version that eats the data and is ready does not pass its gate: ${name}${whenThorough}`,
    async (t) => {
      const shop = await openAt(t, 'eats the data and is ready', '', pair);
      const before = shop.written();
      await shop.client.upgrade(ask);
      const entry = await shop.settled(2);
      t.is(entry.result, 'returned');
      t.regex(entry.reason ?? '', /gate: its data shrank from 9 KiB to 1 KiB/);
      t.is(await shop.version(), pair.old);
      t.is(shop.written(), `${before}${pair.old}\n`);
      t.is(statSync(join(shop.home, 'stacks/shop/data/prom/ballast')).size, 8_192);
    },
  );

  thoroughInTurn(`a version that dies half-way through its gate is put back: ${name}${whenThorough}`, async (t) => {
    const shop = await openAt(t, 'dies half-way through its gate', '', pair);
    const before = shop.written();
    await shop.client.upgrade(ask);
    const entry = await shop.settled(2);
    t.is(entry.result, 'returned');
    t.regex(entry.reason ?? '', /did not pass its gate: exited with code 9|did not pass its gate: .*9/);
    t.is(await shop.version(), pair.old);
    // What the newer one acknowledged stays where the older one can read it.
    const kept = pair === alike ? `${before}3.1.0\n` : before;
    t.is(shop.written(), `${kept}${pair.old}\n`);
  });
}

test.serial('where there is no room for the snapshot, nothing is stopped', async (t) => {
  const shop = await openAt(t, 'obeys', 'no space');
  const before = shop.written();
  const { pid } = (await shop.client.ps()).services[0] ?? {};
  await shop.client.upgrade(ask);
  const entry = await shop.settled(2);
  t.is(entry.result, 'cancelled');
  t.regex(entry.reason ?? '', /snapshot|room|space/);
  t.is((await shop.client.ps()).services[0]?.pid, pid);
  t.is(shop.written(), before);
  t.is(shop.locked(), apart.old);
});

test.serial('where a copy would help and there is little room, an upgrade that needs none goes without', async (t) => {
  const shop = await openAt(t, 'obeys', 'little room', alike);
  const [subject] = (await shop.client.planUpgrade({ kind: 'upgrade', targets: ask.targets })).subjects;
  t.is(subject?.snapshot, null);
  await shop.client.upgrade(ask);
  t.is((await shop.settled(2)).result, 'done');
  t.is(await shop.version(), '3.1.0');
});

thoroughInTurn(
  `where the disk is full in the midst of the snapshot, the old version runs on its own data${whenThorough}`,
  async (t) => {
    const shop = await openAt(t, 'obeys', 'no copy');
    const before = shop.written();
    await shop.client.upgrade(ask);
    const entry = await shop.settled(2);
    t.is(entry.result, 'cancelled');
    t.regex(entry.reason ?? '', /cannot be copied: cp: error writing: No space left on device/);
    // The new version never ran: what the old one said is not told as its last words.
    t.deepEqual((await shownOf(shop))?.lastWords, []);
    t.is(await stateOf(shop), 'ready');
    t.is(shop.written(), `${before}${apart.old}\n`);
  },
);

const isDown = async ({ client }: Shop): Promise<boolean> =>
  client.ps().then(
    () => false,
    () => true,
  );

/** What the daemon says when its stack is down. */
const endOf = async ({ frames }: Session): Promise<string> => {
  for await (const frame of frames) if (frame.type === 'ended') return frame.message;
  return 'the session ended before the stack did';
};

for (const behaviour of ['obeys', 'is never ready'] as const) {
  thoroughInTurn(
    `a stack that goes down while ${behaviour} goes on with its upgrade at the next up${whenThorough}`,
    async (t) => {
      const shop = await openAt(t, behaviour);
      const before = shop.written();
      await shop.client.upgrade(ask);
      await until('the new version runs', async () => (await shop.version()) === '2.0.0', 60_000);
      const ended = endOf(await shop.client.session({ type: 'hello', client: 'test', own: false, onHangup: 'keep' }));
      await shop.client.down({ force: 0, graceMsMax: null });
      t.regex(await ended, /data stays; the upgrade of prom was cut short: the next booty up brings it to its end/);
      await until('the daemon is gone', () => isDown(shop), 60_000);
      await shop.daemon(behaviour);
      const up = shop.up(apart.next);
      if (behaviour === 'is never ready') {
        await until('it is started again', async () => (await stateOf(shop)) === 'starting', 60_000);
        await until(
          'it can be ended',
          async () => {
            await shop.client.cancelUpgrade();
            return (await shop.client.history()).length >= 2;
          },
          60_000,
        );
      }
      const entry = await shop.settled(2);
      await up;
      t.is(entry.result, behaviour === 'obeys' ? 'done' : 'returned');
      const version = behaviour === 'obeys' ? '2.0.0' : '1.0.0';
      t.is(await shop.version(), version);
      t.is(shop.locked(), version);
      t.true(shop.written().startsWith(before));
      t.is(shop.written().includes('2.0.0'), behaviour === 'obeys');
      await until('the record is put away', () => isPutAway(shop));
    },
  );
}

test.serial(
  'an upgrade beyond the range of the definition stays: an older version never runs on its data',
  async (t) => {
    const shop = await openAt(t, 'obeys', '', { ...apart, next: '^1' });
    await shop.client.upgrade({ ...ask, targets: [{ service: 'prom', range: '2' }] });
    t.like(await shop.settled(2), { result: 'done', to: '2.0.0' });
    await until('the record is put away', () => isPutAway(shop));
    // The next daemon knows the definition only, whose range does not name what runs.
    const before = shop.first;
    process.kill(before.pid ?? 0, 'SIGKILL');
    await once(before, 'exit');
    await shop.daemon('obeys');
    const pidOf = async () => (await shop.client.ps()).services[0]?.pid;
    const pid = await pidOf();
    await shop.client.service('prom', 'restart');
    await until('it was started anew', async () => (await stateOf(shop)) === 'ready' && (await pidOf()) !== pid);
    t.is(await shop.version(), '2.0.0');
    await shop.client.down({ force: 0, graceMsMax: null });
    await until('the daemon is gone', () => isDown(shop));
    await shop.daemon('obeys');
    await shop.up('^1');
    t.is(await shop.version(), '2.0.0');
    t.regex(shop.written(), /^(1\.0\.0\n)+(2\.0\.0\n){3}$/);
    const [row] = (await shop.client.upgrades(false)).rows;
    t.true(row?.notices.includes('2.0.0 is outside ^1 of booty.yaml: change version: there'));
  },
);

test.serial(
  'where neither version runs there is a way back once the trouble is over, with the data of before',
  async (t) => {
    const shop = await openAt(t, 'dies half-way through its gate');
    const before = shop.written();
    await shop.client.upgrade(ask);
    await until('the new version runs', async () => (await shop.version()) === '2.0.0');
    writeFileSync(join(shop.home, 'gone'), '');
    removeTree(join(shop.home, 'store/prometheus/1.0.0'));
    const entry = await shop.settled(2);
    t.like(entry, { result: 'failed', blockedBy: null });
    t.regex(entry.reason ?? '', /and 1\.0\.0 does not come back: .*its source is gone/);
    t.is((await shop.client.upgrades(false)).rows[0]?.back?.version, '1.0.0');
    await until('the record is put away', () => isPutAway(shop));
    rmSync(join(shop.home, 'gone'));
    await shop.client.upgrade({ ...ask, kind: 'rollback' });
    t.like(await shop.settled(3), { kind: 'rollback', result: 'done', to: '1.0.0' });
    t.is(shop.written(), before);
    await shop.client.service('prom', 'start');
    await until('it runs', async () => (await stateOf(shop)) === 'ready');
    t.is(shop.written(), `${before}1.0.0\n`);
  },
);

/** Of this shop's server, its shim and whoever else was started for it. */
const processesOf = ({ home }: Shop): readonly number[] =>
  readdirSync('/proc').flatMap((name) => {
    try {
      const isOwn = /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(home);
      return isOwn ? [Number(name)] : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });

/** As a machine leaves it that lost its power: no process is left, and all that was written down is of another boot. */
const startMachineAnew = async (shop: Shop): Promise<void> => {
  await until(
    'no process is left',
    () => {
      const left = processesOf(shop);
      for (const pid of left) process.kill(pid, 'SIGKILL');
      return left.length === 0;
    },
    60_000,
  );
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const run = join(shop.home, 'stacks/shop/run');
  for (const name of readdirSync(run)) {
    const file = join(run, name);
    if (!statSync(file).isFile()) continue;
    const text = readFileSync(file, 'latin1');
    if (text.includes(bootId))
      writeFileSync(file, text.replaceAll(bootId, bootId.replace(/^.{8}/, '0badb007')), 'latin1');
  }
};

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;

for (const dieAt of ['stop:done', 'snapshot:done', 'switch:done', 'gate:running']) {
  onLinux(`a machine that starts anew after ${dieAt} has one version or the other on its own data`, async (t) => {
    const shop = await openAt(t, 'obeys', dieAt);
    const before = shop.written();
    await shop.client.upgrade(ask).catch(() => undefined);
    if (shop.first.exitCode === null && shop.first.signalCode === null) await once(shop.first, 'exit');
    t.is(shop.first.signalCode, 'SIGKILL', `it ended with ${shop.first.exitCode}`);
    await startMachineAnew(shop);
    await shop.daemon('obeys');
    await shop.up(apart.next);
    const entry = await shop.settled(2);
    const isSwitched = dieAt === 'switch:done' || dieAt === 'gate:running';
    t.is(entry.result, isSwitched ? 'done' : 'cancelled');
    const version = isSwitched ? '2.0.0' : '1.0.0';
    await until('it is ready', async () => (await stateOf(shop)) === 'ready', 60_000);
    t.is(await shop.version(), version);
    t.is(shop.locked(), version);
    t.true(shop.written().startsWith(before));
    t.is(shop.written().includes('2.0.0'), isSwitched);
    await until('the record is put away', () => isPutAway(shop));
  });
}

onLinux(
  'a machine that starts anew gives another program the port of booty itself: the stack takes another',
  async (t) => {
    const shop = await openAt(t, 'obeys');
    const portOf = (): number => {
      const text = readFileSync(join(shop.home, 'stacks/shop/run/run.json'), 'utf8');
      return (JSON.parse(text) as { readonly ports: { readonly booty: { readonly metrics: number } } }).ports.booty
        .metrics;
    };
    const port = portOf();
    shop.first.kill('SIGKILL');
    await once(shop.first, 'exit');
    await startMachineAnew(shop);
    const stranger = createServer().listen(port, '127.0.0.1');
    await once(stranger, 'listening');
    t.teardown(() => stranger.close());
    await shop.daemon('obeys');
    await shop.up(apart.next);
    await until('another port is remembered', () => portOf() !== port);
    t.regex(await (await fetch(`http://127.0.0.1:${portOf()}/metrics`)).text(), /^booty_/m);
  },
);

for (const dieAt of ['stop:done', 'restore:running', 'restore:done', 'switch:done', 'start:running', 'gate:running']) {
  thoroughInTurn(
    `a daemon killed at ${dieAt} of a way back leaves one version or the other, each with its data${whenThorough}`,
    async (t) => {
      const shop = await openAt(t, 'obeys', `back/${dieAt}`);
      const before = shop.written();
      await shop.client.upgrade(ask);
      t.is((await shop.settled(2)).result, 'done');
      const refusal = (): Promise<string> =>
        shop.client.upgrade({ ...ask, kind: 'rollback' }).then(
          () => '',
          (error: unknown) => String((error as { readonly code?: string }).code),
        );
      await until('the way back is begun', async () => (await refusal()) !== 'UPGRADE_BUSY', 60_000);
      if (shop.first.exitCode === null && shop.first.signalCode === null) await once(shop.first, 'exit');
      t.is(shop.first.signalCode, 'SIGKILL', `it ended with ${shop.first.exitCode}`);
      await shop.daemon('obeys');
      const entry = await shop.settled(3);
      await until('it is ready', async () => (await stateOf(shop)) === 'ready', 60_000);
      const version = entry.result === 'done' ? '1.0.0' : '2.0.0';
      t.is(await shop.version(), version);
      t.is(shop.locked(), version);
      t.regex(shop.written(), new RegExp(`^${before}(${version}\n)+$`));
      await until('the record is put away', () => isPutAway(shop));
    },
  );
}

test.serial('of two upgrades asked at once, one is begun', async (t) => {
  const shop = await openAt(t, 'obeys');
  const asked = await Promise.allSettled([shop.client.upgrade(ask), shop.client.upgrade({ ...ask, who: 'bea' })]);
  t.deepEqual(asked.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const refused = asked.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  t.like(refused.reason, { code: 'UPGRADE_BUSY' });
  t.is((await shop.settled(2)).result, 'done');
  await until('the record is put away', () => isPutAway(shop));
  t.is((await shop.client.history()).length, 2);
});

thoroughInTurn(
  `a daemon killed right after it has remembered the end leaves it remembered once${whenThorough}`,
  async (t) => {
    const shop = await openAt(t, 'obeys', 'history:written');
    await shop.client.upgrade(ask).catch(() => undefined);
    if (shop.first.exitCode === null && shop.first.signalCode === null) await once(shop.first, 'exit');
    t.is(shop.first.signalCode, 'SIGKILL', `it ended with ${shop.first.exitCode}`);
    await shop.daemon('obeys');
    await until('the record is put away', () => isPutAway(shop), 60_000);
    t.deepEqual(
      (await shop.client.history()).map(({ kind, result }) => `${kind} ${result}`),
      ['install done', 'upgrade done'],
    );
    t.is(await shop.version(), '2.0.0');
  },
);
