/** What a client of a remote registry takes: what was signed, whole, from a real server; and what becomes of anything else. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import { createKeys, rotateKey } from '../../../source/trust/tuf/keys.ts';
import { files } from '../../store/world.ts';
import { refusal } from './refusal.ts';
import { newClient, newPair, newSite, widgets } from './site.ts';

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
