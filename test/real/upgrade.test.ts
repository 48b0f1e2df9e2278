/**
Upgrades of real servers between real versions, from Debian's releases: NATS with a stream that is published into all along,
Prometheus, whose newer data the older version cannot read, and one stack of VictoriaMetrics, vmagent, Caddy, etcd and
node_exporter. Names releases, not versions: they move.
*/
import { connect, type NatsConnection } from '@nats-io/transport-node';
import test from 'ava';
import { assertNothingLeft, makeBooty, serviceOf } from '../terminal/booty.ts';
import { until } from '../until.ts';
import { askAlong, get, pushAlong, put, samplesOf, urlOf } from './clients.ts';
import { isBookworm, versionIn } from './releases.ts';
import { shareLists } from '../real-downloads.ts';
import { thoroughInTurn, whenThorough } from '../thorough.ts';

const real = isBookworm ? test.serial : test.serial.skip;

const environment = { BOOTY_SOURCES: 'apt', BOOTY_GATE_MS: '1500', BOOTY_UPDATE_CHECK: '0' };

type Entry = {
  readonly service: string;
  readonly from: string | null;
  readonly to: string;
  readonly result: string;
  readonly downMs: number | null;
};

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
    shareLists(booty.home);
    const run = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await booty.run(words, { environment, timeoutMs: 180_000 });
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
  shareLists(booty.home);
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await booty.run(words, { environment, timeoutMs: 180_000 });
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

const manyYaml = `name: many
services:
  vm: {component: victoria-metrics}
  agent: {component: vmagent}
  node: {component: node_exporter}
  etcd: {component: etcd}
  caddy: {component: caddy}
`;

/** Services by the Debian package that has them, in the order the stack is upgraded. */
const packages = {
  node: 'prometheus-node-exporter',
  etcd: 'etcd-server',
  vm: 'victoria-metrics',
  agent: 'victoria-metrics',
  caddy: 'caddy',
} as const;
type Name = keyof typeof packages;
const names = Object.keys(packages) as readonly Name[];

(isBookworm ? thoroughInTurn : test.serial.skip)(
  `a whole stack goes two releases on, and no sample and no key is lost (needs Debian bookworm)${whenThorough}`,
  async (t) => {
    t.timeout(400_000);
    const booty = makeBooty(t, manyYaml);
    shareLists(booty.home);
    const run = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await booty.run(words, {
        environment: { ...environment, BOOTY_GATE_MS: '800' },
        timeoutMs: 300_000,
      });
      t.is(code, 0, `${words.join(' ')}: ${stdout} ${stderr}`);
      return stdout;
    };
    const versions = async (): Promise<Readonly<Record<string, string | null>>> => {
      const { services } = await booty.ps();
      return Object.fromEntries(services.map(({ name, version }) => [name, version]));
    };
    await run('up', '-d', '--wait');
    await run('outdated', '--json');
    const [bookworm, trixie, forky] = ['bookworm', 'trixie', 'forky'].map((release) =>
      Object.fromEntries(names.map((name) => [name, versionIn(booty, release, packages[name])])),
    ) as [Record<Name, string>, Record<Name, string>, Record<Name, string>];
    t.deepEqual(await versions(), bookworm);

    const [vm, agent, etcd, node, front] = await Promise.all([
      urlOf(booty, 'vm', 'http'),
      urlOf(booty, 'agent', 'http'),
      urlOf(booty, 'etcd', 'client'),
      urlOf(booty, 'node', 'http'),
      urlOf(booty, 'caddy', 'http'),
    ]);
    await put(etcd, 'bookworm', 'was here');
    const pushed = pushAlong(agent);
    const asked = askAlong(front, /href="\/vm\//);
    await until('samples are taken', () => pushed.told.taken.size > 20, 30_000);

    let found: ReadonlyMap<number, number> = new Map();
    const lost = (taken: ReadonlyMap<number, number>) =>
      [...taken].filter(([atMs, value]) => found.get(atMs) !== value).length;
    const allArrived = async (taken: ReadonlyMap<number, number>): Promise<boolean> => {
      found = await samplesOf(vm);
      return lost(taken) === 0;
    };
    const early = new Map(pushed.told.taken);
    for (const [release, to] of Object.entries({ trixie, forky })) {
      for (const sample of pushed.told.taken) early.set(...sample);
      await until('what was taken so far is stored', () => allArrived(early), 30_000);
      const before = await versions();
      const wanted = names.filter((name) => before[name] !== to[name]);
      const told = await run('upgrade', ...wanted.map((name) => `${name}@${to[name]}`), '-y');
      // VictoriaMetrics makes a snapshot itself; most of it is copied while it runs on.
      if (wanted.includes('vm')) t.regex(told, /✓ copy ahead +\d+\.\d s +\d+ [KM]iB$/m);
      t.deepEqual(await versions(), { ...before, ...to });
      t.is(await get(etcd, 'bookworm'), 'was here');
      await put(etcd, release, 'was here too');
    }
    const taken = pushed.told.taken.size;
    await until('samples are taken again', () => pushed.told.taken.size > taken + 20, 30_000);
    pushed.told.isOver = true;
    asked.told.isOver = true;
    await Promise.all([pushed.ended, asked.ended]);

    await until('what vmagent held back has arrived', () => allArrived(pushed.told.taken), 30_000).catch(
      () => undefined,
    );
    t.is(lost(pushed.told.taken), 0);
    t.deepEqual(asked.told.wrong, []);
    t.regex(await (await fetch(`${node}/metrics`)).text(), /^node_exporter_build_info\{.*\} 1$/m);

    // etcd alone cannot read what a newer one wrote: going back puts its data back.
    await run('rollback', 'etcd', '-y');
    t.is((await versions())['etcd'], trixie.etcd);
    t.deepEqual(await Promise.all(['bookworm', 'trixie', 'forky'].map((key) => get(etcd, key))), [
      'was here',
      'was here too',
      null,
    ]);
    // Nor does VictoriaMetrics before 1.133 find what later ones wrote.
    await run('rollback', 'vm', '-y');
    t.is((await versions())['vm'], trixie.vm);
    await until('the samples of before are there', () => allArrived(early), 30_000).catch(() => undefined);
    t.is(lost(early), 0);

    const { entries } = JSON.parse(await run('history', '--json')) as { readonly entries: readonly Entry[] };
    const changes = entries.filter(({ from }) => from !== null);
    t.true(changes.every(({ result }) => result === 'done'));
    const downs = changes.map(({ service, from, to, downMs }) => `${service} ${from} to ${to}: ${downMs} ms`);
    t.log(downs.join('\n'));
    t.log(
      `${pushed.told.taken.size} samples taken, ${pushed.told.refused} refused; the front door answered ${asked.told.right} times, ${asked.told.refused} times not`,
    );
    await run('down');
    await assertNothingLeft(t, booty);
  },
);
