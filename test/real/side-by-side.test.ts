/**
Three stacks at once that all want the same ports: two folders with one BOOTY_HOME, and a third with its own. Each must
find ports of its own, tell its wiring, and measure its own services and nobody else's.
*/
import { existsSync } from 'node:fs';
import test from 'ava';
import type { StackRow } from '../../source/core/model.ts';
import { assertNothingLeft, makeBooty, serviceOf, type Booty } from '../terminal/booty.ts';
import { shareStore } from '../real-downloads.ts';
import { until } from '../until.ts';

const hasApt = existsSync('/usr/bin/apt-get') && process.platform === 'linux';
const real = hasApt ? test : test.skip;

const jobs = ['booty', 'caddy', 'main', 'node_exporter', 'victoria-metrics', 'vmagent'];

real('stacks side by side move their ports, and their wiring follows (needs apt-get on Linux)', async (t) => {
  t.timeout(240_000);
  const one = makeBooty(t);
  const other = makeBooty(t);
  for (const { home } of [one, other]) shareStore(home);
  const places: readonly Place[] = [
    { booty: one, folder: one.folder },
    { booty: one, folder: one.makeFolder('second') },
    { booty: other, folder: other.folder },
  ];
  // The first fetches the servers, as fetching is not what this is about.
  t.is((await up(places[0] as Place)).code, 0);
  const ended = await Promise.all(places.slice(1).map(up));
  t.deepEqual(
    ended.map(({ code }) => code),
    [0, 0],
    ended.map(({ stderr }) => stderr).join(''),
  );

  const rows = await Promise.all(places.map(rowOf));
  t.is(new Set(rows.map(({ stack }) => stack)).size, 3);
  const ports = rows.flatMap(({ services }) => services.flatMap((service) => Object.values(service.ports)));
  t.is(new Set(ports).size, ports.length, 'no port is had by two');

  for (const row of rows) await until(`${row.stack} measures all of its own`, () => measuresItsOwn(row), 60_000);
  for (const row of rows) {
    const door = await fetch(`http://127.0.0.1:${serviceOf(row, 'caddy').ports['http']}/main/metrics`);
    t.regex(await door.text(), /^main_nats_connected 1$/m, 'its program is let in by its own NATS');
  }

  const downs = await Promise.all(
    places.map(({ booty, folder }) => booty.run(['down', '--stack', 'observe'], { folder })),
  );
  t.deepEqual(
    downs.map(({ code }) => code),
    [0, 0, 0],
  );
  await assertNothingLeft(t, one);
  await assertNothingLeft(t, other);
});

type Place = { readonly booty: Booty; readonly folder: string };

const up = ({ booty, folder }: Place) => booty.run(['up', '-d', '--wait', '--stack', 'observe'], { folder });

const rowOf = async ({ booty, folder }: Place): Promise<StackRow> =>
  JSON.parse((await booty.run(['ps', '--json', '--stack', 'observe'], { folder })).stdout) as StackRow;

/** Every job is up, at the address this stack's own service has. */
const measuresItsOwn = async (row: StackRow): Promise<boolean> => {
  const store = serviceOf(row, 'victoria-metrics').ports['http'];
  const answer = await fetch(`http://127.0.0.1:${store}/api/v1/query?query=up`);
  const { data } = (await answer.json()) as {
    data: { result: { metric: { job: string; instance: string }; value: [number, string] }[] };
  };
  const own = new Set(row.services.flatMap(({ ports }) => Object.values(ports).map((port) => `127.0.0.1:${port}`)));
  const found = data.result
    .filter(({ metric, value }) => value[1] === '1' && (metric.job === 'booty' || own.has(metric.instance)))
    .map(({ metric }) => metric.job);
  return data.result.length === jobs.length && jobs.every((job) => found.includes(job));
};
