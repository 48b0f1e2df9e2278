/** Which version runs when booty.yaml or the lock says another than the one that runs, or that ran last on the data. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { until } from '../../until.ts';
import { alike, apart, openShop, type Shop } from './shop.ts';

const firstOf = async ({ client }: Shop) => (await client.ps()).services[0];

/** Takes the stack down with its daemon and begins anew with another one. */
const again = async (shop: Shop): Promise<void> => {
  await shop.client.down({ force: 0, graceMsMax: null });
  const gone = (): Promise<boolean> =>
    shop.client.ps().then(
      () => false,
      () => true,
    );
  await until('the daemon is gone', gone);
  await shop.daemon('obeys');
};

test('a range written anew that what runs lies in restarts nothing; one that it lies out of does, and history tells', async (t) => {
  const shop = openShop(t);
  await shop.daemon('obeys');
  await shop.up(apart.first);
  const { pid } = (await firstOf(shop)) ?? {};
  await shop.up(apart.next);
  t.like(await firstOf(shop), { pid, version: '1.0.0' });
  await shop.asks('^2');
  await until('the newer one runs', async () => {
    const row = await firstOf(shop);
    return row?.state === 'ready' && row.version === '2.0.0';
  });
  t.is(shop.locked(), '2.0.0');
  const entry = await shop.settled(2);
  t.like(entry, { kind: 'install', from: '1.0.0', to: '2.0.0', who: 'booty up' });
  t.regex(entry.blockedBy ?? '', /booty\.yaml or the lock changed it/);
});

test('an older lock does not put an older server on what a newer one wrote, running or not, until a person says so', async (t) => {
  const shop = openShop(t);
  await shop.daemon('obeys');
  await shop.up(apart.first);
  const older = readFileSync(shop.lockFile, 'utf8');
  await shop.client.upgrade({ kind: 'upgrade', targets: [{ service: 'prom', range: '^2' }], who: 'ana' });
  await shop.settled(2);
  const { pid } = (await firstOf(shop)) ?? {};
  writeFileSync(shop.lockFile, older);
  await until('the upgrade is put away', () =>
    shop.up(apart.next).then(
      () => true,
      () => false,
    ),
  );
  t.like(await firstOf(shop), { pid, version: '2.0.0' });

  const refused = async (): Promise<void> => {
    writeFileSync(shop.lockFile, older);
    await again(shop);
    const written = shop.written();
    await shop.asks(apart.next);
    await until('it was refused', async () => (await firstOf(shop))?.state === 'failed');
    t.regex(
      (await firstOf(shop))?.reason ?? '',
      /last written by 2\.0\.0, and 1\.0\.0 may not be able.*upgrade prom@2/,
    );
    t.is(shop.written(), written);
  };
  await refused();
  // What it says to type leads on; that it had failed before is not held against the newer one.
  await shop.client.upgrade({ kind: 'upgrade', targets: [{ service: 'prom', range: '2.0.0' }], who: 'ana' });
  t.like(await shop.settled(3), { result: 'done', from: '1.0.0', to: '2.0.0' });
  t.like(await firstOf(shop), { state: 'ready', version: '2.0.0' });
  await refused();
  rmSync(join(shop.home, 'stacks/shop/data-versions/prom'));
  await shop.client.service('prom', 'start');
  await until('the older one runs', async () => (await firstOf(shop))?.state === 'ready');
  t.is((await firstOf(shop))?.version, '1.0.0');
});

test('where any version reads the data, the lock decides, and `up` obeys it', async (t) => {
  const shop = openShop(t);
  await shop.daemon('obeys');
  await shop.up(alike.first);
  const older = readFileSync(shop.lockFile, 'utf8');
  await again(shop);
  await shop.up(alike.next);
  t.is((await firstOf(shop))?.version, alike.old);
  await shop.client.upgrade({ kind: 'upgrade', targets: [{ service: 'prom', range: null }], who: 'ana' });
  const { to } = await shop.settled(2);
  t.is((await firstOf(shop))?.version, to);
  writeFileSync(shop.lockFile, older);
  await until('it is back', async () => {
    await shop.asks(alike.next).catch(() => undefined);
    const row = await firstOf(shop);
    return row?.state === 'ready' && row.version === alike.old;
  });
  t.is(shop.locked(), alike.old);
});
