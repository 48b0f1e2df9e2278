/** Adding a system: what is shown, what is asked, what is written, and everything that keeps it from being written. */
import test from 'ava';
import { atDesk } from './call.ts';

const observed = 'services:\n  # the store\n  vm: {component: victoria-metrics} # keep\n  door: {component: caddy}\n';

test('shows what it is wired to, asks, and keeps the rest of the file', async (t) => {
  await atDesk({ 'booty.yaml': observed }, async (desk) => {
    const { code, out, err } = await desk.call(['add', 'vmagent'], 'y');
    t.is(code, 0);
    t.regex(out, /takes remote-write of vm\n/);
    t.regex(out, /takes metrics of vm, door, vmagent and booty\n/);
    t.regex(out, /gives http-route to door\n/);
    t.regex(err, /Add vmagent to \S+booty\.yaml\? \[y\/N\] /);
    const added = '  # vmagent; ports unless taken: http 8429.\n  vmagent:\n    component: vmagent\n';
    t.is(await desk.read('booty.yaml'), observed + added);
  });
});

test('an alias, a version and a name of its own', async (t) => {
  await atDesk({ 'booty.yaml': observed }, async (desk) => {
    const { code, out } = await desk.call(['add', 'nats@2.10', '--as', 'bus', '-y', '--json']);
    t.is(code, 0);
    const report = JSON.parse(out) as Record<string, unknown>;
    t.deepEqual([report['service'], report['component'], report['version']], ['bus', 'nats-server', '2.10']);
    t.deepEqual(report['gives'], [
      { kind: 'nats', to: [] },
      { kind: 'http-route', to: ['door'] },
    ]);
    t.regex(await desk.read('booty.yaml'), /\n {2}bus:\n {4}component: nats-server\n {4}version: "2.10"\n$/);
  });
});

const refusals: readonly (readonly [string, readonly string[], string | undefined, number, RegExp])[] = [
  ['no', ['add', 'nats'], '', 1, /nothing was changed/],
  ['nobody to ask', ['add', 'nats'], undefined, 2, /-y/],
  ['a slip', ['add', 'natz', '-y'], undefined, 2, /hint: did you mean: booty add nats\n/],
  ['nothing like it', ['add', 'oracle', '-y'], undefined, 2, /it knows: caddy, /],
  ['one that is there', ['add', 'caddy', '-y'], undefined, 2, /service door already, at \S+:4:3\n.*--as door-2/],
  ['a name that is there', ['add', 'nats', '--as', 'vm', '-y'], undefined, 2, /service vm already, at \S+:3:3/],
  ['no name for a service', ['add', 'nats', '--as', 'Bus', '-y'], undefined, 2, /"Bus" is no name/],
  ['no range', ['add', 'nats@new', '-y'], undefined, 2, /"new" is no range/],
  ['no word at all', ['add'], undefined, 2, /needs the name of a system/],
  ['two that could be meant', ['add', 'prometheus', '--as', 'booty', '-y'], undefined, 2, /would not be sound/],
];

for (const [title, words, answer, code, said] of refusals) {
  test(`nothing is written: ${title}`, async (t) => {
    await atDesk({ 'booty.yaml': observed }, async (desk) => {
      const called = await desk.call(words, answer);
      t.is(called.code, code);
      t.regex(called.err, said);
      t.is(await desk.read('booty.yaml'), observed);
    });
  });
}

test('what it needs has to be there first', async (t) => {
  await atDesk({ 'booty.yaml': 'services: {web: {command: ./web}}' }, async (desk) => {
    const { code, err } = await desk.call(['add', 'vmagent', '-y']);
    t.is(code, 2);
    t.regex(err, /needs remote-write/);
    t.regex(err, /hint: add first what it needs: booty add victoria-metrics/);
    t.is((await desk.call(['add', 'victoria-metrics', '-y'])).code, 0);
    t.is((await desk.call(['add', 'vmagent', '-y'])).code, 0);
    t.is(
      await desk.read('booty.yaml'),
      'services: {web: {command: ./web}, victoria-metrics: {component: victoria-metrics}, vmagent: {component: vmagent}}',
    );
  });
});

test('a file it cannot write into gets the lines to write by hand', async (t) => {
  const text = 'x-all: &all {web: {command: ./web}}\nservices: *all\n';
  await atDesk({ 'booty.yaml': text }, async (desk) => {
    const { code, err } = await desk.call(['add', 'nats', '-y']);
    t.is(code, 2);
    t.regex(err, /by hand: services: \{nats: \{component: "nats-server"\}\}/);
    t.is(await desk.read('booty.yaml'), text);
  });
});

test('no booty.yaml, and one that is broken', async (t) => {
  await atDesk({}, async (desk) => {
    const { code, err } = await desk.call(['add', 'nats', '-y']);
    t.is(code, 2);
    t.regex(err, /hint: write one with: booty init/);
  });
  await atDesk({ 'booty.yaml': 'services: {web: {comand: x}}' }, async (desk) => {
    const { err } = await desk.call(['add', 'nats', '-y']);
    t.regex(err, /did you mean "command"/);
  });
});
