/**
Every system of the catalog that runs here, as one stack on real servers, seen as another user of the machine would see
it: by the list of processes, by every listener, by the pages that are open, and by what booty itself shows.
*/
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { connect } from '@nats-io/transport-node';
import test, { type ExecutionContext } from 'ava';
import type { StackRow } from '../../source/core/model.ts';
import { shareStore } from '../real-downloads.ts';
import { assertNothingLeft, makeBooty, serviceOf, type Booty } from '../terminal/booty.ts';
import { isLoopback, listenersOf } from './sockets-of.ts';

const hasApt = existsSync('/usr/bin/apt-get') && process.platform === 'linux';
const real = hasApt ? test : test.skip;

const main = path.resolve('examples/main/main.ts');
const stack = `
name: shared
services:
  nats: {component: nats-server}
  victoria-metrics: {component: victoria-metrics}
  vmagent: {component: vmagent}
  vmalert: {component: vmalert, depends_on: [victoria-metrics]}
  node_exporter: {component: node_exporter}
  prometheus: {component: prometheus}
  etcd: {component: etcd}
  caddy: {component: caddy}
  main:
    command: ['${process.execPath}', '${main}']
    environment: {NATS_URL: '\${{ services.nats.url }}'}
    depends_on: {nats: {condition: service_healthy}}
    ports: {http: auto}
    healthcheck: {http: '\${{ services.main.url }}/health'}
  talkative:
    command: [sh, -c, 'echo "I got $$URL and $$KEY"; exec sleep 1000']
    environment: {URL: '\${{ services.nats.url }}', KEY: '\${{ services.vmagent.secrets.admin_key }}'}
    healthcheck: {test: [CMD-SHELL, 'echo "asked with $$URL" >&2; exit 1'], interval: 1s, retries: 1}
`;

real('a whole stack keeps its secrets and its listeners to itself (needs apt-get on Linux)', async (t) => {
  t.timeout(240_000);
  const booty = makeBooty(t, stack);
  shareStore(booty.home);
  const up = await booty.run(['up', '-d']);
  t.is(up.code, 0, up.stderr);
  const isUp = ({ name, state }: StackRow['services'][number]) =>
    state === (name === 'talkative' ? 'unhealthy' : 'ready');
  const row = await booty.untilRow('all are up', ({ services }) => services.every(isUp), 60_000);
  const secrets = readSecrets(booty);
  t.is(secrets.length, 4);

  nobodyListensToTheNetwork(t, booty, row);
  nobodySeesASecret(t, booty, secrets);
  await bootyShowsNoSecret(t, booty, secrets);
  await openPagesShowNoSecret(t, row, secrets);
  await adminNeedsTheKey(t, booty, row);
  await natsNeedsThePassword(t, booty, row);

  t.is((await booty.run(['down'])).code, 0);
  await assertNothingLeft(t, booty);
  t.is((await booty.run(['up', '-d', 'nats'])).code, 0);
  t.deepEqual(readSecrets(booty), secrets, 'the next start has the same secrets');
  t.is((await booty.run(['down'])).code, 0);
  t.deepEqual(socketsBelow(booty.home), []);
});

const nobodyListensToTheNetwork = (t: ExecutionContext, booty: Booty, row: StackRow): void => {
  const found = listenersOf(booty.processes().map(({ pid }) => pid));
  t.deepEqual(
    found.filter((listener) => !isLoopback(listener)),
    [],
  );
  // All that should be there was seen, or the above would prove nothing.
  const listening = new Set(found.map(({ port }) => port));
  for (const { name, ports } of row.services) {
    for (const [port, number] of Object.entries(ports)) t.true(listening.has(number), `${name} ${port} ${number}`);
  }
};

const nobodySeesASecret = (t: ExecutionContext, booty: Booty, secrets: readonly string[]): void => {
  const processes = booty.processes();
  t.true(processes.length > 10);
  for (const { command } of processes) {
    t.false(
      secrets.some((secret) => command.includes(secret)),
      command,
    );
  }
  const folder = stackFolder(booty);
  for (const name of ['secrets.json', 'run/run.json', 'config/nats/nats.conf']) {
    t.is(statSync(path.join(folder, name)).mode & 0o777, 0o600, name);
  }
  for (const place of [
    booty.home,
    folder,
    ...['run', 'config', 'data', 'logs'].map((name) => path.join(folder, name)),
  ]) {
    t.is(statSync(place).mode & 0o777, 0o700, place);
  }
};

const bootyShowsNoSecret = async (t: ExecutionContext, booty: Booty, secrets: readonly string[]): Promise<void> => {
  const spoken = await Promise.all(
    [['ps'], ['ps', '--json'], ['logs', '-n', '1000'], ['logs', '--json', 'talkative']].map((words) =>
      booty.run(words),
    ),
  );
  for (const { stdout, stderr } of spoken) {
    t.false(
      secrets.some((secret) => `${stdout}${stderr}`.includes(secret)),
      stdout,
    );
  }
  const [, ps, , logs] = spoken;
  const { reason } = serviceOf(JSON.parse(ps?.stdout ?? '') as StackRow, 'talkative');
  t.regex(reason ?? '', /asked with nats:\/\/booty:•••@127\.0\.0\.1:\d+/);
  t.regex(logs?.stdout ?? '', /I got nats:\/\/booty:•••@127\.0\.0\.1:\d+ and •••/);
  // What only this user may read: no event, and no log but that of the program which prints it.
  const folder = stackFolder(booty);
  // Parts of old logs and their indexes lie in folders beside them.
  const kept = readdirSync(path.join(folder, 'logs'), { recursive: true, encoding: 'utf8' }).map(
    (name) => `logs/${name}`,
  );
  const files = ['run/events.ndjson', ...kept.filter((name) => statSync(path.join(folder, name)).isFile())];
  for (const name of files.filter((file) => file !== 'logs/talkative.log')) {
    const text = readFileSync(path.join(folder, name), 'utf8');
    t.false(
      secrets.some((secret) => text.includes(secret)),
      name,
    );
  }
};

const openPagesShowNoSecret = async (t: ExecutionContext, row: StackRow, secrets: readonly string[]): Promise<void> => {
  const pages = [
    ...['/varz', '/connz?subs=1&auth=1', '/accountz', '/jsz?config=1'].map((page) => url(row, 'nats', 'monitor', page)),
    ...['victoria-metrics', 'vmagent', 'vmalert'].flatMap((name) => [
      url(row, name, 'http', '/flags'),
      url(row, name, 'http', '/metrics'),
    ]),
    url(row, 'vmagent', 'http', '/config'),
    url(row, 'caddy', 'http', '/'),
    url(row, 'caddy', 'metrics', '/metrics'),
    url(row, 'main', 'http', '/metrics'),
  ];
  for (const page of pages) {
    const answer = await fetch(page);
    t.is(answer.status, 200, page);
    const text = await answer.text();
    t.false(
      secrets.some((secret) => text.includes(secret)),
      page,
    );
  }
  t.is((await fetch(url(row, 'caddy', 'metrics', '/config/'))).status, 404, 'the admin API is off');
};

const adminNeedsTheKey = async (t: ExecutionContext, booty: Booty, row: StackRow): Promise<void> => {
  const closed = [
    ['victoria-metrics', '/snapshot/create'],
    ['victoria-metrics', '/api/v1/admin/tsdb/delete_series?match%5B%5D=nothing'],
    ['victoria-metrics', '/internal/force_flush'],
    ['victoria-metrics', '/internal/force_merge'],
    ['victoria-metrics', '/internal/resetRollupResultCache'],
    ['victoria-metrics', '/debug/pprof/cmdline'],
    ['vmagent', '/debug/pprof/cmdline'],
    ['vmalert', '/debug/pprof/cmdline'],
  ] as const;
  for (const [name, page] of closed) {
    const key = secretsOf(booty)[name]?.['admin_key'] ?? '';
    const separator = page.includes('?') ? '&' : '?';
    const [without, wrong, right] = await Promise.all(
      ['', `${separator}authKey=wrong`, `${separator}authKey=${key}`].map(
        async (ask) => (await fetch(`${url(row, name, 'http', page)}${ask}`)).ok,
      ),
    );
    t.deepEqual([without, wrong, right], [false, false, true], `${name} ${page}`);
  }
};

const natsNeedsThePassword = async (t: ExecutionContext, booty: Booty, row: StackRow): Promise<void> => {
  const servers = `127.0.0.1:${serviceOf(row, 'nats').ports['client']}`;
  await t.throwsAsync(connect({ servers }), { message: /authorization violation/i });
  await t.throwsAsync(connect({ servers, user: 'booty', pass: 'wrong' }), { message: /authorization violation/i });
  const pass = secretsOf(booty)['nats']?.['password'] ?? '';
  const connection = await connect({ servers, user: 'booty', pass });
  // The sample program was let in with the URL it was handed.
  for await (const message of connection.subscribe('main.ticks', { max: 1 })) t.regex(message.string(), /"tick":\d/);
  await connection.close();
};

const url = (row: StackRow, service: string, port: string, page: string): string =>
  `http://127.0.0.1:${serviceOf(row, service).ports[port]}${page}`;

const stackFolder = (booty: Booty): string => path.join(booty.home, 'stacks', 'shared');

const secretsOf = (booty: Booty): Readonly<Record<string, Readonly<Record<string, string>>>> => {
  const document = JSON.parse(readFileSync(path.join(stackFolder(booty), 'secrets.json'), 'utf8')) as {
    secrets: Record<string, Record<string, string>>;
  };
  return document.secrets;
};

const readSecrets = (booty: Booty): readonly string[] =>
  Object.values(secretsOf(booty)).flatMap((own) => Object.values(own));

const socketsBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSocket())
    .map((entry) => path.join(entry.parentPath, entry.name));
