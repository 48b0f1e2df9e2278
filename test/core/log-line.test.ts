import test from 'ava';
import * as fc from 'fast-check';
import { readLogLine } from '../../source/core/log-line.ts';

const atMs = Date.UTC(2026, 10, 22, 18, 44, 1, 123);
const instant = { atMs, clock: null };
const cases: Readonly<Record<string, readonly [line: string, read: ReturnType<typeof readLogLine>]>> = {
  'VictoriaMetrics JSON': [
    '{"ts":"2026-11-22T18:44:01.123Z","level":"info","caller":"app/main.go:12","msg":"started at 0.1 s"}',
    { ...instant, level: 'info', message: 'started at 0.1 s', fields: [] },
  ],
  'VictoriaMetrics console': [
    '2026-11-22T18:44:01.123Z\twarn\tlib/storage/storage.go:88\tslow insert',
    { ...instant, level: 'warn', message: 'slow insert', fields: [] },
  ],
  'Caddy, zap with seconds': [
    '{"level":"error","ts":1795373041.123,"logger":"http.log","msg":"dial tcp","status":502,"err":"no route"}',
    { ...instant, level: 'error', message: 'dial tcp', fields: ['status=502', 'err="no route"'] },
  ],
  'zap dpanic': [
    '{"level":"dpanic","ts":1795373041.123,"msg":"x"}',
    { ...instant, level: 'fatal', message: 'x', fields: [] },
  ],
  logrus: [
    '{"level":"warning","msg":"disk","time":"2026-11-22T19:44:01.123+01:00","free":3}',
    { ...instant, level: 'warn', message: 'disk', fields: ['free=3'] },
  ],
  slog: [
    '{"time":"2026-11-22T18:44:01.123456789Z","level":"ERROR","msg":"gone","user":{"id":1}}',
    { ...instant, level: 'error', message: 'gone', fields: ['user={"id":1}'] },
  ],
  'pino and bunyan': [
    `{"level":50,"time":${atMs},"pid":7,"hostname":"a","msg":"boom"}`,
    { ...instant, level: 'error', message: 'boom', fields: [] },
  ],
  HashiCorp: [
    '{"@level":"info","@message":"core: unsealed","@module":"core","@timestamp":"2026-11-22T18:44:01.123Z","n":1}',
    { ...instant, level: 'info', message: 'core: unsealed', fields: ['n=1'] },
  ],
  'logfmt of Prometheus': [
    'ts=2026-11-22T18:44:01.123Z caller=main.go:1 level=info msg="ready \\"now\\"" addr=127.0.0.1:9090',
    { ...instant, level: 'info', message: 'ready "now"', fields: ['addr=127.0.0.1:9090'] },
  ],
  'logfmt of Grafana': [
    'logger=settings t=2026-11-22T18:44:01.123Z level=info msg=Starting version=12.0.1',
    { ...instant, level: 'info', message: 'Starting', fields: ['version=12.0.1'] },
  ],
  NATS: [
    '[812] 2026/11/22 18:44:01.123456 [INF] Server is ready',
    { atMs: null, clock: '18:44:01', level: 'info', message: 'Server is ready', fields: [] },
  ],
  'NATS, an empty line': [
    '[812] 2026/11/22 18:44:01.123456 [INF] ',
    { atMs: null, clock: '18:44:01', level: 'info', message: '', fields: [] },
  ],
  'zap console with the name of its logger': [
    '2026-11-22T18:44:01.123+0000\tINFO\tmain.sub\tpkg/file.go:12\tlistening\t{"port":1}',
    { ...instant, level: 'info', message: 'listening', fields: ['{"port":1}'] },
  ],
  'Caddy console, a name and no caller': [
    '2026/11/22 18:44:01.123\tINFO\tadmin\tadmin endpoint started\t{"address": "localhost:2019"}',
    {
      atMs: null,
      clock: '18:44:01',
      level: 'info',
      message: 'admin endpoint started',
      fields: ['{"address": "localhost:2019"}'],
    },
  ],
  'Caddy console, neither': [
    '2026/11/22 18:44:01.123\tWARN\tserving\t{"a":1}',
    { atMs: null, clock: '18:44:01', level: 'warn', message: 'serving', fields: ['{"a":1}'] },
  ],
  'HashiCorp text': [
    '2026-11-22T18:44:01.123Z [WARN]  core: sealed: n=1',
    { ...instant, level: 'warn', message: 'core: sealed: n=1', fields: [] },
  ],
  'slog without a handler': [
    '2026/11/22 18:44:01 ERROR-1 gone id=3',
    { atMs: null, clock: '18:44:01', level: 'error', message: 'gone id=3', fields: [] },
  ],
  'logrus text': [
    'time="2026-11-22T18:44:01.123Z" level=warning msg="low on disk" free=3',
    { ...instant, level: 'warn', message: 'low on disk', fields: ['free=3'] },
  ],
  'TiDB unified': [
    '[2026/11/22 18:44:01.123 +00:00] [WARN] [server.go:290] ["slow query"] [time=3s] [sql="a ] b"]',
    { ...instant, level: 'warn', message: 'slow query', fields: ['time=3s', 'sql="a ] b"'] },
  ],
};

for (const [name, [line, read]] of Object.entries(cases)) {
  test(`reads ${name}`, (t) => t.deepEqual(readLogLine(line), read));
}

test('anything else is no log line of a known shape', (t) => {
  for (const line of [
    '',
    'hello',
    '{"a":1}',
    '{"msg":"no time"}',
    '{broken',
    'level=',
    'a=b level=info c',
    '[1, 2]',
    '[812] hi',
    '2026-11-22T18:44:01Z\tx',
  ]) {
    t.is(readLogLine(line), null, line);
  }
  fc.assert(fc.property(fc.string(), (line) => void readLogLine(line)));
});

test('days are counted as the calendar does', (t) => {
  const date = fc.date({
    min: new Date('1970-01-02T00:00:00Z'),
    max: new Date('2199-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(date, (when) => {
      t.is(readLogLine(`{"ts":"${when.toISOString()}","level":"info","msg":"x"}`)?.atMs, when.getTime());
    }),
  );
});
