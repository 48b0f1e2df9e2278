/** `booty verify` with a program that was found on PATH: what changed is fetched again only when it is the same again. */
import { chmod, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { files, newHome } from '../store/world.ts';
import { until } from '../until.ts';
import { atDesk } from './call.ts';

test('what changed is named, asked about, and repaired only with the very same bytes', async (t) => {
  const bin = await newHome(t);
  const program = join(bin, 'caddy');
  const put = async (text: string): Promise<void> => {
    await writeFile(program, text);
    await chmod(program, 0o755);
    await utimes(program, 1_000_000, 1_000_000 + text.length);
  };
  const first = '#!/bin/sh\necho v2.6.2\n';
  await atDesk(
    {},
    async ({ call }) => {
      await put(first);
      t.is((await call(['install', 'caddy'])).code, 0);
      t.is((await call(['verify'])).out, 'caddy 2.6.2: ok\n');

      await utimes(program, 2_000_000, 2_000_000);
      const no = await call(['verify'], 'n');
      t.is(no.code, 1);
      t.is(no.out, 'caddy 2.6.2: it is not what was looked at when it was noted\n');
      t.regex(no.err, /Fetch caddy 2\.6\.2 again\?/);
      const unasked = await call(['verify']);
      t.is(unasked.code, 2);
      t.regex(unasked.err, /-y/);
      const yes = await call(['verify', '-y']);
      t.is(yes.code, 0);
      t.regex(yes.out, /caddy 2\.6\.2: fetched again\n$/);
      t.is((await call(['verify'])).out, 'caddy 2.6.2: ok\n');

      await put(`${first}# other\n`);
      const other = await call(['verify', '-y', '--json']);
      t.is(other.code, 1);
      const { versions } = JSON.parse(other.out) as { versions: { repaired: boolean; why: string }[] };
      t.like(versions[0], { component: 'caddy', repaired: false });
      t.regex(versions[0]?.why ?? '', /is not what the receipt of caddy holds it to/);
      const only = await call(['verify', '--no-repair']);
      t.is(only.code, 1);
      t.regex(only.out, /has other bytes than its receipt says\n$/);
      await put(first);
      t.is((await call(['verify', '-y'])).code, 0);
    },
    { PATH: `${bin}:/usr/bin:/bin`, BOOTY_SOURCES: 'path' },
  );
});

test('a repair that is cut short ends with 130, and leaves all as it is', async (t) => {
  const bin = await newHome(t);
  const program = join(bin, 'caddy');
  const asked = join(bin, 'asked');
  await writeFile(program, `#!/bin/sh\n[ ! -e ${bin}/hang ] || { echo >${asked}; exec sleep 1000; }\necho v2.6.2\n`);
  await chmod(program, 0o755);
  await atDesk(
    {},
    async ({ call, interrupt }) => {
      t.is((await call(['install', 'caddy'])).code, 0);
      await utimes(program, 2_000_000, 2_000_000);
      await writeFile(join(bin, 'hang'), '');
      const verified = call(['verify', '-y']);
      await until('the program is asked for its version', async () => (await files.stat(asked)) !== null);
      interrupt();
      const { code, out } = await verified;
      t.is(code, 130, out);
      t.regex(out, /^caddy 2\.6\.2: not repaired, left as it is: .*cut short/m);
    },
    { PATH: `${bin}:/usr/bin:/bin`, BOOTY_SOURCES: 'path' },
  );
});
