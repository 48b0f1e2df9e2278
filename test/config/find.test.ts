import path from 'node:path';
import test from 'ava';
import { findConfig } from '../../source/config/find.ts';
import { stackName } from '../../source/config/stack-name.ts';
import { BootyError } from '../../source/core/error.ts';
import { files, inFolder } from './in-folder.ts';

test('the nearest parent wins, .yaml over .yml', async (t) => {
  await inFolder(
    { 'booty.yaml': '', 'a/booty.yml': '', 'a/b/c/x': '', 'd/booty.yml': '', 'd/booty.yaml': '' },
    async (folder) => {
      t.is(await findConfig(files, path.join(folder, 'a/b/c')), path.join(folder, 'a/booty.yml'));
      t.is(await findConfig(files, path.join(folder, 'd')), path.join(folder, 'd/booty.yaml'));
      t.is(await findConfig(files, folder), path.join(folder, 'booty.yaml'));
    },
  );
});

test('the search ends at the home folder, which is still looked at', async (t) => {
  await inFolder({ 'booty.yaml': '', 'home/x/y': '', 'other/booty.yaml': '', 'other/z/y': '' }, async (folder) => {
    const at = (name: string) => path.join(folder, name);
    t.is(await findConfig(files, at('home/x'), at('home')), null);
    t.is(await findConfig(files, at('other/z'), at('other')), at('other/booty.yaml'));
    t.is(await findConfig(files, at('other/z'), at('home')), at('other/booty.yaml'));
  });
});

test('nothing up to the root', async (t) => {
  await inFolder({ 'a/x': '' }, async (folder) => {
    t.is(await findConfig(files, path.join(folder, 'a'), folder), null);
  });
});

test('names of stacks', async (t) => {
  // printf %s /home/ana/shop | sha256sum
  t.is(await stackName('/home/ana/shop'), 'shop-549df1');
  t.is(await stackName('/home/ana/shop', 'other'), 'other');
  t.is(await stackName('/home/ana/shop', { base: 'observe' }), 'observe-549df1');
  t.regex(await stackName('/srv/My Shop (old)'), /^my-shop-old-[0-9a-f]{6}$/);
  t.regex(await stackName('/'), /^stack-[0-9a-f]{6}$/);
  t.regex(await stackName('/srv/店'), /^stack-[0-9a-f]{6}$/);
  const long = await stackName(`/srv/${'a'.repeat(80)}`);
  t.is(long.length, 40);
  t.not(await stackName('/one/shop'), await stackName('/two/shop'));
});

test('a bad name is refused', async (t) => {
  for (const name of ['', 'Shop', 'a b', '-a', 'a'.repeat(41), '../a']) {
    const error = await t.throwsAsync(stackName('/a', name), { instanceOf: BootyError });
    t.is(error.code, 'CONFIG_NAME_BAD');
  }
});
