import type { Recipe } from './recipe.ts';

/** node_exporter: the machine's own numbers. Keeps no state and dies of the stop signal. */
export const nodeExporter: Recipe = {
  name: 'node_exporter',
  aliases: ['node-exporter'],
  title: 'node_exporter',
  package: 'node_exporter',
  executable: 'node_exporter',
  ports: { http: { default: 9100, scheme: 'http' } },
  offers: [
    { kind: 'metrics', port: 'http', path: '/metrics' },
    // Its landing page links to `/metrics` from the root of the host, which no sub-path route can follow.
    { kind: 'http-route', port: 'http', path: '/metrics' },
  ],
  needs: [],
  secrets: [],
  readiness: { port: 'http', path: '/' },
  stop: { signal: 'SIGTERM', graceMs: 5_000, scope: 'group' },
  wayBack: { usual: 'safe', crossings: [] },
  run: (wiring) => ({
    args: [
      `--web.listen-address=${wiring.listen('http')}`,
      '--log.format=json',
      // Debian's builds look into a folder that is not there and at systemd, and log an error at each scrape.
      `--collector.textfile.directory=${wiring.dirs.data}`,
      ...(wiring.platform === 'linux' ? ['--no-collector.systemd'] : []),
    ],
    environment: {},
    files: [],
    configCheck: null,
  }),
};
