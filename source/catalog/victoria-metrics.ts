import { adminKey, closedPages, keysFromEnvironment } from './closed-pages.ts';
import type { OwnSnapshot, Recipe, Wiring } from './recipe.ts';

/** https://docs.victoriametrics.com/victoriametrics/#how-to-work-with-snapshots */
const snapshotOf = ({ url, secret, dirs }: Wiring): OwnSnapshot => {
  const key = `authKey=${encodeURIComponent(secret(adminKey))}`;
  return {
    createUrl: `${url('http')}/snapshot/create?${key}`,
    nameIn: (answer) => /"snapshot":\s*"([\w-]+)"/.exec(answer)?.[1] ?? null,
    removeUrl: (name) => `${url('http')}/snapshot/delete?snapshot=${name}&${key}`,
    folderOf: (name) => `${dirs.data}/snapshots/${name}`,
  };
};

/** VictoriaMetrics, single node. Its `/` lists every page it has; `/vmui/` is among them where the build carries it. */
export const victoriaMetrics: Recipe = {
  name: 'victoria-metrics',
  aliases: ['victoriametrics'],
  title: 'VictoriaMetrics',
  package: 'victoria-metrics',
  executable: 'victoria-metrics',
  ports: { http: { default: 8428, scheme: 'http' } },
  offers: [
    { kind: 'prometheus-query', port: 'http', path: '' },
    { kind: 'remote-write', port: 'http', path: '/api/v1/write' },
    { kind: 'metrics', port: 'http', path: '/metrics' },
    // Debian's builds leave vmui out, so the page that is always there is the one to link to.
    { kind: 'http-route', port: 'http', path: '/' },
  ],
  needs: [],
  secrets: [adminKey],
  readiness: { port: 'http', path: '/health' },
  // It flushes what is in memory on SIGINT; killed, it loses up to five seconds.
  stop: { signal: 'SIGINT', graceMs: 60_000, scope: 'group' },
  wayBack: {
    usual: 'safe',
    crossings: [
      {
        before: '1.133.0',
        since: '1.133.0',
        rollback: 'needs-snapshot',
        // https://github.com/VictoriaMetrics/VictoriaMetrics/pull/8134
        why: 'from 1.133 on the index lies beside the data, and versions before it do not find what was written since',
      },
    ],
  },
  ownSnapshot: snapshotOf,
  run: (wiring) => ({
    args: [
      `-storageDataPath=${wiring.dirs.data}`,
      `-httpListenAddr=${wiring.listen('http')}`,
      // Without it queries do not show the newest 30 s.
      '-search.latencyOffset=1s',
      '-loggerFormat=json',
      ...keysFromEnvironment,
    ],
    environment: closedPages(wiring.secret(adminKey)),
    files: [],
    configCheck: null,
  }),
};
