/** The whole way by the command line: make keys, sign, add, list, update, install, and what is said when time goes by. */
import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { createHost } from '../../../source/edge/host.ts';
import { platformName } from '../../../source/store/sources/archive/platform.ts';
import { registryText } from '../../registry/documents.ts';
import { serve, sha256, whole } from '../../store/sources/mirror.ts';
import { shippedRegistry } from '../../store/world.ts';
import { tarGz } from '../../store/sources/packed.ts';
import { atDesk, type Called } from '../call.ts';

const dayMs = 86_400_000;
const platform = platformName(createHost());

const good = (t: { is: (one: unknown, other: unknown, message?: string) => unknown }, called: Called): string => {
  t.is(called.code, 0, `${called.out}\n${called.err}`);
  return called.out;
};

test('keys, sign, serve, add, install, expire, update', async (t) => {
  const archive = tarGz({ widget: '#!/bin/sh\necho widget 1.0.0\n' });
  const text = registryText({ '1.0.0': { [platform]: sha256(archive) } });
  let folder = '';
  const file = (name: string) => (_request: unknown, response: import('node:http').ServerResponse) =>
    void readFile(path.join(folder, 'public', name)).then(
      (bytes) => response.writeHead(200).end(bytes),
      () => response.writeHead(404).end(),
    );
  const site = await serve(t, {
    [`/bytes.example/widget/1.0.0/${platform}.tar.gz`]: whole(archive),
    '/metadata/1.root.json': file('metadata/1.root.json'),
    '/metadata/2.root.json': file('metadata/2.root.json'),
    '/metadata/3.root.json': file('metadata/3.root.json'),
    '/metadata/timestamp.json': file('metadata/timestamp.json'),
    '/metadata/1.snapshot.json': file('metadata/1.snapshot.json'),
    '/metadata/1.targets.json': file('metadata/1.targets.json'),
    [`/targets/${sha256(Buffer.from(text))}.registry.json`]: file(`targets/${sha256(Buffer.from(text))}.registry.json`),
  });
  await atDesk(
    { 'public/registry.json': text },
    async ({ call, folder: own, later }) => {
      folder = own;
      const keys = JSON.parse(
        good(t, await call(['registry', 'keys', 'new', 'keys', '--root-keys', '2', '--json'])),
      ) as {
        roles: { root: { keys: { file: string }[] } };
      };
      t.is(keys.roles.root.keys.length, 2);
      for (const key of keys.roles.root.keys) {
        t.is((await stat(path.join(own, 'keys', key.file))).mode & 0o777, 0o600);
      }
      t.regex(good(t, await call(['registry', 'keys', 'keys'])), /^root: 1 of 2 must sign$/m);
      t.regex((await call(['registry', 'sign', 'public'])).err, /needs --keys/);
      const signed = good(t, await call(['registry', 'sign', 'public', '--keys', 'keys']));
      const [, root = ''] = /--root ([0-9a-f]{64})$/m.exec(signed) ?? [];
      t.is(root, sha256(await readFile(path.join(own, 'public/metadata/1.root.json'))));
      await cp(path.join(own, 'keys'), path.join(own, 'public/keys'), { recursive: true });
      t.regex((await call(['registry', 'sign', 'public', '--keys', 'public/keys'])).err, /is served/);

      t.regex((await call(['registry', 'add', site.origin])).err, /tell its root by another way/);
      const wrong = await call(['registry', 'add', site.origin, '--root', '0'.repeat(64)]);
      t.is(wrong.code, 1);
      t.regex(wrong.err, /1\.root\.json is not the root that was pinned/);
      t.regex((await call(['registry', 'add', site.origin, '--root', root, '--name', '../x'])).err, /no name for it/);
      t.regex((await call(['registry', 'add', 'https://me:pw@x.example', '--root', root])).err, /without user/);
      good(t, await call(['registry', 'add', `${site.origin}/`, '--root', root, '--name', 'acme']));

      const listed = await call(['registry', 'list']);
      t.regex(good(t, listed), new RegExp(`^acme +remote +1 +1 +in use +${site.origin}$`, 'm'));
      t.regex(listed.err, /^acme: \d+ seconds? old, good for (29|30) days$/m);
      t.regex(good(t, await call(['install', 'widget'])), /^widget 1\.0\.0 from archive/);

      later(40 * dayMs);
      const old = await call(['registry', 'list']);
      t.regex(good(t, old), /^acme .* EXPIRED /m);
      const again = await call(['install', 'widget']);
      t.regex(good(t, again), /^widget 1\.0\.0/);
      t.regex(again.err, /booty: registry acme: 40 days old, expired \d+ days ago: new versions are not taken from it/);
      const updated = await call(['registry', 'update']);
      t.is(updated.code, 1);
      t.regex(updated.err, /not believed \(frozen\): timestamp\.json has expired/);

      // The key that signs each day is exchanged, and the timestamp is signed anew.
      good(t, await call(['registry', 'keys', 'rotate', 'timestamp', 'keys']));
      t.regex((await call(['registry', 'keys', 'rotate', 'king', 'keys'])).err, /king is no role/);
      const anew = JSON.parse(good(t, await call(['registry', 'sign', 'public', '--keys', 'keys', '--json']))) as {
        fresh: string[];
        versions: Record<string, number>;
      };
      t.deepEqual(anew.fresh, ['root', 'timestamp']);
      t.regex(
        good(t, await call(['registry', 'update', 'acme'])),
        /^acme is up to date with .*: version 2, good for (29|30) days$/m,
      );
      t.notRegex((await call(['install', 'widget'])).err, /expired/);
      t.is((await call(['registry', 'update', 'nobody'])).code, 2);
      t.regex((await call(['registry', 'sign', 'public', '--keys', 'keys', '--expires', 'soon'])).err, /no lifetime/);
    },
    { BOOTY_SOURCES: 'archive', BOOTY_MIRROR: site.origin },
  );
});

test('who asks for newer versions has remote registries asked first, and is told of one that does not answer', async (t) => {
  const { packages } = await shippedRegistry();
  const nats = packages['nats-server'];
  const textWith = (version: string): string => {
    const download = {
      ...{ url: `https://bytes.example/nats-${version}.tar.gz`, format: 'tar.gz', sizeBytes: 1 },
      ...{ members: { 'nats-server': 'nats-server' }, sha256: sha256(Buffer.from(version)) },
    };
    const versions = { [version]: { archives: [{ name: 'nats-server', platforms: { [platform]: download } }] } };
    return JSON.stringify({ schemaVersion: 1, packages: { 'nats-server': { ...nats, versions } } });
  };
  const texts = [textWith('98.0.0'), textWith('99.0.0')] as const;
  let folder = '';
  let isAway = false;
  const names = [
    ...['1.root', 'timestamp', '1.snapshot', '2.snapshot', '1.targets', '2.targets'].map(
      (name) => `metadata/${name}.json`,
    ),
    ...texts.map((text) => `targets/${sha256(Buffer.from(text))}.registry.json`),
  ];
  const site = await serve(
    t,
    Object.fromEntries(
      names.map((name) => [
        `/${name}`,
        (_request: unknown, response: import('node:http').ServerResponse) =>
          void readFile(path.join(folder, 'public', name)).then(
            (bytes) => (isAway ? response.writeHead(503).end() : response.writeHead(200).end(bytes)),
            () => response.writeHead(404).end(),
          ),
      ]),
    ),
  );
  await atDesk(
    { 'public/registry.json': texts[0], 'booty.yaml': 'services:\n  nats: {component: nats-server}\n' },
    async ({ call, folder: own }) => {
      folder = own;
      good(t, await call(['registry', 'keys', 'new', 'keys']));
      const [, root = ''] =
        /--root ([0-9a-f]{64})$/m.exec(good(t, await call(['registry', 'sign', 'public', '--keys', 'keys']))) ?? [];
      good(t, await call(['registry', 'add', site.origin, '--root', root, '--name', 'acme']));
      t.regex(good(t, await call(['outdated'])), /^nats .* 98\.0\.0 /m);
      await writeFile(path.join(own, 'public/registry.json'), texts[1]);
      good(t, await call(['registry', 'sign', 'public', '--keys', 'keys']));
      t.regex(good(t, await call(['outdated'])), /^nats .* 99\.0\.0 /m);
      isAway = true;
      const alone = await call(['outdated']);
      t.regex(good(t, alone), /^nats .* 99\.0\.0 /m);
      t.regex(alone.err, /registry acme: .*503/);
    },
    { BOOTY_SOURCES: 'archive', BOOTY_MIRROR: site.origin },
  );
});
