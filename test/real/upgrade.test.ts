/**
Upgrades of real servers between real versions, from Debian's releases: NATS with a stream that is published into all along,
and Prometheus, whose newer data the older version cannot read. Names releases, not versions: they move.
*/
import { existsSync, readFileSync } from 'node:fs';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import test from 'ava';
import { assertNothingLeft, makeBooty, serviceOf } from '../terminal/booty.ts';
import { until } from '../until.ts';

const isBookworm =
  existsSync('/usr/bin/apt-get') && /VERSION_CODENAME=bookworm/.test(readFileSync('/etc/os-release', 'utf8'));
const real = isBookworm ? test.serial : test.serial.skip;

const environment = { BOOTY_SOURCES: 'apt', BOOTY_GATE_MS: '1500', BOOTY_UPDATE_CHECK: '0' };

type Entry = { readonly service: string; readonly result: string; readonly to: string; readonly downMs: number | null };

const ask = async (nats: NatsConnection, subject: string, body: unknown): Promise<Record<string, unknown>> => {
  const answer = await nats.request(subject, JSON.stringify(body), { timeout: 2_000 });
  return answer.json();
};

/** Publishes one message after the other until told to stop; counts those the server has acknowledged as stored. */
const publishAlong = (nats: NatsConnection) => {
  const told = { acknowledged: 0, refused: 0, isOver: false };
  const ended = (async () => {
    for (let number = 0; !told.isOver; number += 1) {
      const answer = await ask(nats, 'orders.new', { number }).catch(() => null);
      if (answer !== null && answer['error'] === undefined && typeof answer['seq'] === 'number') told.acknowledged += 1;
      else told.refused += 1;
    }
  })();
  return { told, ended };
};

real(
  'NATS goes from one release to the next and on, and no acknowledged message is lost (needs Debian bookworm)',
  async (t) => {
    t.timeout(240_000);
    const yaml =
      'name: orders\nservices:\n  nats: {component: nats-server, version: "^2.9"}\n  app: {command: [sleep, "1000"], environment: {URL: "${{ services.nats.url }}"}}\n';
    const booty = makeBooty(t, yaml);
    const run = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await booty.run(words, { environment });
      t.is(code, 0, `${words.join(' ')}: ${stdout} ${stderr}`);
      return stdout;
    };
    await run('up', '-d', '--wait');
    const first = serviceOf(await booty.ps(), 'nats').version ?? '';
    const { username, password, host } = new URL((await run('exec', 'app', '--', 'sh', '-c', 'echo "$URL"')).trim());
    const nats = await connect({
      servers: host,
      user: username,
      pass: password,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
    const stream = { name: 'ORDERS', subjects: ['orders.*'], storage: 'file', retention: 'limits', num_replicas: 1 };
    t.is((await ask(nats, '$JS.API.STREAM.CREATE.ORDERS', stream))['error'], undefined);
    const { told, ended } = publishAlong(nats);
    await until('messages are stored', () => told.acknowledged > 20);
    for (const range of ['~2.10', '>=2.11']) {
      const before = told.acknowledged;
      await run('upgrade', `nats@${range}`, '-y');
      await until('messages are stored again', () => told.acknowledged > before + 20);
    }
    told.isOver = true;
    await ended;
    const info = await ask(nats, '$JS.API.STREAM.INFO.ORDERS', {});
    const { messages, last_seq: lastSequence } = info['state'] as { messages: number; last_seq: number };
    t.is(messages, lastSequence);
    t.true(messages >= told.acknowledged, `${told.acknowledged} acknowledged, ${messages} stored`);
    const history = JSON.parse(await run('history', 'nats', '--json')) as unknown;
    const entries = (
      Array.isArray(history) ? history : (history as { readonly entries: unknown }).entries
    ) as readonly Entry[];
    t.deepEqual(
      entries.slice(1).map(({ result }) => result),
      ['done', 'done'],
    );
    t.not(serviceOf(await booty.ps(), 'nats').version, first);
    t.log(
      `down ${entries
        .slice(1)
        .map(({ downMs }) => `${downMs} ms`)
        .join(' and ')}; ${told.acknowledged} acknowledged, ${told.refused} told they were not`,
    );
    await nats.close();
    await run('down');
    await assertNothingLeft(t, booty);
  },
);

real('Prometheus goes two majors on and comes back to the data it can read (needs Debian bookworm)', async (t) => {
  t.timeout(240_000);
  const booty = makeBooty(
    t,
    'name: prom\nservices:\n  prom: {component: prometheus}\n  node: {component: node_exporter}\n',
  );
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await booty.run(words, { environment });
    t.is(code, 0, `${words.join(' ')}: ${stdout} ${stderr}`);
    return stdout;
  };
  await run('up', '-d', '--wait');
  const first = serviceOf(await booty.ps(), 'prom').version;
  const samples = async (): Promise<number> => {
    const origin = `http://127.0.0.1:${serviceOf(await booty.ps(), 'prom').ports['http']}`;
    const answer = await fetch(
      `${origin}/api/v1/query?query=${encodeURIComponent('count_over_time(up{job="node"}[1h])')}`,
    );
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1] ?? 0);
  };
  await until('something was scraped', async () => (await samples()) > 0, 40_000);
  await run('upgrade', 'prom@^3', '-y');
  t.regex(serviceOf(await booty.ps(), 'prom').version ?? '', /^3\./);
  t.true((await samples()) > 0, 'the newer version reads what the older one wrote');
  await run('rollback', 'prom', '-y');
  t.is(serviceOf(await booty.ps(), 'prom').version, first);
  t.true((await samples()) > 0, 'the older version has its data again');
  await run('down');
  await assertNothingLeft(t, booty);
});
