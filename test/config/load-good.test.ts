/** Good files: what every key becomes, defaults left open, merges, variables and their precedence. */
import path from 'node:path';
import test from 'ava';
import { loadDefinition } from '../../source/config/load.ts';
import type { BootyError } from '../../source/core/error.ts';
import type { ServiceDefinition } from '../../source/core/model.ts';
import { files, inFolder, load } from './in-folder.ts';

const one = async (
  body: string,
  beside: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<ServiceDefinition> => {
  const { services } = await load(`services:\n  web: {command: ./web, ${body}}\n`, beside, environment);
  return services[0]!;
};

test('the smallest file leaves everything open', async (t) => {
  await inFolder({ 'booty.yaml': 'services: {web: {command: ./web}}' }, async (folder) => {
    const file = path.join(folder, 'booty.yaml');
    const definition = await loadDefinition({ files, path: file, environment: {} });
    t.regex(definition.name, /^booty-config-[a-z0-9_-]+-[0-9a-f]{6}$/);
    t.is(definition.file, file);
    t.is(definition.folder, folder);
    t.deepEqual(definition.warnings, []);
    t.deepEqual(definition.positions['services.web.command'], { file, line: 1, column: 18 });
    t.deepEqual(definition.services, [
      {
        name: 'web',
        component: null,
        version: null,
        command: ['./web'],
        environment: {},
        workingDir: folder,
        dependencies: [],
        healthcheck: null,
        onUnhealthy: null,
        restart: null,
        stopSignal: null,
        stopGraceMs: null,
        stopScope: null,
        ports: {},
        bind: '127.0.0.1',
        log: null,
        profiles: [],
        openFilesMax: null,
      },
    ]);
  });
});

test('a stack may ask that nobody looks for newer versions by itself', async (t) => {
  t.is((await load('update_check: false\nservices: {web: {command: ./web}}')).updateCheck, false);
  for (const text of ['', 'update_check: true\n'])
    t.false('updateCheck' in (await load(`${text}services: {web: {command: ./web}}`)));
  const error = await t.throwsAsync<BootyError>(load('update_check: maybe\nservices: {web: {command: ./web}}'));
  t.regex(error?.message ?? '', /booty\.yaml:1:15.*update_check/);
});

test('every key at once', async (t) => {
  const definition = await load(`
name: shop
x-note: ignored, \${EVEN:?this}
services:
  db: {component: nats-server, version: 2, command: [-DV], x-mine: {a: b}}
  web:
    command: ./web --port \${{ ports.http }} 'two words'
    environment: {LEVEL: debug, RATIO: 1.10, MODE: 0755, ON: true, x-kept: 1}
    working_dir: ./web/../api
    depends_on:
      db: {condition: service_healthy, required: false, restart: true}
    healthcheck:
      http: http://127.0.0.1:\${{ ports.http }}/health
      interval: 5s
      timeout: 500ms
      retries: 4
      start_period: 1m30s
      start_interval: 0.25s
    on_unhealthy: restart
    restart: on-failure:5
    stop_signal: int
    stop_grace_period: 1h
    stop_scope: tree
    pid: private
    ports: {http: 8080, admin: auto}
    bind: 0.0.0.0
    log: pipe
    profiles: [debug]
    ulimits: {nofile: {soft: 1024, hard: 4096}}
`);
  const [db, web] = definition.services;
  t.is(definition.name, 'shop');
  t.is(db?.component, 'nats-server');
  t.is(db?.version, '2.x');
  t.deepEqual(db?.command, ['-DV']);
  t.deepEqual(web, {
    name: 'web',
    component: null,
    version: null,
    command: ['./web', '--port', '${{ ports.http }}', 'two words'],
    environment: { LEVEL: 'debug', RATIO: '1.10', MODE: '0755', ON: 'true', 'x-kept': '1' },
    workingDir: path.join(definition.folder, 'api'),
    dependencies: [{ service: 'db', condition: 'service_healthy', required: false, restart: true }],
    healthcheck: {
      probe: { kind: 'http', url: 'http://127.0.0.1:${{ ports.http }}/health' },
      intervalMs: 5_000,
      timeoutMs: 500,
      retries: 4,
      startPeriodMs: 90_000,
      startIntervalMs: 250,
    },
    onUnhealthy: 'restart',
    restart: { when: 'on-failure', retriesMax: 5 },
    stopSignal: 'SIGINT',
    stopGraceMs: 3_600_000,
    stopScope: 'tree',
    ports: { http: 8080, admin: 'auto' },
    bind: '0.0.0.0',
    log: 'pipe',
    profiles: ['debug'],
    openFilesMax: 1_024,
    isPidPrivate: true,
  });
});

test('a version that YAML takes for a number stays what was written', async (t) => {
  const { services } = await load('services: {nats: {component: nats-server, version: 2.10}}');
  t.is(services[0]?.version, '2.10');
});

const probes: readonly (readonly [string, unknown])[] = [
  ['test: ./check --quick | grep ok', { kind: 'exec', command: ['/bin/sh', '-c', './check --quick | grep ok'] }],
  ['test: [CMD-SHELL, ./check | grep ok]', { kind: 'exec', command: ['/bin/sh', '-c', './check | grep ok'] }],
  ['test: [CMD, ./check, 1]', { kind: 'exec', command: ['./check', '1'] }],
  ['test: [NONE]', { kind: 'none' }],
  ['disable: true', { kind: 'none' }],
  ['tcp: "127.0.0.1:5432"', { kind: 'tcp', address: '127.0.0.1:5432' }],
  ['tcp: "[::1]:5432"', { kind: 'tcp', address: '[::1]:5432' }],
  ['exec: [./check]', { kind: 'exec', command: ['./check'] }],
  ['log: "ready in [0-9]+ ms$$"', { kind: 'log', pattern: 'ready in [0-9]+ ms$' }],
  ['http: "${{ services.web.url }}/health"', { kind: 'http', url: '${{ services.web.url }}/health' }],
  ['file: /run/ready', { kind: 'file', path: '/run/ready' }],
  ['file: "${{ dirs.data }}/ready"', { kind: 'file', path: '${{ dirs.data }}/ready' }],
];
for (const [written, probe] of probes) {
  test(`healthcheck ${written}`, async (t) => {
    const service = await one(`ports: {http: auto}, healthcheck: {${written}}`);
    t.deepEqual(service.healthcheck?.probe, probe as never);
  });
}

test('a file probe is looked for from the working dir', async (t) => {
  const service = await one('working_dir: sub, healthcheck: {file: ready}');
  t.deepEqual(service.healthcheck?.probe, { kind: 'file', path: `${service.workingDir}/ready` });
});

test('only timings: the catalog has the probe; 0 is the default', async (t) => {
  const { services } = await load(
    'services: {n: {component: nats-server, healthcheck: {interval: 0, timeout: 2s, retries: 0}}}',
  );
  t.deepEqual(services[0]?.healthcheck, {
    probe: { kind: 'catalog' },
    intervalMs: null,
    timeoutMs: 2_000,
    retries: null,
    startPeriodMs: null,
    startIntervalMs: null,
  });
});

test('restart in all its words', async (t) => {
  const expected = {
    no: 'no',
    false: 'no',
    '"no"': 'no',
    always: 'always',
    'on-failure': 'on-failure',
    'unless-stopped': 'unless-stopped',
  };
  for (const [written, when] of Object.entries(expected)) {
    t.deepEqual((await one(`restart: ${written}`)).restart, { when: when as 'no', retriesMax: null });
  }
});

test('the list form of depends_on means started', async (t) => {
  const { services } = await load('services: {a: {command: a, depends_on: [b]}, b: {command: b}}');
  t.deepEqual(services[0]?.dependencies, [
    { service: 'b', condition: 'service_started', required: true, restart: false },
  ]);
});

test('merge keys and anchors: own keys win, then the first of the merged', async (t) => {
  const { services } = await load(`
x-base: &base {restart: always, environment: {A: 1}, stop_signal: INT}
x-more: &more {restart: "no", log: pipe}
services:
  web:
    <<: [*base, *more]
    command: ./web
    stop_signal: QUIT
`);
  const [web] = services;
  t.is(web?.restart?.when, 'always');
  t.is(web?.log, 'pipe');
  t.is(web?.stopSignal, 'SIGQUIT');
  t.deepEqual(web?.environment, { A: '1' });
});

test('environment: own over env files, a later file over an earlier one', async (t) => {
  const service = await one(
    'env_file: [a.env, {path: b.env}, {path: gone.env, required: false}], environment: {C: own}',
    {
      'a.env': 'A=a\nB=a\nC=a\n',
      'b.env': 'B=b\nC=b\n',
    },
  );
  t.deepEqual(service.environment, { A: 'a', B: 'b', C: 'own' });
});

test('interpolation: the real environment over .env', async (t) => {
  const beside = { '.env': 'A=file\nB=file\n' };
  const service = await one('environment: {A: $A, B: "${B}", C: "${C:-none}"}', beside, { A: 'real' });
  t.deepEqual(service.environment, { A: 'real', B: 'file', C: 'none' });
});

test('.env alone gives a service nothing; a variable without a value asks for it', async (t) => {
  const beside = { '.env': 'A=file\nB=file\n', 'web.env': 'GONE=x\n' };
  const service = await one('env_file: web.env, environment: [A, GONE]', beside, {});
  t.deepEqual(service.environment, { A: 'file' });
});

test('env files see variables and may hold references', async (t) => {
  const beside = { 'web.env': 'A=$NAME\nB="${{ ports.http }}"\nC=\'${{ ports.http }}\'\nNAME\n' };
  const service = await one('ports: {http: auto}, env_file: web.env', beside, { NAME: 'shop' });
  t.deepEqual(service.environment, {
    A: 'shop',
    B: '${{ ports.http }}',
    C: '$${{ ports.http }}',
    NAME: 'shop',
  });
});

test('numbers and truths may come from variables', async (t) => {
  const service = await one(
    'ports: {http: "${PORT}"}, ulimits: {nofile: "$FILES"}, healthcheck: {tcp: "a:$PORT", retries: "$N"}',
    {},
    { PORT: '8080', FILES: '100', N: '3' },
  );
  t.is(service.ports['http'], 8080);
  t.is(service.openFilesMax, 100);
  t.is(service.healthcheck?.retries, 3);
});

test('a value that looks like a reference stays text', async (t) => {
  const service = await one('environment: {A: "$A"}', {}, { A: '${{ ports.nope }}' });
  t.is(service.environment['A'], '$${{ ports.nope }}');
});

test('one port for two services of different profiles, or of different addresses', async (t) => {
  const { services } = await load(`
services:
  a: {command: a, ports: {http: 8080}, profiles: [one]}
  b: {command: b, ports: {http: 8080}, profiles: [two]}
  c: {command: c, ports: {http: 9090}, bind: 127.0.0.1}
  d: {command: d, ports: {http: 9090}, bind: 127.0.0.2}
`);
  t.is(services.length, 4);
});

test('warnings: a top-level version, unset variables, waiting for health that nobody tells', async (t) => {
  const { warnings } = await load(`version: "3.8"
services:
  a: {command: a $NOPE, depends_on: {b: {condition: service_healthy}}}
  b: {command: b}
`);
  const places = warnings.map((warning) => warning.replace(/^.*booty\.yaml:/, ''));
  t.deepEqual(places, [
    '1:1: a top-level version has no meaning here; remove it',
    '3:16: the variable NOPE is not set and became empty; write ${NOPE:-default}',
    '3:38: a waits for b to be healthy, but b has no healthcheck: it counts as soon as it runs',
  ]);
});

test('offers stand at the first port, or at the one that is named', async (t) => {
  const offers = '{metrics: {port: admin, path: /metrics}, http-route: /, nats: ""}';
  const environment = '{A: "${{ services.web.metrics }}", B: "${{ services.web.metrics.port }}"}';
  const service = await one(`ports: {http: auto, admin: 9000}, offers: ${offers}, environment: ${environment}`);
  t.deepEqual(service.offers, [
    { kind: 'metrics', port: 'admin', path: '/metrics' },
    { kind: 'http-route', port: 'http', path: '/' },
    { kind: 'nats', port: 'http', path: '' },
  ]);
});

test('a diamond is no circle', async (t) => {
  const yaml =
    'services: {a: {command: a, depends_on: [b, c]}, b: {command: b, depends_on: [d]}, c: {command: c, depends_on: [d]}, d: {command: d}}';
  t.is((await load(yaml)).services.length, 4);
});

test('the file is found through a link, and its folder is the real one', async (t) => {
  await inFolder({ 'real/booty.yaml': 'services: {web: {command: ./web, working_dir: sub}}' }, async (folder) => {
    const { symlink } = await import('node:fs/promises');
    await symlink('real', path.join(folder, 'link'));
    const through = await loadDefinition({ files, path: path.join(folder, 'link', 'booty.yaml'), environment: {} });
    const direct = await loadDefinition({ files, path: path.join(folder, 'real', 'booty.yaml'), environment: {} });
    t.is(through.name, direct.name);
    t.is(through.folder, path.join(folder, 'real'));
    t.is(through.services[0]?.workingDir, path.join(folder, 'real', 'sub'));
  });
});
