/** Files that cannot be read at all, bounds, and the form of the error as a whole. */
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { loadDefinition } from '../../source/config/load.ts';
import { BootyError } from '../../source/core/error.ts';
import { limits } from '../../source/core/limits.ts';
import type { Files } from '../../source/ports.ts';
import { files, inFolder, load, problemsOf } from './in-folder.ts';

const failure = async (run: Promise<unknown>): Promise<BootyError> => {
  try {
    await run;
  } catch (error) {
    if (error instanceof BootyError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const loadAt = (file: string, from: Files = files) => loadDefinition({ files: from, path: file, environment: {} });

test('no file', async (t) => {
  await inFolder({}, async (folder) => {
    const error = await failure(loadAt(path.join(folder, 'booty.yaml')));
    t.is(error.code, 'CONFIG_NOT_FOUND');
    t.is(error.exitCode, 2);
    t.regex(error.hint, /^write one with: booty init/);
  });
});

test('a folder, a dangling link', async (t) => {
  await inFolder({}, async (folder) => {
    await mkdir(path.join(folder, 'booty.yaml'));
    await symlink('nowhere', path.join(folder, 'booty.yml'));
    const asFolder = await failure(loadAt(path.join(folder, 'booty.yaml')));
    t.is(asFolder.message, `${folder}/booty.yaml cannot be read: it is a folder`);
    t.is(asFolder.hint, 'name the file itself: -f FOLDER/booty.yaml');
    const asLink = await failure(loadAt(path.join(folder, 'booty.yml')));
    t.is(asLink.code, 'CONFIG_UNREADABLE');
    t.regex(asLink.message, /no such file/);
  });
});

test('a file without permission to read', async (t) => {
  // Root may read every file, so the refusal comes from the port.
  const refusing: Files = { ...files, readRange: () => Promise.reject(new Error('EACCES: permission denied')) };
  await inFolder({ 'booty.yaml': 'services: {}' }, async (folder) => {
    const file = path.join(folder, 'booty.yaml');
    const error = await failure(loadAt(file, refusing));
    t.is(error.message, `${file} cannot be read: EACCES: permission denied`);
    t.is(error.hint, `make it readable: chmod u+r ${file}`);
  });
});

test('not UTF-8: the line is named; UTF-16 is named as such', async (t) => {
  const latin = await failure(load(Buffer.from('a: 1\nb: \u00e9\n', 'latin1')));
  t.regex(latin.message, /booty\.yaml cannot be read: line 2 is not UTF-8$/);
  const wide = await failure(load(Buffer.from('\ufeffa: 1\n', 'utf16le')));
  t.regex(wide.message, /: it is UTF-16$/);
  t.is(wide.hint, 'save it as UTF-8');
});

test('a byte order mark and CRLF are fine', async (t) => {
  t.is((await load('\ufeffservices:\r\n  web:\r\n    command: ./web\r\n')).services.length, 1);
});

test('a file that is too large', async (t) => {
  const error = await failure(load('#'.repeat(limits.documentBytesMax + 1)));
  t.is(error.code, 'CONFIG_UNREADABLE');
  t.regex(error.message, /larger than 4194304 bytes$/);
});

test('more services than allowed', async (t) => {
  const services = (count: number) =>
    `services:\n${Array.from({ length: count }, (_, index) => `  s${index}: {command: ./s}`).join('\n')}\n`;
  t.is((await load(services(limits.servicesMax))).services.length, limits.servicesMax);
  t.deepEqual(await problemsOf(services(limits.servicesMax + 1)), [
    '1:1 there are 501 services, at most 500 are allowed => split the stack into two folders',
  ]);
});

test('one problem: the message is the problem, the hint its fix', async (t) => {
  const error = await failure(load('services: {web: {command: ./web, restart: 3s}}'));
  t.is(error.code, 'CONFIG_INVALID');
  t.is(error.exitCode, 2);
  t.regex(error.message, /^\/.*\/booty\.yaml:1:43: services\.web\.restart: "3s" is no restart policy$/);
  t.is(error.hint, 'write no, always, on-failure, on-failure:5 or unless-stopped');
});

test('many problems: the first ten in the order of the file, and how many more', async (t) => {
  const keys = Array.from({ length: 13 }, (_, index) => `    zzz${index}: 1`).join('\n');
  const error = await failure(load(`services:\n  web:\n    command: ./web\n${keys}\n`));
  const lines = error.message.split('\n');
  t.regex(lines[0] ?? '', /^13 problems in \/.*\/booty\.yaml$/);
  t.regex(lines[1] ?? '', /booty\.yaml:4:5: services\.web has no key "zzz0"$/);
  t.regex(lines[2] ?? '', /^ {2}fix: remove it, or write one of: /);
  t.is(lines.at(-1), 'and 3 more');
  t.is((error as BootyError<'CONFIG_INVALID'>).facts.problems.length, 10);
  t.regex(error.hint, /^mend them, then check with: booty config -f /);
});

test('a broken .env and a broken env_file are named with their lines', async (t) => {
  const yaml = 'services: {web: {command: ./web, env_file: web.env}}';
  const beside = { '.env': '# fine\nA=1\nnot a line\n', 'web.env': 'A="open\n\nB=${B:?set B}\n' };
  t.deepEqual(await problemsOf(yaml, beside), [
    '.env:3:1 "not a line" is no line of an env file => write NAME=value',
    'web.env:1:1 the value of A has a quote that is not closed at its end => close the ", and write nothing behind it',
    'web.env:3:1 B: the variable B is required and not set: set B => set it in the environment or in .env beside this file: B=...',
  ]);
});

test('a reference in an env file that leads nowhere is named with its line', async (t) => {
  const yaml = 'services: {web: {command: ./web, env_file: web.env}}';
  t.deepEqual(await problemsOf(yaml, { 'web.env': '\nA=${{ ports.http }}\n' }), [
    'web.env:2:1 A: ${{ ports.http }}: web has no ports => write `ports: {http: auto}` in services.web',
  ]);
});

test('aliases of aliases end in a problem, not in memory', async (t) => {
  const letters = 'bcdefghij'.split('');
  const lines = letters.map(
    (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(', ')}]`,
  );
  const [first] = await problemsOf(`a: &a [x, x]\n${lines.join('\n')}\n`);
  t.regex(first ?? '', /^1:1 the document has more than 500000 values once its aliases are written out/);
});

test('lists nested without end are a problem, at every depth', async (t) => {
  for (const depth of [101, 500, 1_000, 1_500, 2_000, 20_000]) {
    const problems = await problemsOf('- '.repeat(depth));
    t.regex(problems.join('\n'), /nested (too deeply|deeper than 100) => write it flat$/, String(depth));
  }
});
