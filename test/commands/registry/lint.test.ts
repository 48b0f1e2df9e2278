import { readFile } from 'node:fs/promises';
import test from 'ava';
import { atDesk } from '../call.ts';

const shipped = await readFile(new URL('../../../registry.json', import.meta.url), 'utf8');

test('a registry that is in order is said to be, and ends with 0', async (t) => {
  await atDesk({}, async ({ call }) => {
    const { code, out } = await call(['registry', 'lint']);
    t.is(code, 0, out);
    t.regex(out, /registry\.json: in order \(\d+ packages, \d+ versions, \d+ archives with hashes, \d+ refused\)\n$/);
  });
});

test('what is wrong is said with file, line and the change to make, and ends with 1', async (t) => {
  const broken = shipped.replace('"licence": "Apache-2.0"', '"licence": ""');
  await atDesk({ 'own.json': broken }, async ({ call }) => {
    const { code, out } = await call(['registry', 'lint', 'own.json']);
    t.is(code, 1);
    t.regex(out, /^own\.json:8:7: packages\["nats-server"\]\.licence: .*\n {2}fix: .+$/m);
    t.regex(out, /^1 to mend$/m);
    const asJson = await call(['registry', 'lint', 'own.json', '--json']);
    t.is(asJson.code, 1);
    const told = JSON.parse(asJson.out) as { problems: number; findings: readonly { line: number; level: string }[] };
    t.is(told.problems, 1);
    t.deepEqual(
      told.findings.map(({ line, level }) => ({ line, level })),
      [{ line: 8, level: 'problem' }],
    );
  });
});

test('a file that is not there, or too many of them, is an error of usage', async (t) => {
  await atDesk({}, async ({ call }) => {
    const { code, err } = await call(['registry', 'lint', 'none.json']);
    t.is(code, 2);
    t.regex(err, /there is no such file/);
    t.is((await call(['registry', 'lint', 'a', 'b'])).code, 2);
  });
});
