import { execFileSync } from 'node:child_process';
import test from 'ava';
import { hashOf, registryText } from '../../registry/documents.ts';
import { atDesk } from '../call.ts';

const bytes = { 'linux-amd64': hashOf('a'), 'linux-arm64': hashOf('b') };

test('a registry file is added, listed, asked and removed', async (t) => {
  const text = registryText({ '1.0.0': bytes });
  await atDesk({ 'acme.registry.json': text }, async ({ call, folder }) => {
    const added = await call(['registry', 'add', './acme.registry.json']);
    t.is(added.code, 0, added.err);
    t.regex(added.out, /^acme is laid over/);

    const listed = await call(['registry', 'list']);
    t.is(listed.code, 0);
    t.regex(listed.out, /^booty +built-in /m);
    t.regex(listed.out, new RegExp(`^acme +file +1 +1 +in use +${folder}/acme\\.registry\\.json`, 'm'));
    const { out } = await call(['list', 'widget', '--json']);
    t.deepEqual(
      (JSON.parse(out) as { packages: { package: string }[] }).packages.map((row) => row.package),
      ['widget'],
    );

    const twice = await call(['registry', 'add', './acme.registry.json']);
    t.is(twice.code, 2);
    t.regex(twice.err, /there is a registry acme already/);
    const named = await call(['registry', 'add', './acme.registry.json', '--name', 'booty']);
    t.is(named.code, 2);

    t.is((await call(['registry', 'remove', 'acme'])).code, 0);
    t.regex((await call(['registry', 'remove', 'acme'])).err, /there is no registry acme/);
    t.notRegex((await call(['registry', 'list'])).out, /acme/);
  });
});

test('what is no file, or says a thing twice, is not added', async (t) => {
  const two = registryText({ '1.0.0': bytes, '1.1.0': { 'linux-amd64': hashOf('c') } });
  await atDesk({ 'twice.json': two.replace('"1.1.0"', '"1.0.0"') }, async ({ call, folder }) => {
    const twice = await call(['registry', 'add', 'twice.json']);
    t.is(twice.code, 2);
    t.regex(twice.err, /packages\.widget\.versions\["1\.0\.0"\] stands there twice/);
    execFileSync('mkfifo', [`${folder}/pipe.json`]);
    for (const name of ['pipe.json', '.']) t.regex((await call(['registry', 'add', name])).err, /it is no file/, name);
    t.notRegex((await call(['registry', 'list'])).out, /twice|pipe/);
  });
});

test('one that contradicts booty’s own is not added, and a project’s is left out by name', async (t) => {
  const nats = {
    executables: ['nats-server'],
    components: { 'nats-server': { executable: 'nats-server', aliases: [] } },
  };
  const text = registryText({ '2.14.5': bytes }, nats, 'nats-server');
  await atDesk({ 'bad.json': text, 'booty.registry.json': text }, async ({ call }) => {
    const refused = await call(['registry', 'add', 'bad.json']);
    t.is(refused.code, 2);
    t.regex(refused.err, /nats-server 2\.14\.5 for linux-amd64: booty name other bytes; override: true/);

    const listed = await call(['registry', 'list', '--json']);
    t.is(listed.code, 1);
    const { registries } = JSON.parse(listed.out) as { registries: { name: string; error: { code: string } | null }[] };
    t.deepEqual(
      registries.map(({ name, error }) => [name, error?.code ?? null]),
      [
        ['booty', null],
        ['project', 'REGISTRY_CONFLICT'],
      ],
    );
    const install = await call(['install', 'nats', '--json']);
    t.is(install.code, 2);
    t.regex(install.out, /REGISTRY_CONFLICT/);
  });
});

test('an override is shown', async (t) => {
  const nats = {
    executables: ['nats-server'],
    components: { 'nats-server': { executable: 'nats-server', aliases: [] } },
  };
  const text = registryText({ '2.14.5': { ...bytes, override: true } }, nats, 'nats-server');
  await atDesk({ 'booty.registry.json': text }, async ({ call }) => {
    const listed = await call(['registry', 'list']);
    t.is(listed.code, 0, listed.err);
    t.regex(listed.err, /project overrides nats-server 2\.14\.5 for linux-amd64: other bytes than booty vouches for/);
  });
});

test('what is asked of booty registry is checked', async (t) => {
  await atDesk({}, async ({ call }) => {
    t.regex((await call(['registry'])).err, /nothing to do/);
    t.regex((await call(['registry', 'dance'])).err, /there is no dance/);
    t.regex((await call(['registry', 'add'])).err, /a word is missing/);
    t.regex((await call(['registry', 'list', 'x'])).err, /unexpected word 'x'/);
    t.regex((await call(['registry', 'add', 'nowhere.json'])).err, /there is no such file/);
  });
});
