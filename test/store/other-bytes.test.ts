/** Two projects, one store, two registries that name other bytes for the same version: neither gets the other's. */
import test from 'ava';
import { createStore } from '../../source/store/create-store.ts';
import { good, registryOf } from './sources/archive-scene.ts';
import { serve, sha256, whole } from './sources/mirror.ts';
import { tarGz } from './sources/packed.ts';
import { carriers, clock, codeOf, files, hostWith, installAll, newHome } from './world.ts';

const forked = tarGz({ 'demo-1.2.3/demo': '#!/bin/sh\necho forked\n' });

test('a version that another project’s registry installed is refused, by hash, until it is fetched anew', async (t) => {
  const { origin } = await serve(t, { '/demo.tar.gz': whole(good), '/forked.tar.gz': whole(forked) });
  const home = await newHome(t);
  const host = hostWith({ BOOTY_MIRROR: `up.example=${origin}`, BOOTY_SOURCES: 'archive' });
  const open = (bytes: Buffer, file: string) =>
    createStore({ ...carriers, files, clock, host, home, registry: registryOf(bytes, { file }) });
  const [ours, theirs] = [open(good, 'demo.tar.gz'), open(forked, 'forked.tar.gz')];
  t.is(codeOf(await installAll(ours, ['demo']), 'demo'), null);
  t.like(await ours.find('demo', null), { version: '1.2.3' });

  const error = await t.throwsAsync(theirs.find('demo', null), { code: 'STORE_OTHER_BYTES' });
  t.true(error?.message.includes(sha256(good)));
  t.true(error?.message.includes(sha256(forked)));
  t.is(codeOf(await installAll(theirs, ['demo']), 'demo'), 'STORE_OTHER_BYTES');
  t.like(await ours.find('demo', null), { version: '1.2.3' }, 'what is there stays');

  await theirs.remove('demo', '1.2.3', new AbortController().signal);
  t.is(codeOf(await installAll(theirs, ['demo']), 'demo'), null);
  t.like(await theirs.find('demo', null), { version: '1.2.3' });
  await t.throwsAsync(ours.find('demo', null), { code: 'STORE_OTHER_BYTES' });
});
