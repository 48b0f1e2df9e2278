import test from 'ava';
import { checkDefinition } from '../../source/stack/check.ts';
import { builtinDefinition } from '../../source/stack/builtin.ts';
import type { StackDefinition } from '../../source/core/model.ts';
import { service, stack } from './definitions.ts';

const lines = (definition: StackDefinition) =>
  checkDefinition(definition).map(({ message, hint }) => `${message} | ${hint}`);
const dependency = (name: string) =>
  ({ service: name, condition: 'service_started', required: true, restart: false }) as const;

test('the built-in stack is sound', (t) => {
  const place = {
    folder: '/shop',
    stackName: 'observe-1',
    mainProgram: '/booty/examples/main/main.ts',
    nodePath: '/node',
  };
  t.deepEqual(lines(builtinDefinition('observe', place)), []);
  t.throws(() => builtinDefinition('observ', place), { code: 'STACK_UNKNOWN' });
});

test('an unknown component, with the nearest known one and its place', (t) => {
  const positions = { 'services.web': [3, 3], 'services.web.component': [4, 16] } as const;
  t.deepEqual(lines(stack([service({ name: 'web', component: 'cady' })], positions)), [
    'booty.yaml:4:16: service web: there is no component "cady" (known: caddy, etcd, nats-server, node_exporter, prometheus, victoria-metrics, vmagent, vmalert) | did you mean `component: caddy`?',
  ]);
  t.regex(lines(stack([service({ name: 'web', component: 'wordpress' })]))[0] ?? '', /or `command:` to run/);
});

test('a port the component does not have', (t) => {
  const nats = service({ name: 'nats', component: 'nats', ports: { http: 8222 } });
  t.deepEqual(lines(stack([nats], { 'services.nats.ports': [5, 5] })), [
    'booty.yaml:5:5: service nats: nats-server has no port "http" (it has: client, monitor) | write `ports: {client: NUMBER}` or leave it out to take the default',
  ]);
});

test('a need that nobody meets', (t) => {
  t.deepEqual(lines(stack([service({ name: 'agent', component: 'vmagent' })])), [
    'service agent needs remote-write, and no service of the stack offers it | add a service with one of the components: victoria-metrics',
  ]);
});

test('a need that two meet is chosen by depends_on', (t) => {
  const stores = ['vm1', 'vm2'].map((name) => service({ name, component: 'victoria-metrics' }));
  const agent = service({ name: 'agent', component: 'vmagent' });
  t.deepEqual(lines(stack([...stores, agent])), [
    'service agent needs one remote-write, and vm1 and vm2 offer it | choose with `depends_on: [vm1]` at agent',
  ]);
  t.deepEqual(lines(stack([...stores, { ...agent, dependencies: [dependency('vm2')] }])), []);
});

test('references to what the stack does not have', (t) => {
  const web = service({
    name: 'web',
    command: ['web', '${{ services.nats.kafka }}', '${{ ports.constructor }}'],
    environment: {
      A: '${{ services.nat.url }}',
      B: '${{ services.nats.ports.http }}',
      C: '${{ services.job.url }}',
      D: '${{ services.nats.nats.urls }}',
      E: '${{ services.nats.nats.port }} $${{ text }}',
    },
    healthcheck: {
      probe: { kind: 'http', url: '${{ services.web.url }}/' },
      intervalMs: null,
      timeoutMs: null,
      retries: null,
      startPeriodMs: null,
      startIntervalMs: null,
    },
  });
  const nats = service({ name: 'nats', component: 'nats-server' });
  const job = service({ name: 'job', command: ['job'] });
  const positions = { 'services.web.command': [4, 5], 'services.web.environment.A': [6, 10] } as const;
  t.deepEqual(lines(stack([web, nats, job], positions)), [
    'booty.yaml:4:5: service web: ${{ services.nats.kafka }}: nats does not offer kafka | known: url, host, ports, nats, http-route',
    'booty.yaml:4:5: service web: ${{ ports.constructor }}: web has no port constructor | there is none to name',
    'booty.yaml:6:10: service web: ${{ services.nat.url }}: there is no service nat | did you mean nats? (known: web, nats, job)',
    'service web: ${{ services.nats.ports.http }}: nats has no port http | known: client, monitor',
    'service web: ${{ services.job.url }}: job has no port | give it one: `ports: {http: auto}` at job',
    'service web: ${{ services.nats.nats.urls }}: nats has no part urls | did you mean url? (known: url, host, port, path, user, password)',
    'service web: ${{ services.web.url }}: web has no port | give it one: `ports: {http: auto}` at web',
  ]);
});

test('a secret stands in the environment only, under a name that a shell hands on', (t) => {
  const timings = { intervalMs: null, timeoutMs: null, retries: null, startPeriodMs: null, startIntervalMs: null };
  const command = ['sh', '-c', 'echo ${{ services.vm.secrets.admin_key }}'];
  const web = service({
    name: 'web',
    command: ['web', '--nats=${{ services.nats.url }}', '--host=${{ services.nats.host }}'],
    environment: {
      NATS_URL: '${{ services.nats.url }}',
      NATS_PASSWORD: '${{ services.nats.nats.password }}',
      'nats.user': '${{ services.nats.nats.user }}',
      'nats.url': '${{ services.nats.nats }}',
      KEY: '${{ services.vm.secrets.admin_keys }}',
      NONE: '${{ services.web.secrets.key }}',
    },
    healthcheck: { probe: { kind: 'exec', command }, ...timings },
  });
  const systems = [
    service({ name: 'nats', component: 'nats-server' }),
    service({ name: 'vm', component: 'victoria-metrics' }),
  ];
  const why = 'holds a password, and every user of the machine sees command lines and probes';
  const found = lines(stack([web, ...systems], { 'services.web.command.1': [4, 5] }));
  t.deepEqual(
    found.map((line) => line.split(' | ')[0]),
    [
      `booty.yaml:4:5: service web: \${{ services.nats.url }} ${why}`,
      `service web: \${{ services.nats.nats }} ${why}`,
      'service web: ${{ services.vm.secrets.admin_keys }}: vm has no secret admin_keys',
      'service web: ${{ services.web.secrets.key }}: web has no secret key',
      `service web: \${{ services.vm.secrets.admin_key }} ${why}`,
    ],
  );
  t.regex(found[0] ?? '', /hand it over in the environment, under a plain name/);
  t.regex(found[2] ?? '', /did you mean admin_key\?/);
});

test('offers of a kind nobody knows, or at a port that is not there', (t) => {
  const web = service({
    name: 'web',
    command: ['web'],
    ports: { http: 'auto' },
    offers: [
      { kind: 'metrics', port: 'admin', path: '/metrics' },
      { kind: 'smoke', port: 'http', path: '' },
    ],
  });
  t.deepEqual(
    lines(stack([web])).map((line) => line.split(' | ')[0]),
    [
      'service web offers metrics at its port "admin", which it does not have (it has: http)',
      'service web offers "smoke", which nothing knows how to use',
    ],
  );
});

test('a probe of something that is no address', (t) => {
  const timings = { intervalMs: null, timeoutMs: null, retries: null, startPeriodMs: null, startIntervalMs: null };
  const healthcheck = { probe: { kind: 'tcp', address: 'localhost' }, ...timings } as const;
  const [line] = lines(stack([service({ name: 'web', command: ['web'], healthcheck })]));
  t.regex(line ?? '', /"localhost" is no host:port to probe/);
});

test('booty is no name for a service', (t) => {
  const [line] = lines(stack([service({ name: 'booty', command: ['x'] })]));
  t.regex(line ?? '', /cannot be named booty/);
});

test('a circle closed by what a component cannot do without', (t) => {
  const vm = service({ name: 'vm', component: 'victoria-metrics', dependencies: [dependency('alert')] });
  const alert = service({ name: 'alert', component: 'vmalert' });
  t.deepEqual(lines(stack([vm, alert])), [
    'services wait for each other: vm → alert → vm (what a component needs counts as depends_on) | take one of these out of the other’s `depends_on`',
  ]);
});
