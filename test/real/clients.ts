/** Clients of real servers that keep going while these are exchanged, and keep count of what they were told. */
import { setTimeout as pause } from 'node:timers/promises';
import { serviceOf, type Booty } from '../terminal/booty.ts';

/** Where a port of a service answers. */
export const urlOf = async (booty: Booty, service: string, port: string): Promise<string> =>
  `http://127.0.0.1:${serviceOf(await booty.ps(), service).ports[port]}`;

/** Between two questions of one client: busy enough to be in the way, and the servers still get the processor. */
const paceMs = 5;

/** Gives vmagent one sample after the other, each at a time of its own; keeps those it has said it took. */
export const pushAlong = (agent: string) => {
  const told = { taken: new Map<number, number>(), refused: 0, isOver: false };
  const ended = (async () => {
    let atMs = Date.now() - 60_000;
    for (let value = 0; !told.isOver; value += 1) {
      atMs += 1;
      const status = await post(`${agent}/api/v1/import/prometheus`, `pushed_total ${value} ${atMs}`).catch(() => 0);
      if (status === 204) told.taken.set(atMs, value);
      else told.refused += 1;
      await pause(paceMs);
    }
  })();
  return { told, ended };
};

/** Asks for a page until told to stop: what is answered is to be right; that nobody answers is counted. */
export const askAlong = (url: string, right: RegExp) => {
  const told = { right: 0, wrong: [] as string[], refused: 0, isOver: false };
  const ended = (async () => {
    while (!told.isOver) {
      const text = await fetch(url).then(
        (answer) => answer.text(),
        () => null,
      );
      if (text === null) told.refused += 1;
      else if (right.test(text)) told.right += 1;
      else told.wrong.push(text.slice(0, 200));
      await pause(paceMs);
    }
  })();
  return { told, ended };
};

const post = async (url: string, body: string): Promise<number> => {
  const answer = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(5_000) });
  await answer.arrayBuffer();
  return answer.status;
};

const etcdAsk = async (etcd: string, call: string, body: unknown): Promise<Record<string, unknown>> => {
  const answer = await fetch(`${etcd}/v3/kv/${call}`, { method: 'POST', body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, unknown>;
};
const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** Writes a key into etcd, through its JSON gateway. */
export const put = (etcd: string, key: string, value: string) =>
  etcdAsk(etcd, 'put', { key: base64(key), value: base64(value) });
/** The value of a key of etcd; null when it has none. */
export const get = async (etcd: string, key: string): Promise<string | null> => {
  const { kvs } = (await etcdAsk(etcd, 'range', { key: base64(key) })) as { kvs?: readonly { value: string }[] };
  return kvs?.[0] === undefined ? null : Buffer.from(kvs[0].value, 'base64').toString();
};

/** Every sample of the series, by its time; flushed first, as the newest are seen a second late. */
export const samplesOf = async (vm: string): Promise<ReadonlyMap<number, number>> => {
  const answer = await fetch(`${vm}/api/v1/export?match[]=pushed_total`);
  const found = new Map<number, number>();
  for (const line of (await answer.text()).split('\n').filter((each) => each !== '')) {
    const { values, timestamps } = JSON.parse(line) as { values: number[]; timestamps: number[] };
    for (const [index, atMs] of timestamps.entries()) found.set(atMs, values[index] ?? Number.NaN);
  }
  return found;
};
