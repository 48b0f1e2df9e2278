import { caddy } from './caddy.ts';
import { etcd } from './etcd.ts';
import { natsServer } from './nats-server.ts';
import { nodeExporter } from './node-exporter.ts';
import { prometheus } from './prometheus.ts';
import type { Recipe } from './recipe.ts';
import { victoriaMetrics } from './victoria-metrics.ts';
import { vmagent } from './vmagent.ts';
import { vmalert } from './vmalert.ts';

/** Every system booty knows how to run. */
export const catalog: readonly Recipe[] = [
  caddy,
  etcd,
  natsServer,
  nodeExporter,
  prometheus,
  victoriaMetrics,
  vmagent,
  vmalert,
];

/** The recipe a component's name or alias stands for; null when there is none. */
export const findRecipe = (component: string): Recipe | null =>
  catalog.find((recipe) => recipe.name === component || recipe.aliases.includes(component)) ?? null;

/** Names of all systems, without aliases, sorted. */
export const componentNames: readonly string[] = catalog.map((recipe) => recipe.name).sort();
