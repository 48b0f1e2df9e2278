import test from 'ava';
import * as fc from 'fast-check';
import { assemble } from '../../source/stack/assemble.ts';
import { builtinDefinition } from '../../source/stack/builtin.ts';
import { portRequests } from '../../source/stack/ports.ts';
import { type SecretTable, secretRequests } from '../../source/stack/secrets.ts';
import { stopLayers } from '../../source/core/graph.ts';
import { victoriaMetrics } from '../../source/catalog/victoria-metrics.ts';
import type { StackDefinition } from '../../source/core/model.ts';
import { dirs, numbered, service, stack } from './definitions.ts';

const observe = builtinDefinition('observe', {
  folder: '/shop',
  stackName: 'observe-1',
  mainProgram: '/booty/examples/main/main.ts',
  nodePath: '/node',
});
const names = ['nats-server', 'victoria-metrics', 'vmagent', 'vmalert', 'node_exporter', 'caddy', 'prometheus', 'etcd'];
const binary = { version: '2.6.2', executables: Object.fromEntries(names.map((name) => [name, `/store/${name}`])) };
const environment = { PATH: '/bin' };
const assembled = (definition: StackDefinition) =>
  assemble(definition, { ports: numbered(portRequests(definition)), secrets: madeUp(definition), dirs, environment });

/** One value for all of them, which is easy to look for. */
const madeUp = (definition: StackDefinition): SecretTable => {
  const table: Record<string, Record<string, string>> = {};
  for (const { service: name, name: secret } of secretRequests(definition)) (table[name] ??= {})[secret] = '5ec7e7';
  return table;
};

test('observe stops from the front door inwards', (t) => {
  const layers = stopLayers(assembled(observe).specs);
  t.deepEqual(Object.fromEntries(layers), {
    caddy: 1,
    main: 2,
    vmagent: 2,
    node_exporter: 2,
    nats: 3,
    'victoria-metrics': 3,
  });
});

test('observe waits only where it must: a page that is away is no reason not to open the door', (t) => {
  const [caddy] = assembled(observe).specs.filter(({ name }) => name === 'caddy');
  t.true(caddy?.dependencies.every(({ required }) => !required));
  const [main] = assembled(observe).specs.filter(({ name }) => name === 'main');
  t.deepEqual(main?.dependencies, [{ service: 'nats', condition: 'service_healthy', required: true, restart: false }]);
});

test('a component takes its recipe’s ways, an own command Compose’s', (t) => {
  const definition = stack([
    service({ name: 'vm', component: 'victoria-metrics', version: '1.x' }),
    service({ name: 'job', command: ['job'] }),
  ]);
  const { specs, binaries } = assembled(definition);
  t.deepEqual(specs, [
    {
      name: 'vm',
      component: 'victoria-metrics',
      needsBinary: true,
      dependencies: [],
      readiness: {
        probe: { kind: 'http', url: 'http://127.0.0.1:10000/health' },
        intervalMs: 10_000,
        startIntervalMs: 250,
        timeoutMs: 3_000,
        retries: 3,
        startPeriodMs: 30_000,
        onUnhealthy: 'report',
      },
      restart: { when: 'unless-stopped', retriesMax: null },
      stop: { signal: 'SIGINT', graceMs: 60_000, scope: 'group' },
      ports: { http: 10_000 },
    },
    {
      name: 'job',
      component: null,
      needsBinary: false,
      dependencies: [],
      readiness: null,
      restart: { when: 'no', retriesMax: null },
      stop: { signal: 'SIGTERM', graceMs: 10_000, scope: 'group' },
      ports: {},
    },
  ]);
  t.deepEqual(binaries, [
    {
      service: 'vm',
      component: 'victoria-metrics',
      package: 'victoria-metrics',
      executable: 'victoria-metrics',
      range: '1.x',
      wayBack: victoriaMetrics.wayBack,
      oneAtATime: null,
      hasOwnSnapshot: true,
    },
  ]);
});

test('what is written wins over the recipe; only the timings may be', (t) => {
  const written = { intervalMs: 1_000, timeoutMs: null, retries: 2, startPeriodMs: 7_000, startIntervalMs: 50 };
  const vm = service({
    name: 'vm',
    component: 'victoria-metrics',
    healthcheck: { probe: { kind: 'catalog' }, ...written },
    onUnhealthy: 'restart',
    restart: { when: 'no', retriesMax: null },
    stopSignal: 'SIGTERM',
    stopGraceMs: 1,
    stopScope: 'process',
  });
  const [spec] = assembled(stack([vm])).specs;
  t.deepEqual(spec?.readiness, {
    probe: { kind: 'http', url: 'http://127.0.0.1:10000/health' },
    intervalMs: 1_000,
    startIntervalMs: 50,
    timeoutMs: 3_000,
    retries: 2,
    startPeriodMs: 7_000,
    onUnhealthy: 'restart',
  });
  t.deepEqual([spec?.restart.when, spec?.stop], ['no', { signal: 'SIGTERM', graceMs: 1, scope: 'process' }]);
});

test('each kind of written probe, and none', (t) => {
  const timings = { intervalMs: null, timeoutMs: null, retries: null, startPeriodMs: null, startIntervalMs: null };
  const probe = (written: NonNullable<ReturnType<typeof service>['healthcheck']>['probe']) => {
    const web = service({
      name: 'web',
      command: ['web'],
      ports: { http: 80 },
      healthcheck: { probe: written, ...timings },
    });
    return assembled(stack([web])).specs[0]?.readiness?.probe ?? null;
  };
  t.is(probe({ kind: 'none' }), null);
  t.deepEqual(probe({ kind: 'tcp', address: '[::1]:${{ ports.http }}' }), { kind: 'tcp', host: '::1', port: 10_000 });
  t.deepEqual(probe({ kind: 'exec', command: ['ask', '${{ ports.http }}'] }), {
    kind: 'exec',
    command: ['ask', '10000'],
  });
  t.deepEqual(probe({ kind: 'log', pattern: 'ready on $' }), { kind: 'log', pattern: 'ready on $' });
  t.deepEqual(probe({ kind: 'file', path: '${{ dirs.data }}/up' }), { kind: 'file', path: '/d/web/up' });
  t.is(probe({ kind: 'catalog' }), null);
});

test('an own command gets its references, its ports, and keeps what it set itself', (t) => {
  const definition = stack([
    service({ name: 'nats', component: 'nats-server' }),
    service({
      name: 'web',
      command: ['web', '--log=${{ dirs.logs }}', '${{ services.nats.nats.port }}'],
      ports: { http: 'auto', 'admin-ui': 'auto' },
      environment: { NATS_URL: '${{ services.nats.url }}', HTTP_PORT: 'mine', PATH: '/mine' },
    }),
  ]);
  t.deepEqual(assembled(definition).render('web', null), {
    command: ['web', '--log=/l', '10000'],
    environment: {
      PATH: '/mine',
      PORT: '10002',
      HTTP_PORT: 'mine',
      ADMIN_UI_PORT: '10003',
      NATS_URL: 'nats://booty:5ec7e7@127.0.0.1:10000',
    },
    workingDir: '/shop',
    files: [],
    folders: [
      { path: '/d/web', mode: 0o700 },
      { path: '/c/web', mode: 0o700 },
    ],
    logMode: 'pipe',
    configCheck: null,
  });
});

test('a component’s own words follow the recipe’s', (t) => {
  const vm = service({
    name: 'vm',
    component: 'victoria-metrics',
    command: ['-retentionPeriod=2'],
    environment: { A: 'b' },
  });
  const rendered = assembled(stack([vm])).render('vm', binary);
  t.is(rendered.command[0], '/store/victoria-metrics');
  t.is(rendered.command.at(-1), '-retentionPeriod=2');
  const { PATH, A } = rendered.environment;
  t.deepEqual({ PATH, A }, { PATH: '/bin', A: 'b' });
  t.deepEqual([rendered.workingDir, rendered.logMode], ['/d/vm', 'file']);
});

test('a package without the executable is told, not spawned', (t) => {
  const vm = service({ name: 'vm', component: 'victoria-metrics' });
  t.throws(() => assembled(stack([vm])).render('vm', { version: '1.0.0', executables: { other: '/x' } }), {
    code: 'EXECUTABLE_MISSING',
  });
});

test('links go through the front door where there is one', (t) => {
  t.deepEqual(
    assembled(observe).links.map(({ url }) => url.replace(/^http:\/\/127\.0\.0\.1:\d+/, '')),
    ['/', '/nats/', '/victoria-metrics/', '/node_exporter/metrics', '/vmagent/targets', '/main/'],
  );
  t.deepEqual(assembled(stack([service({ name: 'agent', component: 'vmalert' })])).links, [
    { service: 'agent', title: 'vmalert', url: 'http://127.0.0.1:10000/' },
  ]);
});

test('a preference never closes a circle', (t) => {
  const services = observe.services.map((one) =>
    one.name === 'main'
      ? {
          ...one,
          dependencies: [{ service: 'caddy', condition: 'service_started', required: true, restart: false } as const],
        }
      : one,
  );
  const specs = assembled({ ...observe, services }).specs;
  const [caddy] = specs.filter(({ name }) => name === 'caddy');
  t.false(caddy?.dependencies.some((dependency) => dependency.service === 'main'));
  t.is(caddy?.dependencies.length, 4);
});

test('whatever the port table, everything rendered speaks of its numbers and of no others', (t) => {
  const all = {
    ...observe,
    services: [
      ...observe.services,
      ...['vmalert', 'etcd', 'prometheus'].map((name) => service({ name, component: name })),
    ].map((one) =>
      one.name === 'vmalert'
        ? {
            ...one,
            dependencies: [
              { service: 'victoria-metrics', condition: 'service_healthy', required: true, restart: false } as const,
            ],
          }
        : one,
    ),
  };
  const requests = portRequests(all);
  const numbers = fc.uniqueArray(fc.integer({ min: 10_000, max: 65_535 }), {
    minLength: requests.length,
    maxLength: requests.length,
  });
  fc.assert(
    fc.property(numbers, (chosen) => {
      const ports: Record<string, Record<string, number>> = {};
      requests.forEach(({ service: name, port }, index) => ((ports[name] ??= {})[port] = chosen[index] ?? 0));
      const whole = assemble(all, { ports, dirs, environment });
      for (const spec of whole.specs) {
        const rendered = whole.render(spec.name, spec.needsBinary ? binary : null);
        const text = JSON.stringify([rendered, spec.readiness]);
        const spoken = new Set([...text.matchAll(/(?<!\d)\d{4,5}(?!\d)/g)].map(Number));
        // Timings are the only other numbers this long.
        for (const timing of [3_000, 10_000, 30_000]) if (!chosen.includes(timing)) spoken.delete(timing);
        for (const number of spoken) t.true(chosen.includes(number), `${spec.name} speaks of ${number}`);
        for (const number of Object.values(spec.ports)) t.true(spoken.has(number), `${spec.name} is told ${number}`);
      }
      const targets = JSON.parse(whole.render('vmagent', binary).files[0]?.text ?? '') as {
        scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
      };
      const scraped = targets.scrape_configs.map((job) => [job.job_name, job.static_configs[0]?.targets[0]]);
      const at = (name: string, port: string) => [name, `127.0.0.1:${ports[name]?.[port]}`];
      t.deepEqual(scraped, [
        at('victoria-metrics', 'http'),
        at('node_exporter', 'http'),
        at('vmagent', 'http'),
        at('main', 'http'),
        at('caddy', 'metrics'),
        at('vmalert', 'http'),
        at('etcd', 'client'),
        at('prometheus', 'http'),
        at('booty', 'metrics'),
      ]);
    }),
    { numRuns: 50 },
  );
});
