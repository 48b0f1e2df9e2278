/**
A sample program that stands for your own: a page, metrics and a health check over HTTP, JSON logs, and a message to
NATS every second. Run by plain `node`, without packages. It reads PORT, HOST (127.0.0.1) and NATS_URL.
*/
import http from 'node:http';
import { log } from './log.ts';
import { connect } from './nats.ts';
import { page } from './page.ts';

const port = Number(process.env['PORT'] ?? 8000);
const host = process.env['HOST'] ?? '127.0.0.1';
const nats = connect(process.env['NATS_URL'] ?? 'nats://127.0.0.1:4222');
const startedAtMs = Date.now();
const count = { published: 0, dropped: 0, requests: 0 };

const metrics = (): string => {
  const rows: readonly (readonly [name: string, type: string, help: string, value: number])[] = [
    ['main_ticks_published_total', 'counter', 'Messages published to NATS.', count.published],
    ['main_ticks_dropped_total', 'counter', 'Messages dropped while NATS was away.', count.dropped],
    ['main_nats_connected', 'gauge', 'Whether there is a connection to NATS.', Number(nats.connected())],
    ['main_http_requests_total', 'counter', 'HTTP requests answered.', count.requests],
    ['process_start_time_seconds', 'gauge', 'Start of the process since the epoch.', startedAtMs / 1000],
    ['process_resident_memory_bytes', 'gauge', 'Memory in use.', process.memoryUsage.rss()],
  ];
  return rows
    .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join('');
};

const answer = (path: string): readonly [status: number, type: string, body: string] => {
  if (path === '/') return [200, 'text/html', page(count.published, nats.connected())];
  if (path === '/metrics') return [200, 'text/plain; version=0.0.4', metrics()];
  if (path === '/health') return [200, 'text/plain', 'ok\n'];
  return [404, 'text/plain', 'not found\n'];
};

const server = http.createServer((request, response) => {
  count.requests += 1;
  const [status, type, body] = answer((request.url ?? '/').split('?', 1)[0] ?? '/');
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(body);
});
server.on('error', (error) => {
  log('error', 'cannot serve', { host, port, reason: error.message });
  process.exit(1);
});
server.listen(port, host, () => log('info', 'serving', { url: `http://${host}:${port}/` }));

const ticker = setInterval(() => {
  const sent = nats.publish('main.ticks', JSON.stringify({ tick: count.published + 1, ts: Date.now() / 1000 }));
  count[sent ? 'published' : 'dropped'] += 1;
  if (sent) log('info', 'tick', { tick: count.published });
}, 1_000);

const stop = async (signal: string) => {
  log('info', 'stopping', { signal });
  clearInterval(ticker);
  server.close();
  server.closeAllConnections();
  await nats.close();
  log('info', 'stopped', { published: count.published, dropped: count.dropped });
};
process.once('SIGTERM', (signal) => void stop(signal));
process.once('SIGINT', (signal) => void stop(signal));
