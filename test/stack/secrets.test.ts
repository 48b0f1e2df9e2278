import test from 'ava';
import * as fc from 'fast-check';
import { assemble } from '../../source/stack/assemble.ts';
import { builtinDefinition } from '../../source/stack/builtin.ts';
import { portRequests } from '../../source/stack/ports.ts';
import { createMask, secretRequests } from '../../source/stack/secrets.ts';
import { dirs, numbered, service, stack } from './definitions.ts';

const observe = builtinDefinition('observe', {
  folder: '/shop',
  stackName: 'observe-1',
  mainProgram: '/booty/examples/main/main.ts',
  nodePath: '/node',
});
const names = ['nats-server', 'victoria-metrics', 'vmagent', 'vmalert', 'node_exporter', 'caddy'];
const binary = { version: '2.6.2', executables: Object.fromEntries(names.map((name) => [name, `/store/${name}`])) };
const input = { ports: numbered(portRequests(observe)), dirs, environment: {} };
const hex = fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: 48, maxLength: 48 });

test('the systems of observe want a password and two keys', (t) => {
  t.deepEqual(secretRequests(observe), [
    { service: 'nats', name: 'password' },
    { service: 'victoria-metrics', name: 'admin_key' },
    { service: 'vmagent', name: 'admin_key' },
  ]);
});

test('whatever the secrets are, no argument, probe, link or readable file speaks of them, and the mask hides them', (t) => {
  const requests = secretRequests(observe);
  const drawn = fc.uniqueArray(hex, { minLength: requests.length, maxLength: requests.length });
  fc.assert(
    fc.property(drawn, (values) => {
      const secrets: Record<string, Record<string, string>> = {};
      requests.forEach(({ service: name, name: secret }, index) => {
        (secrets[name] ??= {})[secret] = values[index] ?? '';
      });
      const whole = assemble(observe, { ...input, secrets });
      const speaks = (thing: unknown) => values.some((value) => JSON.stringify(thing).includes(value));
      t.false(speaks([whole.specs, whole.binaries, whole.links]));
      for (const { name, needsBinary } of whole.specs) {
        const rendered = whole.render(name, needsBinary ? binary : null);
        t.false(speaks([rendered.command, rendered.configCheck, Object.keys(rendered.environment)]), name);
        t.false(speaks(rendered.files.filter(({ mode }) => mode !== 0o600)), name);
        t.is(createMask(secrets)(JSON.stringify(rendered)), JSON.stringify(masked(name, needsBinary)), name);
      }
    }),
    { numRuns: 20 },
  );
});

test('without a table everything is shown masked, also in files', (t) => {
  t.is(masked('main', false).environment['NATS_URL'], `nats://booty:•••@127.0.0.1:${input.ports['nats']?.['client']}`);
  t.regex(masked('nats', true).files[0]?.text ?? '', /"password": "•••"/);
});

test('nothing starts with the mask as its password: a table that lacks a secret is a bug', (t) => {
  t.throws(() => assemble(observe, { ...input, secrets: {} }).render('nats', binary), { code: 'ASSERTION' });
});

test('a secret that was cut off at the end of a line is masked as well', (t) => {
  const mask = createMask({ nats: { password: '0123456789abcdef0123456789abcdef' } });
  t.is(
    mask('url=nats://booty:0123456789abcdef0123456789abcdef@h:1 0123456789abcdef012'),
    'url=nats://booty:•••@h:1 •••',
  );
  t.is(mask('0123456789 is a number'), '0123456789 is a number');
  t.is(createMask({})('nothing to hide'), 'nothing to hide');
});

test('parts and names of secrets go where the program wants them', (t) => {
  const web = service({
    name: 'web',
    command: ['web'],
    environment: {
      WHO: '${{ services.nats.nats.user }}',
      WORD: '${{ services.nats.nats.password }}',
      SAME: '${{ services.nats.secrets.password }}',
      KEY: '${{ services.vm.secrets.admin_key }}',
    },
  });
  const definition = stack([
    web,
    service({ name: 'nats', component: 'nats-server' }),
    service({ name: 'vm', component: 'victoria-metrics' }),
  ]);
  const secrets = { nats: { password: 'aa' }, vm: { admin_key: 'bb' } };
  const whole = assemble(definition, { ...input, ports: numbered(portRequests(definition)), secrets });
  t.deepEqual(whole.render('web', null).environment, { WHO: 'booty', WORD: 'aa', SAME: 'aa', KEY: 'bb' });
});

const masked = (name: string, needsBinary: boolean) =>
  assemble(observe, input).render(name, needsBinary ? binary : null);
