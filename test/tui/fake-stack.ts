/** A stack that exists only on paper: rows, frames and a client to hand to the screen. */
import type { ServiceRow, StackRow } from '../../source/core/model.ts';
import type {
  ClientWord,
  DownRequest,
  FetchRow,
  Frame,
  LogFound,
  LogLine,
  LogSearch,
  LogWindow,
  Session,
  StackClient,
  StackEvent,
  StopView,
} from '../../source/api/protocol.ts';
import type { Clock } from '../../source/ports.ts';

export const startMs = Date.UTC(2026, 0, 2, 3, 0, 0);

export const makeRow = (name: string, changes: Partial<ServiceRow> = {}): ServiceRow => ({
  name,
  component: name,
  version: '1.2.3',
  state: 'ready',
  reason: null,
  pid: 4000,
  startedAtMs: startMs - 41 * 86_400_000,
  restarts: 0,
  exitCode: null,
  signal: null,
  lastExit: null,
  nextRetryAtMs: null,
  lastChange: { atMs: startMs - 1000, from: 'starting' },
  ports: { http: 8080 },
  cpuPercent: 0.4,
  rssBytes: 31 * 1024 * 1024,
  upgrade: null,
  ...changes,
});

export const makeStack = (services: readonly ServiceRow[], changes: Partial<StackRow> = {}): StackRow => ({
  stack: 'shop',
  state: 'ready',
  daemon: { pid: 99, tied: true, onHangup: 'stop' },
  services,
  ...changes,
});

export type StateFrame = Extract<Frame, { type: 'state' }>;

export const makeFrame = (row: StackRow, changes: Partial<StateFrame> = {}): StateFrame => ({
  type: 'state',
  atMs: startMs,
  row,
  fetches: [],
  stop: null,
  links: [],
  notes: [],
  owner: true,
  orphanedAtMs: null,
  ...changes,
});

export const shop = makeStack([
  makeRow('nats', { version: '2.10.27', ports: { client: 4222, http: 8222 } }),
  makeRow('victoria-metrics', { version: '1.145.0', ports: { http: 8428 }, cpuPercent: 3.2, rssBytes: 180e6 }),
  makeRow('vmagent', { version: '1.145.0', ports: { http: 8429 }, startedAtMs: startMs - 42_000 }),
  makeRow('grafana', { ports: { http: 3000 }, version: '12.0.1', restarts: 2 }),
  makeRow('caddy', { ports: { http: 8080, admin: 2019, https: 8443 }, version: '2.9.1' }),
]);

export const failing: StackRow = {
  ...shop,
  state: 'degraded',
  services: shop.services.map((row) =>
    row.name === 'vmagent'
      ? {
          ...row,
          state: 'failed',
          reason: 'exited 2 five times; gave up',
          pid: null,
          startedAtMs: null,
          restarts: 5,
          exitCode: 2,
          lastExit: { code: 2, signal: null, atMs: startMs - 140_000 },
          lastChange: { atMs: startMs - 140_000, from: 'backoff' },
          cpuPercent: null,
          rssBytes: null,
        }
      : row,
  ),
};

export const fetching: readonly FetchRow[] = [
  fetchRow('nats-server', { phase: 'done', doneBytes: 6e6, totalBytes: 6e6 }),
  fetchRow('victoria-metrics', { doneBytes: 5e6, totalBytes: 20e6, bytesPerSecond: 3e6, etaMs: 5000 }),
  fetchRow('caddy', { phase: 'unpacking', doneBytes: 9e6, totalBytes: 9e6 }),
  fetchRow('prometheus', { phase: 'looking', source: null, version: null, totalBytes: 0 }),
];

function fetchRow(component: string, changes: Partial<FetchRow>): FetchRow {
  return {
    component,
    services: [component],
    phase: 'downloading',
    source: 'apt',
    version: '2.10.27',
    doneBytes: 0,
    totalBytes: null,
    bytesPerSecond: null,
    etaMs: null,
    message: null,
    ...changes,
  };
}

export const stopping: StopView = {
  force: 0,
  layers: 3,
  atMostMs: 71_000,
  rows: [
    stopRow(1, 'caddy', { state: 'stopped', elapsedMs: 100, detail: 'asked, exit 0' }),
    stopRow(2, 'vmagent', {
      state: 'asked',
      signal: 'SIGINT',
      pid: 4121,
      elapsedMs: 4000,
      graceMs: 30_000,
      detail: '1 child',
      lastLine: 'flushing 12 MB queue',
    }),
    stopRow(3, 'nats', { detail: 'after layer 2' }),
    stopRow(3, 'victoria-metrics', { detail: 'after layer 2' }),
  ],
};

function stopRow(layer: number, service: string, changes: Partial<StopView['rows'][number]>): StopView['rows'][number] {
  return {
    layer,
    service,
    state: 'waiting',
    signal: null,
    pid: null,
    elapsedMs: 0,
    graceMs: 10_000,
    detail: '',
    lastLine: null,
    ...changes,
  };
}

/** A log whose line N is `line N`, each ten bytes long. */
export const makeWindow = (from: number, to: number, last: number): LogWindow => ({
  lines: Array.from({ length: to - from }, (_, index) => makeLine(from + index)),
  endByte: to * 10,
  fileBytes: last * 10,
});

export const makeLine = (number: number, text = `line ${number}`): LogLine => ({
  service: 'nats',
  generation: 1,
  offset: number * 10,
  atMs: startMs,
  text,
  kind: 'line',
});

/** What the daemon would find in such a log. */
export const searchLines = (search: LogSearch, last: number): LogFound => {
  const pattern = new RegExp(search.pattern, 'i');
  const isForward = search.direction === 'forward';
  const from = isForward ? (search.from ?? 0) : (search.until ?? 0);
  const to = isForward ? (search.until ?? last * 10) : (search.from ?? last * 10);
  const { lines } = makeWindow(from / 10, Math.min(last, to / 10), last);
  const found = lines.filter((line) => pattern.test(line.text)).map((line) => ({ ...line, matches: [search.pattern] }));
  const given = isForward ? found.slice(0, search.lines) : found.slice(-search.lines);
  const all = { fromByte: from, toByte: to, fileBytes: last * 10, lines: given };
  if (given.length < search.lines) return { ...all, done: true };
  const edge = isForward ? { toByte: (given.at(-1)?.offset ?? 0) + 10 } : { fromByte: given[0]?.offset ?? 0 };
  return { ...all, ...edge, done: false };
};

/** Time that passes only when told; what is due is then called in order. */
export type FakeClock = Clock & { readonly advance: (ms: number) => void };

export const makeClock = (): FakeClock => {
  let now = startMs;
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  return {
    nowMs: () => now,
    steadyMs: () => now,
    after: (delayMs, run) => {
      const timer = { atMs: now + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      const until = now + ms;
      for (;;) {
        const due = [...timers].filter((timer) => timer.atMs <= until).sort((one, other) => one.atMs - other.atMs)[0];
        if (!due) break;
        timers.delete(due);
        now = Math.max(now, due.atMs);
        due.run();
      }
      now = until;
    },
  };
};

export type FakeClient = StackClient & {
  readonly downs: DownRequest[];
  readonly actions: string[];
  readonly words: ClientWord[];
  readonly logRequests: unknown[];
  readonly searches: (LogSearch & { readonly service: string })[];
  /** What was asked about upgrades, in words. */
  readonly upgradeAsks: string[];
  readonly stream: FakeStream;
  /** Size of every log, in lines of ten bytes. */
  logLines: number;
  fail: Error | null;
};

export type FakeStream = Session & {
  readonly push: (frame: Frame) => void;
  readonly break: (error: Error | null) => void;
  readonly isClosed: () => boolean;
};

export const makeClient = (): FakeClient => {
  const words: ClientWord[] = [];
  const client: FakeClient = {
    downs: [],
    actions: [],
    words,
    logRequests: [],
    searches: [],
    upgradeAsks: [],
    stream: makeStream(words),
    logLines: 500,
    fail: null,
    ps: () => Promise.resolve(shop),
    plan: () => Promise.resolve({ plan: [] }),
    up: () => Promise.resolve({ plan: [] }),
    down: (request) => {
      client.downs.push(request);
      return client.fail ? Promise.reject(client.fail) : Promise.resolve();
    },
    service: (name, action) => {
      client.actions.push(`${action} ${name}`);
      return client.fail ? Promise.reject(client.fail) : Promise.resolve();
    },
    signal: () => Promise.resolve({ reached: 1 }),
    launch: () => Promise.resolve({ command: ['nats-server'], environment: {}, workingDir: '/' }),
    log: (service, window) => {
      client.logRequests.push({ service, ...window });
      const last = client.logLines;
      const to = window.start === undefined ? Math.min(last, (window.end ?? last * 10) / 10) : undefined;
      const from = to === undefined ? (window.start ?? 0) / 10 : Math.max(0, to - window.lines);
      return Promise.resolve(makeWindow(from, to ?? Math.min(last, from + window.lines), last));
    },
    search: (service, search) => {
      client.searches.push({ service, ...search });
      return Promise.resolve(searchLines(search, client.logLines));
    },
    async *raw() {},
    logs: () => nothing<LogLine>(),
    events: () => nothing<StackEvent>(),
    upgrades: () => Promise.resolve({ atMs: startMs, looking: false, troubles: [], rows: [] }),
    planUpgrade: (ask) => {
      client.upgradeAsks.push(`plan ${ask.kind} ${ask.targets.map((target) => target.service).join(' ')}`);
      if (client.fail) return Promise.reject(client.fail);
      return Promise.resolve({ kind: ask.kind, subjects: [], steps: [], nothing: [] });
    },
    upgrade: (ask) => {
      client.upgradeAsks.push(`${ask.kind} ${ask.targets.map((target) => target.service).join(' ')}`);
      return client.fail ? Promise.reject(client.fail) : Promise.resolve({ id: '1' });
    },
    cancelUpgrade: () => {
      client.upgradeAsks.push('cancel');
      return client.fail ? Promise.reject(client.fail) : Promise.resolve();
    },
    deferUpgrade: (service, defer) => {
      client.upgradeAsks.push([defer.kind, service, defer.version ?? ''].join(' ').trim());
      return client.fail ? Promise.reject(client.fail) : Promise.resolve();
    },
    history: () => Promise.resolve([]),
    session: () => Promise.resolve(client.stream),
  };
  return client;
};

export const makeStream = (words: ClientWord[]): FakeStream => {
  const queue: Frame[] = [];
  let wake: () => void = () => {};
  let end: { readonly error: Error | null } | null = null;
  let isWhole = false;
  const finish = (error: Error | null) => {
    end ??= { error };
    wake();
  };
  const frames = async function* (): AsyncIterable<Frame> {
    for (;;) {
      const next = queue.shift();
      if (next) yield next;
      else if (end) {
        if (end.error) throw end.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  };
  return {
    frames: frames(),
    say: (word) => {
      words.push(word);
      // As a daemon does with whoever has said its last word.
      if (end === null && (word.type === 'hangup' || word.type === 'leave')) {
        isWhole = true;
        finish(null);
      }
      return Promise.resolve();
    },
    isWhole: () => isWhole,
    close: () => finish(null),
    push: (frame) => {
      queue.push(frame);
      wake();
    },
    break: finish,
    isClosed: () => end !== null,
  };
};

const nothing = async function* <Value>(): AsyncIterable<Value> {};
