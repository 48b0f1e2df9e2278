import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createSecrets } from '../../source/daemon/secrets.ts';
import { createFiles } from '../../source/edge/files.ts';
import { createRandom } from '../../source/edge/random.ts';

const files = createFiles();
const random = createRandom();
const password = { service: 'nats', name: 'password' };
const key = { service: 'vm', name: 'admin_key' };

test('secrets are made up once and the same ever after, also for the next daemon', async (t) => {
  const file = await place(t);
  const first = await createSecrets(files, random, file).with([password]);
  t.regex(first['nats']?.['password'] ?? '', /^[0-9a-f]{48}$/);
  const second = await createSecrets(files, random, file).with([password, key]);
  t.is(second['nats']?.['password'], first['nats']?.['password']);
  t.not(second['vm']?.['admin_key'], second['nats']?.['password']);
  // A service that left the stack and comes back finds its secret.
  t.deepEqual(await createSecrets(files, random, file).with([]), second);
});

test('the file is for this user alone, also after somebody copied it back', async (t) => {
  const file = await place(t);
  await createSecrets(files, random, file).with([password]);
  t.is((await stat(file)).mode & 0o777, 0o600);
  await chmod(file, 0o644);
  await createSecrets(files, random, file).with([password]);
  t.is((await stat(file)).mode & 0o777, 0o600);
});

test('two requests at once agree', async (t) => {
  const secrets = createSecrets(files, random, await place(t));
  const [one, other] = await Promise.all([secrets.with([password]), secrets.with([password, key])]);
  t.is(one['nats']?.['password'], other['nats']?.['password']);
});

test('a stack without secrets has no file', async (t) => {
  const file = await place(t);
  t.deepEqual(await createSecrets(files, random, file).with([]), {});
  await t.throwsAsync(stat(file), { code: 'ENOENT' });
});

for (const [what, text] of [
  ['cut off', '{"format": 1, "secrets": {"nats"'],
  ['of a later booty', '{"format": 2, "secrets": {}}'],
  ['emptied by hand', '{"format": 1, "secrets": {"nats": {"password": ""}}}'],
] as const) {
  test(`a file that is ${what} is told and left alone; mended, it is read again`, async (t) => {
    const file = await place(t);
    await writeFile(file, text);
    const secrets = createSecrets(files, random, file);
    await t.throwsAsync(secrets.with([password]), { code: 'SECRETS_UNREADABLE' });
    t.is(await readFile(file, 'utf8'), text);
    await rm(file);
    t.truthy((await secrets.with([password]))['nats']?.['password']);
  });
}

const place = async (t: ExecutionContext): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'booty-secrets-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return path.join(folder, 'secrets.json');
};
