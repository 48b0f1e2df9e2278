import type { Recipe } from './recipe.ts';
import { scrapeConfig } from './scrape-config.ts';

/** Prometheus: asks everything that offers metrics, keeps it, answers queries. */
export const prometheus: Recipe = {
  name: 'prometheus',
  aliases: [],
  title: 'Prometheus',
  package: 'prometheus',
  executable: 'prometheus',
  ports: { http: { default: 9090, scheme: 'http' } },
  offers: [
    { kind: 'prometheus-query', port: 'http', path: '' },
    { kind: 'metrics', port: 'http', path: '/metrics' },
    { kind: 'http-route', port: 'http', path: '/' },
  ],
  needs: [{ kind: 'metrics', count: 'many', order: 'none' }],
  secrets: [],
  readiness: { port: 'http', path: '/-/ready' },
  stop: { signal: 'SIGTERM', graceMs: 60_000, scope: 'group' },
  wayBack: {
    usual: 'safe',
    crossings: [
      {
        before: '2.0.0',
        since: '2.0.0',
        rollback: 'needs-snapshot',
        why: 'Prometheus 2 begins storage of its own',
      },
      {
        before: '2.55.0',
        since: '3.0.0',
        rollback: 'needs-snapshot',
        // https://prometheus.io/docs/prometheus/latest/migration/
        why: 'what Prometheus 3 wrote is read by 2.55 and later only',
      },
    ],
  },
  run: (wiring) => {
    const path = `${wiring.dirs.config}/prometheus.yml`;
    return {
      args: [
        `--config.file=${path}`,
        `--storage.tsdb.path=${wiring.dirs.data}`,
        `--web.listen-address=${wiring.listen('http')}`,
        '--log.format=json',
      ],
      environment: {},
      files: [{ path, text: scrapeConfig(wiring.providers('metrics')), mode: 0o600 }],
      configCheck: { executable: 'promtool', args: ['check', 'config', path] },
    };
  },
};
