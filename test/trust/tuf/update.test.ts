/** What a client of a remote registry takes, and what it refuses: every attack of TUF's list is tried on a real server. */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import { BootyError } from '../../../source/core/error.ts';
import { createKeys, rotateKey } from '../../../source/trust/tuf/keys.ts';
import { clock, files, newHome } from '../../store/world.ts';
import { newClient, newPair, newSite, type Client, widgets } from './site.ts';

const dayMs = 86_400_000;

/** The error an update fails with; fails the test when it does not. */
const refusal = async (
  client: Client,
): Promise<{ readonly code: string; readonly attack: string; readonly text: string }> => {
  try {
    await client.update();
  } catch (error) {
    if (!(error instanceof BootyError)) throw error;
    const { attack = '' } = error.facts as { readonly attack?: string };
    return { code: error.code, attack, text: error.message };
  }
  return { code: 'nothing', attack: 'none', text: 'it was updated' };
};

test('signed, served, updated: the client has what was signed', async (t) => {
  const { site, client } = await newPair(t);
  t.deepEqual(await client.versions(), ['1.0.0']);
  const mark = await client.mark();
  // Left behind by an update that was killed.
  await files.makeFolder(join(client.home, 'registries/acme/copy-stray'), 0o700);
  const signed = await site.sign(['1.0.0', '1.1.0']);
  t.deepEqual(signed.fresh, ['targets', 'snapshot', 'timestamp']);
  t.is(await client.mark(), mark);
  await client.update();
  t.not(await client.mark(), mark);
  t.deepEqual(await client.versions(), ['1.0.0', '1.1.0']);
  // Nothing changed: only the timestamp is signed anew, and nothing but it is fetched.
  t.deepEqual((await site.sign()).fresh, ['timestamp']);
  site.asked.length = 0;
  await client.update();
  t.deepEqual(site.asked, ['metadata/2.root.json', 'metadata/timestamp.json']);
  t.is((await client.layer()).freshness?.version, 3);
  // Of all copies that came and went, the one that counts and the one before it are left.
  t.is((await readdir(join(client.home, 'registries/acme'))).filter((name) => name.startsWith('copy-')).length, 2);
});

test('no byte of any file can change and be taken for the truth', async (t) => {
  const site = await newSite(t);
  const signed = await site.sign(['1.0.0']);
  // A client that has yet to follow a new root, so that every kind of file is fetched.
  await rotateKey(files, site.keys, 'timestamp');
  await site.sign(['1.0.0', '1.1.0']);
  const served = [...(await site.snapshot())];
  const wanted = served.filter(([path]) => !/\/1\.(targets|snapshot)\.json$/.test(path));
  const registries = wanted.filter(([path]) => path.startsWith('targets/'));
  t.is(registries.length, 2);
  const newest = widgets(['1.0.0', '1.1.0']);
  for (const [path, bytes] of wanted) {
    const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(change, async ([at, difference]) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ difference;
        site.answers.clear();
        site.answers.set(path, changed);
        const client = await newClient(t, site, signed);
        const { code, attack, text } = await refusal(client);
        if (code === 'nothing') {
          // A file nobody needs any more, or another spelling of the same (the case of a hexadecimal digit).
          const { registry } = await client.layer();
          t.deepEqual(registry?.packages, (JSON.parse(newest) as { packages: typeof registry }).packages as never);
          const isSpelling = changed.toString('latin1').toLowerCase() === bytes.toString('latin1').toLowerCase();
          t.true(isSpelling || registries[0]?.[0] === path || registries[1]?.[0] === path, `${path} at ${at}`);
        } else {
          t.is(code, 'REGISTRY_REFUSED', `${path} at ${at}: ${text}`);
          t.not(attack, '');
          t.regex((await client.layer()).error?.message ?? '', /there is none/);
        }
      }),
      { numRuns: 5 },
    );
  }
});

test('each file, changed: refused by name, and what was there stays', async (t) => {
  const { site, client } = await newPair(t);
  await site.sign(['1.0.0', '1.1.0']);
  const served = await site.snapshot();
  const flip = (path: string, pattern: RegExp): void => {
    const text = (served.get(path) ?? Buffer.alloc(0)).toString('utf8');
    const at = text.search(pattern);
    t.true(at >= 0, `${path} holds ${String(pattern)}`);
    const bytes = Buffer.from(text);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    site.answers.clear();
    site.answers.set(path, bytes);
  };
  const [target = ''] = [...served.keys()].filter(
    (path) => (served.get(path) ?? '').toString() === widgets(['1.0.0', '1.1.0']),
  );
  for (const [path, pattern, attack, text] of [
    ['metadata/timestamp.json', /\d\d:\d\d:\d\dZ/, 'signature', /timestamp\.json is signed by 0 of the 1 keys/],
    ['metadata/2.snapshot.json', /\d\d:\d\d:\d\dZ/, 'changed', /snapshot\.json is not the one that is vouched for/],
    ['metadata/2.targets.json', /[0-9a-f]{64}/, 'changed', /targets\.json is not the one that is vouched for/],
    [target, /licence/, 'changed', /registry\.json has other bytes/],
  ] as const) {
    flip(path, pattern);
    const found = await refusal(client);
    t.is(found.code, 'REGISTRY_REFUSED', path);
    t.is(found.attack, attack, found.text);
    t.regex(found.text, text);
    t.deepEqual(await client.versions(), ['1.0.0']);
  }
  site.answers.clear();
  await client.update();
  t.deepEqual(await client.versions(), ['1.0.0', '1.1.0']);
});

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

test('keys are exchanged through a new root; who stayed away for several of them follows', async (t) => {
  const { site, client } = await newPair(t);
  const late = await newClient(t, site, await site.sign());
  await late.update();
  const old = await site.snapshot();
  await rotateKey(files, site.keys, 'root');
  await site.sign();
  await rotateKey(files, site.keys, 'timestamp');
  await rotateKey(files, site.keys, 'targets');
  const signed = await site.sign(['1.0.0', '1.1.0']);
  t.is(signed.versions.root, 3);
  for (const each of [client, late]) {
    await each.update();
    t.deepEqual(await each.versions(), ['1.0.0', '1.1.0']);
    await each.update();
  }
  // What the retired timestamp key signed counts no more, even with a higher version than any.
  site.answers.set('metadata/timestamp.json', old.get('metadata/timestamp.json') ?? '');
  const found = await refusal(client);
  t.is(found.attack, 'signature', found.text);
  // A newcomer goes the whole way from the first root.
  site.answers.clear();
  const fresh = await newClient(t, site, signed);
  await fresh.update();
  t.deepEqual(await fresh.versions(), ['1.0.0', '1.1.0']);
});

test('a host that is down, or talks nonsense: what was fetched stays in use', async (t) => {
  const { site, client } = await newPair(t);
  site.answers.set('metadata/timestamp.json', 503);
  const busy = await refusal(client);
  t.is(busy.code, 'REGISTRY_UNREACHABLE');
  t.regex(busy.text, /timestamp\.json cannot be had: it answers 503; what was fetched before stays in use/);
  site.answers.set('metadata/timestamp.json', '<html><title>Please log in</title></html>');
  t.is((await refusal(client)).attack, 'no metadata');
  site.answers.set('metadata/timestamp.json', Buffer.alloc(1_000_000, ' '));
  t.is((await refusal(client)).attack, 'changed');
  site.answers.set('metadata/timestamp.json', null);
  t.regex((await refusal(client)).text, /it answers 404/);
  // A client that has nothing yet, at a wrong URL.
  site.answers.set('metadata/1.root.json', null);
  const nobody = await newClient(t, site, await site.sign());
  t.is((await refusal(nobody)).code, 'REGISTRY_UNREACHABLE');
  site.close();
  const down = await refusal(client);
  t.is(down.code, 'REGISTRY_UNREACHABLE');
  t.regex(down.text, /it refuses the connection/);
  t.deepEqual(await client.versions(), ['1.0.0']);
  const abort = new AbortController();
  abort.abort(new Error('cut short'));
  await t.throwsAsync(client.update(abort.signal), { message: 'cut short' });
  t.deepEqual(await client.versions(), ['1.0.0']);
});

test('a copy on the disk that was changed is not believed, and fetched anew', async (t) => {
  const { client } = await newPair(t);
  const folder = join(
    client.home,
    'registries/acme',
    (await readFile(join(client.home, 'registries/acme/current'), 'utf8')).trim(),
  );
  for (const name of ['1.root.json', 'timestamp.json', 'snapshot.json', 'targets.json', 'registry.json']) {
    const current = join(
      client.home,
      'registries/acme',
      (await readFile(join(client.home, 'registries/acme/current'), 'utf8')).trim(),
    );
    const text = await readFile(join(current, name), 'utf8');
    const at = text.search(/[0-9a-f]{64}/);
    await writeFile(join(current, name), `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`);
    const { error, registry } = await client.layer();
    t.is(error?.code, 'REGISTRY_UNTRUSTED', name);
    t.is(registry, null);
    await client.update();
    t.deepEqual(await client.versions(), ['1.0.0'], name);
  }
  t.true(folder.length > 0);
});

test('signing keys that others may read sign nothing', async (t) => {
  const site = await newSite(t);
  const [name = ''] = (await readdir(site.keys)).filter((each) => each.startsWith('timestamp-'));
  await files.chmod(join(site.keys, name), 0o640);
  await t.throwsAsync(site.sign(['1.0.0']), { code: 'TRUST_KEYS_UNUSABLE', message: /others may read it/ });
  await files.chmod(join(site.keys, name), 0o600);
  await writeFile(join(site.keys, name), 'no key');
  const error = await t.throwsAsync(site.sign(['1.0.0']), { code: 'TRUST_KEYS_UNUSABLE' });
  t.regex(error?.message ?? '', /holds no private Ed25519 key/);
  await t.throwsAsync(createKeys(files, site.keys, { rootKeys: 1, threshold: 1 }), { message: /is not written over/ });
});
