/**
The built-in stack as a person gets it: nothing in the store, one command, and then every target is measured, every page
answers, messages arrive, and one command later nothing is left. Takes about half a minute.
*/
import { existsSync } from 'node:fs';
import { connect } from '@nats-io/transport-node';
import test from 'ava';
import { assertNothingLeft, makeBooty, serviceOf } from '../terminal/booty.ts';
import { openScreen } from '../terminal/screen.ts';
import { until } from '../until.ts';

const hasApt = existsSync('/usr/bin/apt-get') && process.platform === 'linux';
const real = hasApt ? test.serial : test.serial.skip;

const jobs = ['booty', 'caddy', 'main', 'node_exporter', 'victoria-metrics', 'vmagent'];

real('observe from an empty store to nothing left (needs apt-get on Linux)', async (t) => {
  t.timeout(240_000);
  const booty = makeBooty(t);
  const observe = ['--stack', 'observe'];
  const up = await booty.run(['up', '-d', '--wait', ...observe]);
  t.is(up.code, 0, up.stderr);
  t.regex(up.stdout, /^observe-[0-9a-f]{6}: 6 ready after \d/);
  const row = await booty.ps(observe);
  t.is(row.state, 'ready');

  const store = `http://127.0.0.1:${serviceOf(row, 'victoria-metrics').ports['http']}`;
  const measured = async (): Promise<Readonly<Record<string, string>>> => {
    const answer = await fetch(`${store}/api/v1/query?query=up`);
    const { data } = (await answer.json()) as {
      data: { result: { metric: { job: string }; value: [number, string] }[] };
    };
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric.job, value[1]]));
  };
  await until('every target was asked', async () => Object.keys(await measured()).length === jobs.length, 40_000);
  t.deepEqual(await measured(), Object.fromEntries(jobs.map((job) => [job, '1'])));

  const links = [...up.stdout.matchAll(/^ {2}.*: (http\S+)$/gm)].map(([, url = '']) => url);
  t.true(links.length >= 3, up.stdout);
  for (const url of links) t.is((await fetch(url)).status, 200, url);
  const front = `http://127.0.0.1:${serviceOf(row, 'caddy').ports['http']}`;
  t.regex(await (await fetch(front)).text(), /href="\/victoria-metrics\//);
  t.is((await fetch(`${front}/nothing`)).status, 404);

  // `exec` runs with the environment of a service, in which its login is.
  const asked = await booty.run(['exec', ...observe, 'main', '--', 'sh', '-c', 'echo "$NATS_URL"']);
  t.is(asked.code, 0, asked.stderr);
  const { username, password, host } = new URL(asked.stdout.trim());
  const connection = await connect({ servers: host, user: username, pass: password });
  for await (const message of connection.subscribe('main.ticks', { max: 1 }))
    t.regex(message.string(), /^\{"tick":\d+,/);
  const echo = connection.subscribe('test.echo', { max: 1 });
  connection.publish('test.echo', 'round trip');
  for await (const message of echo) t.is(message.string(), 'round trip');
  await connection.close();

  const down = await booty.run(['down', ...observe]);
  t.is(down.code, 0, down.stderr);
  await assertNothingLeft(t, booty);

  // The same full screen, from a store that has all.
  const screen = openScreen(t, booty, ['tui', ...observe]);
  await screen.shows('6/6 ready');
  screen.press('\u0003');
  t.is(await screen.ended(), 0);
  t.regex(screen.text(), /stopped 6 services in/);
  await assertNothingLeft(t, booty);
});
