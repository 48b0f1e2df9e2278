import { adminKey, closedPages, keysFromEnvironment } from './closed-pages.ts';
import type { Recipe } from './recipe.ts';

/**
vmalert with one rule: a scrape target that does not answer for a minute. Alerts are kept as `ALERTS` series in the
store; nobody is notified, which is said by a notifier configuration without targets, as `-notifier.blackhole` is
younger than the oldest version that is run.
*/
export const vmalert: Recipe = {
  name: 'vmalert',
  aliases: [],
  title: 'vmalert',
  package: 'victoria-metrics',
  executable: 'vmalert',
  ports: { http: { default: 8880, scheme: 'http' } },
  offers: [
    { kind: 'metrics', port: 'http', path: '/metrics' },
    { kind: 'http-route', port: 'http', path: '/' },
  ],
  needs: [
    { kind: 'prometheus-query', count: 'one', order: 'hard' },
    { kind: 'remote-write', count: 'one', order: 'hard' },
  ],
  secrets: [adminKey],
  readiness: { port: 'http', path: '/health' },
  stop: { signal: 'SIGINT', graceMs: 10_000, scope: 'group' },
  wayBack: { usual: 'safe', crossings: [] },
  run: (wiring) => {
    const rules = `${wiring.dirs.config}/rules.yml`;
    const notifier = `${wiring.dirs.config}/notifier.yml`;
    const args = [
      `-rule=${rules}`,
      `-notifier.config=${notifier}`,
      ...wiring.providers('prometheus-query').map((provider) => `-datasource.url=${provider.url}`),
      // It appends the path of the write API itself.
      ...wiring.providers('remote-write').map((provider) => `-remoteWrite.url=${provider.origin}`),
      `-httpListenAddr=${wiring.listen('http')}`,
      '-loggerFormat=json',
      ...keysFromEnvironment,
    ];
    return {
      args,
      environment: closedPages(wiring.secret(adminKey)),
      files: [
        { path: rules, text: `${JSON.stringify(targetDownRules, null, 2)}\n`, mode: 0o600 },
        { path: notifier, text: '{"static_configs": []}\n', mode: 0o600 },
      ],
      configCheck: { executable: 'vmalert', args: [...args, '-dryRun'] },
    };
  },
};

const targetDownRules = {
  groups: [
    {
      name: 'booty',
      interval: '10s',
      rules: [
        {
          alert: 'TargetDown',
          expr: 'up == 0',
          for: '1m',
          annotations: { summary: '{{ $labels.job }} does not answer at {{ $labels.instance }}' },
        },
      ],
    },
  ],
};
