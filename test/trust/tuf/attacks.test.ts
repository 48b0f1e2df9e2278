/** What a client of a remote registry refuses: every attack of TUF's list is tried on a real server. */
import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createKeys, rotateKey } from '../../../source/trust/tuf/keys.ts';
import { clock, files, newHome } from '../../store/world.ts';
import { refusal } from './refusal.ts';
import { newClient, newPair, newSite, widgets } from './site.ts';

const dayMs = 86_400_000;

test('rollback: metadata of before is not taken again', async (t) => {
  const { site, client } = await newPair(t, ['1.0.0', '1.1.0']);
  const before = await site.snapshot();
  await site.sign(['1.0.0']);
  await client.update();
  t.deepEqual(await client.versions(), ['1.0.0']);
  for (const [path, bytes] of before) site.answers.set(path, bytes);
  site.answers.set('metadata/2.snapshot.json', null);
  site.answers.set('metadata/2.targets.json', null);
  const found = await refusal(client);
  t.is(found.attack, 'rollback', found.text);
  t.regex(found.text, /older metadata than was seen before: New timestamp version 1 is less than current version 2/);
  t.deepEqual(await client.versions(), ['1.0.0']);
});

test('rollback of the targets alone, under a newer timestamp, is not taken either', async (t) => {
  const { site, client } = await newPair(t, ['1.0.0']);
  const before = await site.snapshot();
  await site.sign(['1.0.0', '1.1.0']);
  await client.update();
  // A thief of the snapshot and timestamp keys, and not of the targets key, brings back the old targets.
  const metadata = join(site.folder, 'metadata');
  await rename(join(metadata, '2.targets.json'), join(metadata, 'gone'));
  await writeFile(join(metadata, '1.targets.json'), before.get('metadata/1.targets.json') ?? '');
  await writeFile(join(site.folder, 'registry.json'), widgets(['1.0.0']));
  const { versions } = await site.sign();
  t.deepEqual([versions.targets, versions.snapshot, versions.timestamp], [1, 2, 3]);
  t.is((await refusal(client)).code, 'nothing', 'without newer metadata nothing is fetched');
  const { versions: next } = await site.sign(undefined, { asked: ['snapshot'] });
  t.deepEqual([next.targets, next.snapshot], [1, 3]);
  const found = await refusal(client);
  t.regex(found.text, /targets\.json is less than current version 2/);
  t.is(found.attack, 'rollback');
  t.deepEqual(await client.versions(), ['1.0.0', '1.1.0']);
});

test('freeze: metadata that expired is not taken, however well it is signed', async (t) => {
  const { site, client } = await newPair(t);
  for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
    // Signed long ago, and kept back ever since.
    await site.sign(['1.0.0', '1.1.0'], {
      nowMs: clock.nowMs() - 10 * dayMs,
      lifetimes: { [role]: dayMs },
      asked: [role],
    });
    const found = await refusal(client);
    t.is(found.attack, 'frozen', `${role}: ${found.text}`);
    t.regex(found.text, new RegExp(`${role}\\.json has expired`));
    t.deepEqual(await client.versions(), ['1.0.0']);
    await site.sign(undefined, { asked: [role] });
  }
  await client.update();
  t.deepEqual(await client.versions(), ['1.0.0', '1.1.0']);
});

test('freeze: the same timestamp again and again is good until it expires', async (t) => {
  const site = await newSite(t);
  const client = await newClient(t, site, await site.sign(['1.0.0'], { lifetimes: { timestamp: 600_000 } }));
  await client.update();
  await client.update();
  const { freshness } = await client.layer();
  const expiresAtMs = freshness?.expiresAtMs ?? 0;
  t.true(expiresAtMs > clock.nowMs() && expiresAtMs <= clock.nowMs() + 600_000);
});

test('mix and match: parts of different times do not go together', async (t) => {
  const { site, client } = await newPair(t, ['1.0.0']);
  await site.sign(['1.0.0', '1.1.0']);
  const second = await site.snapshot();
  await site.sign(['1.0.0', '1.1.0', '1.2.0']);
  const third = await site.snapshot();
  for (const [path, bytes] of [
    // The new timestamp names a snapshot, and another one is sent under its name.
    ['metadata/3.snapshot.json', second.get('metadata/2.snapshot.json')],
    ['metadata/3.targets.json', second.get('metadata/2.targets.json')],
    // An old timestamp with new parts under the old names.
    ['metadata/2.snapshot.json', third.get('metadata/3.snapshot.json')],
  ] as const) {
    site.answers.clear();
    if (path === 'metadata/2.snapshot.json') {
      site.answers.set('metadata/timestamp.json', second.get('metadata/timestamp.json') ?? '');
    }
    site.answers.set(path, bytes ?? '');
    const found = await refusal(client);
    t.is(found.code, 'REGISTRY_REFUSED', `${path}: ${found.text}`);
    t.regex(found.text, /is not the one that is vouched for: it was changed, or is of another time than the rest/);
    t.deepEqual(await client.versions(), ['1.0.0']);
  }
});

test('a wrong key: what somebody else signed is not taken', async (t) => {
  const { site, client } = await newPair(t);
  const thief = join(await newHome(t), 'keys');
  await createKeys(files, thief, { rootKeys: 1, threshold: 1 });
  const own = await site.snapshot();
  // The whole of it signed by other keys, with a root of their own.
  await t.throwsAsync(site.sign(['9.9.9'], { keys: thief }), { code: 'TRUST_KEYS_MISSING' });
  const other = await newSite(t);
  await other.sign(['9.9.9']);
  await other.sign();
  for (const [path, bytes] of await other.snapshot()) site.answers.set(path, bytes);
  const found = await refusal(client);
  t.is(found.attack, 'signature', found.text);
  t.regex(found.text, /timestamp\.json is signed by 0 of the 1 keys/);
  // With a next root on top.
  site.answers.set('metadata/2.root.json', (await other.snapshot()).get('metadata/1.root.json') ?? '');
  const rooted = await refusal(client);
  t.is(rooted.attack, 'signature', rooted.text);
  t.regex(rooted.text, /root\.json is signed by 0 of the 1 keys/);
  t.deepEqual(await client.versions(), ['1.0.0']);
  // A client that pins one root does not begin with another.
  const fresh = await newClient(t, site, await site.sign());
  t.regex((await refusal(fresh)).text, /1\.root\.json is not the root that was pinned/);
  t.true(own.size > 0);
});

test('a threshold: fewer keys than the root asks for sign nothing, and are believed nothing', async (t) => {
  const { site, client } = await newPair(t, ['1.0.0'], { rootKeys: 3, threshold: 2 });
  const names = (await readdir(site.keys)).filter((name) => name.startsWith('root-'));
  t.is(names.length, 3);
  // One key away: two are enough. Two away: they are not, and nothing is written.
  await rename(join(site.keys, names[0] ?? ''), join(site.folder, '..', 'away-0'));
  await rotateKey(files, site.keys, 'timestamp');
  t.true((await site.sign()).fresh.includes('root'));
  await rename(join(site.keys, names[1] ?? ''), join(site.folder, '..', 'away-1'));
  await rotateKey(files, site.keys, 'snapshot');
  const before = [...(await site.snapshot()).keys()];
  const error = await t.throwsAsync(site.sign(), { code: 'TRUST_KEYS_MISSING' });
  t.regex(error?.message ?? '', /root\.json needs to be signed by 2 keys, and 1 of them are in/);
  t.deepEqual([...(await site.snapshot()).keys()], before);
  // What has but one signature of two: the second is cut out of what was signed well.
  const root = JSON.parse((await site.snapshot()).get('metadata/2.root.json')?.toString() ?? '') as {
    signatures: unknown[];
  };
  t.is(root.signatures.length, 2);
  site.answers.set('metadata/2.root.json', JSON.stringify({ ...root, signatures: root.signatures.slice(0, 1) }));
  const found = await refusal(client);
  t.is(found.attack, 'signature', found.text);
  t.regex(found.text, /root\.json is signed by 1 of the 2 keys/);
  // The same signature twice is one.
  site.answers.set(
    'metadata/2.root.json',
    JSON.stringify({ ...root, signatures: [root.signatures[0], root.signatures[0]] }),
  );
  t.is((await refusal(client)).code, 'REGISTRY_REFUSED');
});
