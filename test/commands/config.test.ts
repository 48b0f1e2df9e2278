/** `booty config`: what is checked, what is shown, and what never is. */
import test from 'ava';
import { parse } from 'yaml';
import { atDesk } from './call.ts';

const shop = `
services:
  nats: {component: nats}
  web:
    command: ./web --port \${{ ports.http }}
    env_file: web.env
    environment: {NATS_URL: "\${{ services.nats.url }}", LEVEL: "\${LEVEL:-info}", API_TOKEN: "abc\${X:-def}123"}
    ports: {http: auto, admin: 9001}
    healthcheck: {tcp: "127.0.0.1:\${{ ports.http }}", interval: 5s}
    depends_on: {nats: {condition: service_healthy}}
`;
const files = { 'booty.yaml': shop, 'web.env': 'DB_PASSWORD=hunter2hunter\nDB=postgres://me:hunter2hunter@db/x\n' };

test('the file as it was understood, secrets masked', async (t) => {
  await atDesk(files, async (desk) => {
    const { code, out } = await desk.call(['config']);
    t.is(code, 0);
    const { services } = parse(out) as { services: Record<string, { environment: Record<string, string> }> };
    t.deepEqual(services['web']?.environment, {
      DB_PASSWORD: '•••',
      DB: 'postgres://me:•••@db/x',
      NATS_URL: '${{ services.nats.url }}',
      LEVEL: 'info',
      API_TOKEN: '•••',
    });
    for (const words of [
      ['config'],
      ['config', '--json'],
      ['config', '--resolved'],
      ['config', '--resolved', '--json'],
    ]) {
      const shown = await desk.call(words);
      t.is(shown.code, 0, shown.err);
      t.notRegex(shown.out + shown.err, /hunter2|abcdef123/, words.join(' '));
    }
  });
});

type Shown = {
  readonly state: string;
  readonly services: Readonly<
    Record<
      string,
      {
        readonly command: readonly string[];
        readonly environment: Readonly<Record<string, string>>;
        readonly ports: Readonly<Record<string, { number: number | null; from: string }>>;
        readonly version: { readonly installed: string | null } | null;
        readonly readiness: { readonly probe: string; readonly intervalMs: number };
        readonly gives: readonly unknown[];
        readonly files: readonly { readonly path: string; readonly text: string; readonly mode: string }[];
      }
    >
  >;
};

test('the whole truth, without a daemon: a port that is not chosen yet has a name, not a number', async (t) => {
  await atDesk(files, async (desk) => {
    const { out } = await desk.call(['config', '--resolved', '--json']);
    const { state, services } = JSON.parse(out) as Shown;
    t.is(state, 'down');
    const { web, nats } = services;
    t.deepEqual(web?.command, ['./web', '--port', '<web.http>']);
    t.deepEqual(web?.ports, { http: { number: null, from: 'any free' }, admin: { number: 9001, from: 'written' } });
    t.is(web?.environment['PORT'], '<web.http>');
    t.is(web?.environment['NATS_URL'], 'nats://booty:•••@127.0.0.1:4222');
    t.is(web?.readiness.probe, 'connect to 127.0.0.1:<web.http>');
    t.is(nats?.version?.installed, null);
    t.deepEqual(nats?.ports['client'], { number: 4222, from: 'default' });
    t.is(nats?.files[0]?.mode, '0600');
    t.regex(nats?.files[0]?.text ?? '', /"port": 4222/);
  });
});

test('for people: a line for each thing', async (t) => {
  await atDesk(files, async (desk) => {
    const { out } = await desk.call(['config', '--resolved']);
    t.regex(out, /^ {4}runs: \.\/web --port .*<web\.http>/m);
    t.regex(out, /^ {6}admin: 9001 \(written\)$/m);
    t.regex(out, /^ {6}- nats is ready$/m);
    t.regex(out, /^ {4}version: .*up fetches it/m);
  });
});

test('one default for two: the second moves, as it does at a start', async (t) => {
  const two = 'services: {a: {component: nats}, b: {component: nats}}';
  await atDesk({ 'booty.yaml': two }, async (desk) => {
    const { services } = JSON.parse((await desk.call(['config', '--resolved', '--json'])).out) as Shown;
    t.deepEqual([services['a']?.ports['client']?.number, services['b']?.ports['client']?.number], [4222, 4223]);
  });
});

test('warnings are said; everything that is wrong is said, each with its place', async (t) => {
  await atDesk({ 'booty.yaml': 'services: {web: {command: ./web $NOPE}}' }, async (desk) => {
    const { code, err } = await desk.call(['config']);
    t.is(code, 0);
    t.regex(err, /warning: .*NOPE is not set/);
  });
  const wrong = 'services:\n  a: {component: natz}\n  b: {component: vmagent}\n';
  await atDesk({ 'booty.yaml': wrong }, async (desk) => {
    const { code, out, err } = await desk.call(['config']);
    t.is(code, 2);
    t.is(out, '');
    t.regex(err, /booty\.yaml:2:7: .*"natz"/);
    t.regex(err, /booty\.yaml:3:7: .*needs remote-write/);
    t.is((await desk.call(['config', '--json'])).code, 2);
  });
});

test('a built-in stack, and the schema', async (t) => {
  await atDesk({}, async (desk) => {
    const { services } = JSON.parse(
      (await desk.call(['config', '--stack', 'observe', '--resolved', '--json'])).out,
    ) as Shown;
    t.deepEqual(services['main']?.gives, [
      { kind: 'metrics', to: ['vmagent'] },
      { kind: 'http-route', to: ['caddy'] },
    ]);
    const schema = JSON.parse((await desk.call(['schema'])).out) as { title: string };
    t.is(schema.title, 'booty.yaml');
    t.regex((await desk.call(['schema', '--path'])).out, /schema\/booty\.schema\.json\n$/);
  });
});
