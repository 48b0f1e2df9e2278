/** What the daemon accepts, checked: a body that does not fit is refused before anything looks at it. */
import { z } from 'zod';
import { dependencyConditions, stopScopes } from '../core/model.ts';
import { limits } from '../core/limits.ts';

const nullable = <T extends z.ZodType>(type: T) => z.union([type, z.null()]);
const count = z.number().int().min(0);

const healthcheck = z.strictObject({
  probe: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('http'), url: z.string() }),
    z.strictObject({ kind: z.literal('tcp'), address: z.string() }),
    z.strictObject({ kind: z.literal('exec'), command: z.array(z.string()).min(1) }),
    z.strictObject({ kind: z.literal('log'), pattern: z.string() }),
    z.strictObject({ kind: z.literal('file'), path: z.string() }),
    z.strictObject({ kind: z.literal('catalog') }),
  ]),
  intervalMs: nullable(count),
  timeoutMs: nullable(count),
  retries: nullable(count),
  startPeriodMs: nullable(count),
  startIntervalMs: nullable(count),
});

const service = z.looseObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/),
  component: nullable(z.string()),
  version: nullable(z.string()),
  command: nullable(z.array(z.string()).min(1)),
  environment: z.record(z.string(), z.string()),
  workingDir: z.string().startsWith('/'),
  dependencies: z.array(
    z.strictObject({
      service: z.string(),
      condition: z.enum(dependencyConditions),
      required: z.boolean(),
      restart: z.boolean(),
    }),
  ),
  healthcheck: nullable(healthcheck),
  onUnhealthy: nullable(z.literal('restart')),
  restart: nullable(
    z.strictObject({ when: z.enum(['no', 'always', 'on-failure', 'unless-stopped']), retriesMax: nullable(count) }),
  ),
  stopSignal: nullable(z.string()),
  stopGraceMs: nullable(count),
  stopScope: nullable(z.enum(stopScopes)),
  ports: z.record(z.string(), z.union([z.number().int().min(1).max(65_535), z.literal('auto')])),
  bind: z.string(),
  log: nullable(z.enum(['file', 'pipe'])),
  profiles: z.array(z.string()),
  openFilesMax: nullable(count),
  isPidPrivate: z.exactOptional(z.boolean()),
});

export const upRequest = z.strictObject({
  definition: z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
    file: nullable(z.string()),
    folder: z.string().startsWith('/'),
    services: z.array(service).min(1).max(limits.servicesMax),
    positions: z.record(z.string(), z.strictObject({ file: z.string(), line: count, column: count })),
    updateCheck: z.exactOptional(z.boolean()),
    warnings: z.array(z.string()),
  }),
  services: z.array(z.string()),
  profiles: z.array(z.string()),
  frozen: z.exactOptional(z.boolean()),
  idle: z.exactOptional(z.boolean()),
});

export const downRequest = z.strictObject({
  force: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  graceMsMax: nullable(count),
});

export const signalRequest = z.strictObject({ signal: z.string().regex(/^SIG[A-Z0-9]{2,8}$/) });

export const clientWord = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    client: z.string(),
    own: z.boolean(),
    onHangup: z.enum(['stop', 'keep']),
  }),
  z.strictObject({ type: z.literal('hangup') }),
  z.strictObject({ type: z.literal('leave') }),
]);

const target = z.strictObject({ service: z.string(), range: nullable(z.string()) });
const askFields = {
  kind: z.enum(['upgrade', 'rollback']),
  targets: z.array(target),
  to: z.exactOptional(nullable(z.string())),
};
export const upgradeAsk = z.strictObject(askFields);
export const upgradeBegin = z.strictObject({ ...askFields, who: z.string().min(1).max(200) });

export const upgradeDefer = z.strictObject({
  kind: z.enum(['later', 'skip', 'none']),
  version: z.exactOptional(z.string()),
});
