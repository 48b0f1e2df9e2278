import * as z from 'zod';
import { limits } from '../core/limits.ts';
import { dependencyConditions, stopScopes, type Dependency } from '../core/model.ts';
import { faulty, parsed, type Parsed } from './fault.ts';
import { helped, readBy, text, textList, truth, wholeNumber } from './field.ts';
import { durationMs, healthcheckKeys, healthcheckSchema } from './healthcheck.ts';
import { offerKeys, offersSchema } from './offers.ts';
import { parsePort } from './port.ts';
import { parseRestart } from './restart.ts';
import { splitCommand } from './split-command.ts';
import { namePattern } from './stack-name.ts';
import { parseStopSignal } from './stop-signal.ts';
import { parseVersionRange } from './version-range.ts';

const nameRule = 'lower-case letters, digits, - and _, at most 40, the first a letter or digit';
const name = z.string().regex(namePattern, { error: nameRule });
const variableName = z.string().regex(/^[^\s=\0]+$/, { error: 'a name without blanks and =' });
const stringOrList = { error: 'a string or a list of strings' };

const command = readBy(z.union([z.string(), textList], stringOrList), (written) => {
  const words = typeof written === 'string' ? splitCommand(written) : parsed(written);
  return words.ok && words.value[0] === ''
    ? faulty('the command begins with an empty word', 'write command: ./server')
    : words;
});

const component = readBy(text, (written) => {
  if (/^[a-z0-9][a-z0-9._-]{0,79}$/.test(written)) return parsed(written);
  const [before = '', range] = written.split('@');
  return range === undefined
    ? faulty(`${JSON.stringify(written)} is no name of a component`, 'write its name: component: nats-server')
    : faulty(`${JSON.stringify(written)} holds a version`, `write component: ${before} and version: "${range}"`);
});

/** A list of `NAME=value` and `NAME`, or a map; null stands for "from your own environment". */
const environment = readBy(
  z.union([z.record(variableName, z.union([text, z.null()], { error: 'text' })), textList], {
    error: 'a map or a list of NAME=value',
  }),
  (written): Parsed<Readonly<Record<string, string | null>>> => {
    if (!Array.isArray(written)) return parsed(written);
    const values = new Map<string, string | null>();
    for (const entry of written) {
      const equals = entry.indexOf('=');
      const key = equals === -1 ? entry : entry.slice(0, equals);
      if (!variableName.safeParse(key).success) {
        return faulty(`${JSON.stringify(key)} is no name of a variable`, 'write NAME=value');
      }
      if (values.has(key)) return faulty(`the variable ${key} is there twice`, 'remove one of the two');
      values.set(key, equals === -1 ? null : entry.slice(equals + 1));
    }
    return parsed(Object.fromEntries(values));
  },
);

/** One env_file: where, and whether it may be missing. */
export type EnvFile = { readonly path: string; readonly required: boolean };

const envFilePath = readBy(text, (path) => {
  if (path === '') return faulty('the path is empty', 'write env_file: ./web.env');
  if (/\$\{\{/.test(path))
    return faulty('a path of env_file cannot hold ${{ … }}: it is read first', 'write the path itself');
  return parsed(path);
});
const envFileMap = z.strictObject({
  path: helped('path', envFilePath),
  required: helped('required', truth).optional(),
});
const envFileEntry = z.union([envFilePath, envFileMap], { error: 'a path or {path, required}' });
const envFile = z
  .union([envFilePath, envFileMap, z.array(envFileEntry)], { error: 'a path or a list of paths' })
  .transform((written): readonly EnvFile[] =>
    (Array.isArray(written) ? written : [written]).map((entry) =>
      typeof entry === 'string'
        ? { path: entry, required: true }
        : { path: entry.path, required: entry.required ?? true },
    ),
  );

const dependencyMap = z.record(
  z.string(),
  z.strictObject({
    condition: helped('condition', z.enum(dependencyConditions)),
    required: helped('required', truth).optional(),
    restart: truth.optional().meta({ description: 'true: restart this service when the other was restarted.' }),
  }),
);
const dependsOn = readBy(
  z.union([textList, dependencyMap], { error: 'a list of services or a map' }),
  (written): Parsed<readonly Dependency[]> => {
    if (Array.isArray(written)) {
      const twice = written.find((service, index) => written.indexOf(service) !== index);
      if (twice !== undefined) return faulty(`${twice} is named twice`, 'remove one of the two');
      return parsed(
        written.map((service) => ({ service, condition: 'service_started', required: true, restart: false })),
      );
    }
    return parsed(
      Object.entries(written).map(([service, { condition, required, restart }]) => ({
        service,
        condition,
        required: required ?? true,
        restart: restart ?? false,
      })),
    );
  },
);

const readFolder = (path: string): Parsed<string> => {
  if (path === '') return faulty('this is empty', 'write working_dir: ./web');
  const isHome = path === '~' || path.startsWith('~/');
  return isHome ? faulty('~ is a word of the shell', `write working_dir: \${HOME}${path.slice(1)}`) : parsed(path);
};

const bind = readBy(text, (written) => {
  if (z.ipv4().safeParse(written).success || z.ipv6().safeParse(written).success) return parsed(written);
  const ip = written === '*' || written === '' ? '0.0.0.0' : '127.0.0.1';
  return faulty(`${JSON.stringify(written)} is no IP address`, `write bind: ${ip}`);
});

const openFiles = wholeNumber(1, 1_073_741_816);
const ulimits = z
  .strictObject({
    nofile: helped(
      'nofile',
      z.union(
        [
          openFiles,
          readBy(
            z.strictObject({ soft: helped('soft', openFiles), hard: helped('hard', openFiles) }),
            ({ soft, hard }) =>
              soft <= hard ? parsed(soft) : faulty(`soft (${soft}) is above hard (${hard})`, `write soft: ${hard}`),
          ),
        ],
        { error: 'a number or {soft, hard}' },
      ),
    ).optional(),
  })
  .transform((written) => written.nofile ?? null);

const profile = z
  .string({ error: 'a name' })
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, { error: 'a name of letters, digits, _ . -' });

/** What can be written in a service; every key may be left out. */
export const serviceSchema = z
  .strictObject({
    component: helped('component', component),
    version: helped('version', readBy(text, parseVersionRange)),
    command: helped('command', command),
    environment: helped('environment', environment),
    env_file: helped('env_file', envFile),
    working_dir: helped(
      'working_dir',
      readBy(text, (path) => readFolder(path)),
    ),
    depends_on: helped('depends_on', dependsOn),
    healthcheck: helped('healthcheck', healthcheckSchema),
    on_unhealthy: helped('on_unhealthy', z.enum(['restart'])),
    restart: helped('restart', readBy(z.union([z.string(), z.boolean()], { error: 'a word' }), parseRestart), {
      examples: ['no', 'always', 'on-failure', 'on-failure:5', 'unless-stopped'],
    }),
    stop_signal: helped(
      'stop_signal',
      readBy(z.union([z.string(), z.number()], { error: 'a signal' }), parseStopSignal),
    ),
    stop_grace_period: helped('stop_grace_period', durationMs),
    stop_scope: helped('stop_scope', z.enum(stopScopes)),
    pid: helped('pid', z.enum(['private', 'host'])),
    ports: helped(
      'ports',
      z.record(
        name,
        readBy(
          z
            .union([z.number(), z.string()], { error: 'a number or auto' })
            .meta({ minimum: 1, maximum: 65_535, pattern: '^(auto|[0-9]+)$|\\$' }),
          parsePort,
        ),
      ),
    ),
    bind: helped('bind', bind),
    offers: helped('offers', offersSchema),
    log: helped('log', z.enum(['file', 'pipe']), {
      description: 'Whether its log is a file it writes itself, or a pipe.',
    }),
    profiles: helped('profiles', z.array(profile)),
    ulimits: helped('ulimits', ulimits),
  })
  .partial();

/** A service whose every key was read; keys that were not written are absent. */
export type CheckedService = z.output<typeof serviceSchema>;

/** The document without its services, which are read one by one. */
export const topSchema = z
  .strictObject({
    name: helped('name', z.string({ error: 'a name' }).regex(namePattern, { error: nameRule })),
    update_check: helped('update_check', truth),
    version: text.meta({ description: 'Compose’s version of the file; has no meaning here.', deprecated: true }),
  })
  .partial();

/** Key of a service. */
export const serviceNameSchema = name;

/** The whole document, for the published JSON schema. */
export const documentSchema = z
  .strictObject({
    ...topSchema.shape,
    services: helped('services', z.record(name, serviceSchema), {
      minProperties: 1,
      maxProperties: limits.servicesMax,
    }),
  })
  .meta({ title: 'booty.yaml', description: 'A stack of servers that booty runs.' });

/** Keys that are known in the strict map at a path inside a service: `[]`, `['healthcheck']`, `['depends_on', 'db']`. */
export const knownKeys = (path: readonly (string | number)[]): readonly string[] => {
  switch (path[0]) {
    case undefined:
      return Object.keys(serviceSchema.shape);
    case 'healthcheck':
      return healthcheckKeys;
    case 'depends_on':
      return ['condition', 'required', 'restart'];
    case 'env_file':
      return ['path', 'required'];
    case 'offers':
      return offerKeys;
    case 'ulimits':
      return path.length === 1 ? ['nofile'] : ['soft', 'hard'];
    default:
      return [];
  }
};
