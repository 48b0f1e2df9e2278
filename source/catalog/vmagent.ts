import { adminKey, closedPages, keysFromEnvironment } from './closed-pages.ts';
import type { Recipe } from './recipe.ts';
import { scrapeConfig } from './scrape-config.ts';

/** vmagent: asks everything that offers metrics and hands it to the one that takes remote write; buffers on disk. */
export const vmagent: Recipe = {
  name: 'vmagent',
  aliases: [],
  title: 'vmagent',
  package: 'victoria-metrics',
  executable: 'vmagent',
  ports: { http: { default: 8429, scheme: 'http' } },
  offers: [
    { kind: 'metrics', port: 'http', path: '/metrics' },
    { kind: 'http-route', port: 'http', path: '/targets' },
  ],
  needs: [
    { kind: 'remote-write', count: 'one', order: 'soft' },
    { kind: 'metrics', count: 'many', order: 'none' },
  ],
  secrets: [adminKey],
  readiness: { port: 'http', path: '/health' },
  stop: { signal: 'SIGINT', graceMs: 30_000, scope: 'group' },
  wayBack: { usual: 'safe', crossings: [], lossBy: 'folders' },
  run: (wiring) => {
    const path = `${wiring.dirs.config}/scrape.yml`;
    const args = [
      `-promscrape.config=${path}`,
      ...wiring.providers('remote-write').map((provider) => `-remoteWrite.url=${provider.url}`),
      `-remoteWrite.tmpDataPath=${wiring.dirs.data}`,
      // Unbounded by default: a store that stays away would fill the disk.
      '-remoteWrite.maxDiskUsagePerURL=1GB',
      `-httpListenAddr=${wiring.listen('http')}`,
      '-loggerFormat=json',
      ...keysFromEnvironment,
    ];
    return {
      args,
      environment: closedPages(wiring.secret(adminKey)),
      files: [{ path, text: scrapeConfig(wiring.providers('metrics')), mode: 0o600 }],
      configCheck: { executable: 'vmagent', args: [...args, '-promscrape.config.dryRun'] },
    };
  },
};
