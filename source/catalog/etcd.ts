import type { Recipe } from './recipe.ts';

/** etcd, one member. Dies of the stop signal. The address of its peer port is kept in its data from the first start on. */
export const etcd: Recipe = {
  name: 'etcd',
  aliases: [],
  title: 'etcd',
  package: 'etcd',
  executable: 'etcd',
  ports: { client: { default: 2379, scheme: 'http' }, peer: { default: 2380, scheme: 'http' } },
  offers: [
    { kind: 'etcd', port: 'client', path: '' },
    { kind: 'metrics', port: 'client', path: '/metrics' },
  ],
  needs: [],
  secrets: [],
  readiness: { port: 'client', path: '/health' },
  stop: { signal: 'SIGTERM', graceMs: 30_000, scope: 'group' },
  // A newer etcd migrates its data; one member's folder, copied while it is stopped, is a whole backup.
  wayBack: { usual: 'needs-snapshot', crossings: [] },
  // https://etcd.io/docs/latest/upgrades/: one minor version at a time.
  oneAtATime: 'minor',
  run: (wiring) => ({
    args: [
      `--name=${wiring.service}`,
      `--data-dir=${wiring.dirs.data}`,
      `--listen-client-urls=http://${wiring.listen('client')}`,
      `--advertise-client-urls=${wiring.url('client')}`,
      `--listen-peer-urls=http://${wiring.listen('peer')}`,
      `--initial-advertise-peer-urls=${wiring.url('peer')}`,
      `--initial-cluster=${wiring.service}=${wiring.url('peer')}`,
      // 3.4 still has an older logger as its default.
      '--logger=zap',
      '--log-outputs=stderr',
    ],
    environment: {},
    files: [],
    configCheck: null,
  }),
};
