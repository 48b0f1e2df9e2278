/** What `booty init` makes of a folder: by example word for word, and for anything at all that the result is sound. */
import test from 'ava';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { loadDefinition } from '../../source/config/load.ts';
import { createFiles } from '../../source/edge/files.ts';
import { checkDefinition } from '../../source/stack/check.ts';
import { atDesk, type Desk } from './call.ts';

const loadWritten = async (desk: Desk) => {
  const path = `${desk.folder}/booty.yaml`;
  const definition = await loadDefinition({ files: createFiles(), path, environment: {} });
  return {
    definition,
    problems: [...definition.warnings, ...checkDefinition(definition).map(({ message }) => message)],
  };
};

const runs = (files: Readonly<Record<string, string>>) =>
  atDesk(files, async (desk) => {
    const { code, out } = await desk.call(['init', '--json']);
    const { definition, problems } = await loadWritten(desk);
    const report = JSON.parse(out) as { skipped: readonly { name: string; why: string }[] };
    const services = definition.services.map(
      ({ name, command, component }) => `${name}: ${component ?? command?.join(' ')}`,
    );
    return { code, services, problems, skipped: report.skipped.map(({ name }) => name), definition };
  });

const scripts = (names: Readonly<Record<string, string>>): string => JSON.stringify({ scripts: names });

const rows: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  ['the dev script', { 'package.json': scripts({ dev: 'vite', start: 'node .' }) }, ['main: npm run dev']],
  ['the start script', { 'package.json': scripts({ start: 'node .' }) }, ['main: npm run start']],
  ['another package manager', { 'package.json': scripts({ dev: 'x' }), 'pnpm-lock.yaml': '' }, ['main: pnpm run dev']],
  ['a Go program', { 'go.mod': 'module a.b/c\n', 'main.go': 'package main' }, ['main: go run .']],
  [
    'Go programs under cmd/',
    { 'go.mod': 'module a.b/c\n', 'cmd/api/main.go': '', 'cmd/Job_2/main.go': '', 'cmd/lib/x.go': '' },
    ['job_2: go run ./cmd/Job_2', 'api: go run ./cmd/api'],
  ],
  [
    'a Procfile, shell and all',
    { Procfile: 'web: puma -p $PORT\n# no\nworker: node w.js\n', 'package.json': scripts({ dev: 'x' }) },
    ['web: sh -c puma -p $PORT', 'worker: node w.js'],
  ],
  [
    'scripts beside systems of a compose file',
    { 'compose.yaml': 'services: {q: {image: nats}}', 'package.json': scripts({ dev: 'x' }) },
    ['q: nats-server', 'main: npm run dev'],
  ],
  ['nothing at all', {}, ['main: sh -c while sleep 5; do date; done']],
  [
    'files that are broken',
    { 'package.json': '{', 'compose.yaml': 'a: [', 'go.mod': '' },
    ['main: sh -c while sleep 5; do date; done'],
  ],
];

for (const [title, files, services] of rows) {
  test(title, async (t) => {
    const done = await runs(files);
    t.is(done.code, 0);
    t.deepEqual(done.problems, []);
    t.deepEqual(done.services, services);
  });
}

const compose = `
x-base: &base {restart: unless-stopped, logging: {driver: none}}
services:
  nats: {image: "nats:2.10.27-alpine", command: [-js], ports: ["4222:4222"]}
  db: {image: "postgres:16"}
  agent: {image: victoriametrics/vmagent}
  Api.1:
    <<: *base
    image: node:20
    working_dir: /app
    volumes: ["./api:/app", /app/node_modules]
    command: npm run dev -- --host "a b"
    environment: ["NATS_URL=nats://nats:4222", "DB=postgres://db:5432/x", "WEB=http://web:3000/x", S=$UNSET, "N=\${MUST:?please}", C=5$$, INHERITED]
    ports: ["8080:3000"]
    depends_on: {db: {condition: service_healthy}, nats: {condition: service_healthy}, web: {condition: service_healthy}}
    healthcheck: {test: "curl -f http://localhost:3000", interval: 5s}
    stop_signal: SIGCHLD
  web: {build: ./web, expose: [3000], depends_on: [Api.1]}
`;

test('a compose file: systems, own commands, what can not be, and who waits for whom', async (t) => {
  // A circle is one of the things that can not be: it is opened.
  const done = await runs({ 'compose.yaml': compose, 'web/package.json': scripts({ start: 'x' }), 'api/x': '' });
  t.deepEqual(done.problems, []);
  t.deepEqual(done.skipped, ['db', 'agent']);
  t.deepEqual(done.services, ['nats: nats-server', 'api-1: npm run dev -- --host a b', 'web: npm run start']);
  const [, api, web] = done.definition.services;
  t.deepEqual(api?.environment, {
    NATS_URL: '${{ services.nats.url }}',
    DB: 'postgres://127.0.0.1:5432/x',
    WEB: 'http://${{ services.web.host }}:3000/x'.replace(
      'http://${{ services.web.host }}:3000',
      '${{ services.web.url }}',
    ),
    S: '',
    N: '',
    C: '5$',
  });
  t.is(api?.workingDir, `${done.definition.folder}/api`);
  t.is(web?.workingDir, `${done.definition.folder}/web`);
  t.deepEqual([api?.ports, web?.ports], [{ http: 3000 }, { http: 'auto' }]);
  t.is(api?.stopSignal, null);
  t.is(api?.restart?.when, 'unless-stopped');
});

test('what is there stays, unless a new one is asked for; then the old one is kept', async (t) => {
  await atDesk({ 'booty.yaml': 'mine' }, async (desk) => {
    const first = await desk.call(['init']);
    t.is(first.code, 2);
    t.regex(first.err, /is there already.*\n.*booty add NAME/);
    t.is(await desk.read('booty.yaml'), 'mine');
    const second = await desk.call(['init', '--force']);
    t.is(second.code, 0);
    t.is(await desk.read('booty.yaml.old'), 'mine');
    t.deepEqual((await loadWritten(desk)).problems, []);
  });
});

test('it says what it did and what to type next', async (t) => {
  await atDesk({ 'compose.yaml': 'services: {db: {image: "postgres:16"}, q: {image: nats}}' }, async (desk) => {
    const { out } = await desk.call(['init']);
    t.regex(out, /wrote .*booty\.yaml\n +SERVICE +FROM +RUNS\n +q +compose\.yaml +component nats-server\n/);
    t.regex(out, /not taken over from compose\.yaml: db, as booty has no component for the image postgres:16/);
    t.regex(out, /next: .*`booty tui`/);
    t.regex(await desk.read('booty.yaml'), /^# yaml-language-server: \$schema=\S+booty\.schema\.json\n/);
  });
});

test('what cannot be written is said, and the old file stays', async (t) => {
  await atDesk({ 'booty.yaml': 'mine', 'booty.yaml.old/x': '' }, async (desk) => {
    const { code, out } = await desk.call(['init', '--force', '--json']);
    t.is(code, 1);
    t.is((JSON.parse(out) as { code: string }).code, 'CONFIG_NOT_WRITTEN');
    t.is(await desk.read('booty.yaml'), 'mine');
  });
});

test('whatever a compose file holds, what is written is sound', async (t) => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('$X', '${Y:?no}', '${{ ports.a }}', '$$', 'a b', '-x', 'db:80', "it's", '${'),
  );
  const value: fc.Arbitrary<unknown> = fc.oneof(
    word,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(word, { maxLength: 3 }),
    fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true }),
  );
  const key = fc.constantFrom(
    'command',
    'entrypoint',
    'environment',
    'env_file',
    'ports',
    'expose',
    'depends_on',
    'healthcheck',
    'restart',
    'stop_signal',
    'stop_grace_period',
    'profiles',
    'working_dir',
    'build',
    'image',
    'volumes',
    'x-y',
    'flavour',
  );
  const service = fc.oneof(value, fc.dictionary(key, value, { noNullPrototype: true }));
  const name = fc.oneof(
    fc.constantFrom('db', 'Web', 'web', 'booty', 'a.b', '__proto__x'),
    fc.string({ minLength: 1, maxLength: 8 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, service, { maxKeys: 4, noNullPrototype: true }), async (services) => {
      await atDesk({ 'compose.yaml': stringify({ services }) }, async (desk) => {
        const { code, err } = await desk.call(['init']);
        t.is(code, 0, err);
        // A variable stays a variable, and where nothing sets it, that is told.
        const { problems } = await loadWritten(desk);
        t.deepEqual(
          problems.filter((problem) => !/ the variable \w+ is not set and became empty/.test(problem)),
          [],
        );
      });
    }),
    { numRuns: 50 },
  );
});
