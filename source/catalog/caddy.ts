import { atLeast } from './at-least.ts';
import { frontDoorPage } from './front-door-page.ts';
import type { Provider, Recipe, Wiring } from './recipe.ts';
import { routePrefix } from './route.ts';

/**
Caddy as the front door: plain HTTP, a page at `/` that lists what there is, each service with a UI under `/NAME/`
(prefix stripped) and at `NAME.localhost`. The admin API is off: it can rewrite everything, loopback is open to every
user of the machine, and as a unix socket it stays behind after a clean stop (2.11). A change of routes is a restart.
`/metrics`, which is the admin API's otherwise, has a listener of its own.
Format: https://caddyserver.com/docs/json/
*/
export const caddy: Recipe = {
  name: 'caddy',
  aliases: [],
  title: 'Caddy',
  package: 'caddy',
  executable: 'caddy',
  ports: { http: { default: 8080, scheme: 'http' }, metrics: { default: 2019, scheme: 'http' } },
  offers: [{ kind: 'metrics', port: 'metrics', path: '/metrics' }],
  needs: [{ kind: 'http-route', count: 'many', order: 'soft' }],
  secrets: [],
  readiness: { port: 'http', path: '/' },
  // Its own grace period for open requests, and then some.
  stop: { signal: 'SIGTERM', graceMs: 10_000, scope: 'group' },
  wayBack: { usual: 'safe', crossings: [] },
  run: (wiring) => {
    const path = `${wiring.dirs.config}/caddy.json`;
    return {
      args: ['run', '--config', path],
      environment: { XDG_DATA_HOME: wiring.dirs.data, XDG_CONFIG_HOME: wiring.dirs.data },
      files: [{ path, text: `${JSON.stringify(config(wiring), null, 2)}\n`, mode: 0o600 }],
      configCheck: { executable: 'caddy', args: ['validate', '--config', path] },
    };
  },
};

const config = (wiring: Wiring): unknown => {
  const providers = wiring.providers('http-route');
  // From 2.9 on the switch belongs to the whole app, and the old one logs a warning.
  const perServerMetrics = !atLeast(wiring.version, 2, 9);
  return {
    admin: { disabled: true, config: { persist: false } },
    storage: { module: 'file_system', root: wiring.dirs.data },
    logging: { logs: { default: { writer: { output: 'stderr' }, encoder: { format: 'json' }, level: 'INFO' } } },
    apps: {
      http: {
        grace_period: '5s',
        ...(perServerMetrics ? {} : { metrics: {} }),
        servers: {
          front: {
            listen: [wiring.listen('http')],
            automatic_https: { disable: true },
            protocols: ['h1'],
            ...(perServerMetrics ? { metrics: {} } : {}),
            routes: [
              ...providers.map(hostRoute),
              ...providers.flatMap(pathRoutes),
              indexRoute(wiring, providers),
              notFoundRoute,
            ],
          },
          metrics: {
            listen: [wiring.listen('metrics')],
            automatic_https: { disable: true },
            protocols: ['h1'],
            routes: [{ match: [{ path: ['/metrics'] }], handle: [{ handler: 'metrics' }] }, notFoundRoute],
          },
        },
      },
    },
  };
};

const hostRoute = (provider: Provider) => ({
  match: [{ host: [`${provider.service}.localhost`] }],
  handle: [{ handler: 'reverse_proxy', upstreams: [{ dial: provider.address }] }],
  terminal: true,
});

const pathRoutes = (provider: Provider) => {
  const prefix = routePrefix(provider.service);
  return [
    {
      match: [{ path: [prefix] }],
      handle: [{ handler: 'static_response', status_code: 308, headers: { Location: [`${prefix}/`] } }],
      terminal: true,
    },
    {
      match: [{ path: [`${prefix}/*`] }],
      handle: [
        { handler: 'rewrite', strip_path_prefix: prefix },
        {
          handler: 'reverse_proxy',
          upstreams: [{ dial: provider.address }],
          headers: {
            request: { set: { 'X-Forwarded-Prefix': [prefix] } },
            // A server that knows nothing of its prefix redirects to the root of the host.
            response: { replace: { Location: [{ search_regexp: '^/([^/]|$)', replace: `${prefix}/$1` }] } },
          },
        },
      ],
      terminal: true,
    },
  ];
};

const indexRoute = (wiring: Wiring, providers: readonly Provider[]) => ({
  match: [{ path: ['/'] }],
  handle: [
    {
      handler: 'static_response',
      headers: { 'Content-Type': ['text/html; charset=utf-8'] },
      body: frontDoorPage(wiring.stack, wiring.port('http'), providers),
    },
  ],
  terminal: true,
});

const notFoundRoute = {
  handle: [
    {
      handler: 'static_response',
      status_code: 404,
      headers: { 'Content-Type': ['text/plain; charset=utf-8'] },
      body: 'Nothing here. What there is stands at /\n',
    },
  ],
};
