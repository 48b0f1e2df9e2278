/** What each recipe makes of a wiring, word for word: a change here is a change of how a server is run. */
import test from 'ava';
import { findRecipe } from '../../source/catalog/catalog.ts';
import type { OfferKind, Provider, Run, Wiring } from '../../source/catalog/recipe.ts';

test('nats-server', (t) => {
  const run = runOf('nats-server', { client: 4223, monitor: 8223 });
  t.deepEqual(run.args, ['-c', '/c/one/nats.conf']);
  t.deepEqual(json(run), {
    '/c/one/nats.conf': {
      server_name: 'shop-one',
      host: '127.0.0.1',
      port: 4223,
      http: '127.0.0.1:8223',
      authorization: { user: 'booty', password: 'password of one' },
      jetstream: { store_dir: '/d/one' },
    },
  });
  t.deepEqual(run.configCheck, { executable: 'nats-server', args: ['-t', '-c', '/c/one/nats.conf'] });
});

test('victoria-metrics', (t) => {
  t.deepEqual(runOf('victoria-metrics', { http: 8430 }).args, [
    '-storageDataPath=/d/one',
    '-httpListenAddr=127.0.0.1:8430',
    '-search.latencyOffset=1s',
    '-loggerFormat=json',
    ...keysFromEnvironment,
  ]);
});

test('vmagent', (t) => {
  const run = runOf('vmagent', { http: 8431 }, [
    provider('vm', 'remote-write', 8430, '/api/v1/write'),
    provider('vm', 'metrics', 8430, '/metrics'),
    provider('main', 'metrics', 7000, '/stats'),
  ]);
  t.deepEqual(run.args, [
    '-promscrape.config=/c/one/scrape.yml',
    '-remoteWrite.url=http://127.0.0.1:8430/api/v1/write',
    '-remoteWrite.tmpDataPath=/d/one',
    '-remoteWrite.maxDiskUsagePerURL=1GB',
    '-httpListenAddr=127.0.0.1:8431',
    '-loggerFormat=json',
    ...keysFromEnvironment,
  ]);
  t.deepEqual(json(run), { '/c/one/scrape.yml': scrape });
});

for (const component of ['victoria-metrics', 'vmagent', 'vmalert']) {
  test(`${component} is told its key by the environment, never by an argument`, (t) => {
    const { args, environment } = runOf(component, {});
    t.deepEqual(args.slice(-2), keysFromEnvironment);
    t.is(environment['BOOTY_VM_snapshotAuthKey'], 'admin_key of one');
    t.is(environment['BOOTY_VM_search_resetCacheAuthKey'], 'admin_key of one');
    t.false(args.join(' ').includes('of one'));
  });
}

test('prometheus', (t) => {
  const run = runOf('prometheus', { http: 9091 }, [
    provider('vm', 'metrics', 8430, '/metrics'),
    provider('main', 'metrics', 7000, '/stats'),
  ]);
  t.deepEqual(run.args, [
    '--config.file=/c/one/prometheus.yml',
    '--storage.tsdb.path=/d/one',
    '--web.listen-address=127.0.0.1:9091',
    '--log.format=json',
  ]);
  t.deepEqual(json(run), { '/c/one/prometheus.yml': scrape });
});

test('vmalert', (t) => {
  const run = runOf('vmalert', { http: 8881 }, [
    provider('vm', 'prometheus-query', 8430, ''),
    provider('vm', 'remote-write', 8430, '/api/v1/write'),
  ]);
  t.deepEqual(run.args, [
    '-rule=/c/one/rules.yml',
    '-notifier.config=/c/one/notifier.yml',
    '-datasource.url=http://127.0.0.1:8430',
    '-remoteWrite.url=http://127.0.0.1:8430',
    '-httpListenAddr=127.0.0.1:8881',
    '-loggerFormat=json',
    ...keysFromEnvironment,
  ]);
  t.deepEqual(Object.keys(json(run)), ['/c/one/rules.yml', '/c/one/notifier.yml']);
});

test('node_exporter leaves systemd alone where there is one', (t) => {
  const common = ['--web.listen-address=127.0.0.1:9101', '--log.format=json', '--collector.textfile.directory=/d/one'];
  t.deepEqual(runOf('node_exporter', { http: 9101 }).args, [...common, '--no-collector.systemd']);
  t.deepEqual(runOf('node_exporter', { http: 9101 }, [], { platform: 'darwin' }).args, common);
});

test('etcd', (t) => {
  t.deepEqual(runOf('etcd', { client: 2381, peer: 2382 }).args, [
    '--name=one',
    '--data-dir=/d/one',
    '--listen-client-urls=http://127.0.0.1:2381',
    '--advertise-client-urls=http://127.0.0.1:2381',
    '--listen-peer-urls=http://127.0.0.1:2382',
    '--initial-advertise-peer-urls=http://127.0.0.1:2382',
    '--initial-cluster=one=http://127.0.0.1:2382',
    '--logger=zap',
    '--log-outputs=stderr',
  ]);
});

test('caddy routes each page by path and by host, and has no admin API', (t) => {
  const run = runOf('caddy', { http: 8081, metrics: 2020 }, [provider('vm', 'http-route', 8430, '/vmui/')]);
  t.deepEqual(run.args, ['run', '--config', '/c/one/caddy.json']);
  t.deepEqual(run.environment, { XDG_DATA_HOME: '/d/one', XDG_CONFIG_HOME: '/d/one' });
  const config = json(run)['/c/one/caddy.json'] as {
    admin: unknown;
    apps: { http: { servers: Record<string, { listen: unknown; routes: unknown[] }> } };
  };
  t.deepEqual(config.admin, { disabled: true, config: { persist: false } });
  const { front, metrics } = config.apps.http.servers;
  t.deepEqual(front?.listen, ['127.0.0.1:8081']);
  t.deepEqual(metrics?.listen, ['127.0.0.1:2020']);
  t.deepEqual(front?.routes.slice(0, 3), [
    {
      match: [{ host: ['vm.localhost'] }],
      handle: [{ handler: 'reverse_proxy', upstreams: [{ dial: '127.0.0.1:8430' }] }],
      terminal: true,
    },
    {
      match: [{ path: ['/vm'] }],
      handle: [{ handler: 'static_response', status_code: 308, headers: { Location: ['/vm/'] } }],
      terminal: true,
    },
    {
      match: [{ path: ['/vm/*'] }],
      handle: [
        { handler: 'rewrite', strip_path_prefix: '/vm' },
        {
          handler: 'reverse_proxy',
          upstreams: [{ dial: '127.0.0.1:8430' }],
          headers: {
            request: { set: { 'X-Forwarded-Prefix': ['/vm'] } },
            response: { replace: { Location: [{ search_regexp: '^/([^/]|$)', replace: '/vm/$1' }] } },
          },
        },
      ],
      terminal: true,
    },
  ]);
});

test('caddy turns metrics on where its version has the switch', (t) => {
  const switches = (version: string) => {
    const config = json(runOf('caddy', { http: 8081, metrics: 2020 }, [], { version }))['/c/one/caddy.json'] as {
      apps: { http: { metrics?: unknown; servers: { front: { metrics?: unknown } } } };
    };
    return [config.apps.http.metrics, config.apps.http.servers.front.metrics];
  };
  t.deepEqual(switches('2.6.2'), [undefined, {}]);
  t.deepEqual(switches('2.11.4'), [{}, undefined]);
});

const keysFromEnvironment = ['-envflag.enable', '-envflag.prefix=BOOTY_VM_'];

const scrape = {
  global: { scrape_interval: '10s' },
  scrape_configs: [
    { job_name: 'vm', metrics_path: '/metrics', static_configs: [{ targets: ['127.0.0.1:8430'] }] },
    { job_name: 'main', metrics_path: '/stats', static_configs: [{ targets: ['127.0.0.1:7000'] }] },
  ],
};

const provider = (service: string, kind: OfferKind, port: number, path: string): Provider => {
  const origin = `http://127.0.0.1:${port}`;
  const address = `127.0.0.1:${port}`;
  return { service, title: service, kind, host: '127.0.0.1', port, address, origin, path, url: `${origin}${path}` };
};

const runOf = (
  component: string,
  ports: Readonly<Record<string, number>>,
  providers: readonly Provider[] = [],
  over: Partial<Wiring> = {},
): Run => {
  const recipe = findRecipe(component);
  if (!recipe) throw new Error(`no recipe ${component}`);
  const number = (name: string) => ports[name] ?? 0;
  return recipe.run({
    stack: 'shop',
    service: 'one',
    version: '1.0.0',
    platform: 'linux',
    dirs: { data: '/d/one', config: '/c/one', logs: '/l' },
    bind: '127.0.0.1',
    listen: (name) => `127.0.0.1:${number(name)}`,
    port: number,
    url: (name) => `http://127.0.0.1:${number(name)}`,
    secret: (name) => `${name} of one`,
    providers: (kind) => providers.filter((one) => one.kind === kind),
    ...over,
  });
};

/** The files by path, read as JSON, which all of them are. */
const json = (run: Run): Readonly<Record<string, unknown>> =>
  Object.fromEntries(run.files.map(({ path, text }) => [path, JSON.parse(text) as unknown]));
