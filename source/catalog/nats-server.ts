import type { Recipe } from './recipe.ts';

const user = 'booty';

/**
NATS with JetStream. It logs text only and has no Prometheus endpoint of its own (its numbers are JSON at `/varz`), so
it offers no metrics. Ends with code 1 on SIGTERM before 2.15. Loopback is open to every user of the machine, so clients
need the password; the monitoring port can only be read, and shows none.
*/
export const natsServer: Recipe = {
  name: 'nats-server',
  aliases: ['nats'],
  title: 'NATS',
  package: 'nats-server',
  executable: 'nats-server',
  ports: {
    client: { default: 4222, scheme: 'nats', login: { user, secret: 'password' } },
    monitor: { default: 8222, scheme: 'http' },
  },
  offers: [
    { kind: 'nats', port: 'client', path: '' },
    { kind: 'http-route', port: 'monitor', path: '/' },
  ],
  needs: [],
  secrets: ['password'],
  // Streams that are still being restored must not keep a stack from starting; JetStream itself must be there.
  readiness: { port: 'monitor', path: '/healthz?js-enabled-only=true' },
  stop: { signal: 'SIGTERM', graceMs: 10_000, scope: 'group' },
  wayBack: {
    usual: 'safe',
    lossBy: 'folders',
    crossings: [
      {
        before: '2.11.9',
        since: '2.12.0',
        rollback: 'needs-snapshot',
        // https://docs.nats.io/release-notes/whats_new/whats_new_212
        why: 'what NATS 2.12 wrote is read by 2.11.9 and later only',
      },
    ],
  },
  run: (wiring) => {
    const path = `${wiring.dirs.config}/nats.conf`;
    const config = {
      server_name: `${wiring.stack}-${wiring.service}`,
      host: wiring.bind,
      port: wiring.port('client'),
      http: wiring.listen('monitor'),
      authorization: { user, password: wiring.secret('password') },
      jetstream: { store_dir: wiring.dirs.data },
    };
    return {
      args: ['-c', path],
      environment: {},
      // The format is a superset of JSON.
      files: [{ path, text: `${JSON.stringify(config, null, 2)}\n`, mode: 0o600 }],
      configCheck: { executable: 'nats-server', args: ['-t', '-c', path] },
    };
  },
};
