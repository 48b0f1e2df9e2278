import type { Provider } from './recipe.ts';

/**
The scrape configuration that vmagent and Prometheus share: one job per service, each asked every 10 s. JSON, which is
YAML, so that no name has to be quoted by hand. Format: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
*/
export const scrapeConfig = (targets: readonly Provider[], own: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify(
    {
      global: { scrape_interval: '10s' },
      ...own,
      scrape_configs: targets.map((target) => ({
        job_name: target.service,
        metrics_path: target.path,
        static_configs: [{ targets: [target.address] }],
      })),
    },
    null,
    2,
  )}\n`;
