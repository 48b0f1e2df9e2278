import type { Files } from '../ports.ts';
import { parseDotenv, type EnvValue } from './dotenv.ts';
import { resolvePath } from './path.ts';
import { readText } from './read-text.ts';
import { escapeReferences } from './reference.ts';
import type { Report } from './report.ts';
import type { CheckedService } from './schema.ts';

/** What the environment of services is made from. */
export type EnvironmentSources = {
  readonly files: Files;
  /** Folder of booty.yaml, absolute. */
  readonly folder: string;
  /** The user's own environment over `.env`. */
  readonly valueOf: (name: string) => string | undefined;
};

/** The variables that a service's env files set; a later file wins. Missing and broken files are reported. */
export const readEnvFiles = async (
  name: string,
  service: CheckedService,
  sources: EnvironmentSources,
  report: Report,
): Promise<ReadonlyMap<string, EnvValue>> => {
  const values = new Map<string, EnvValue>();
  for (const [index, { path, required }] of (service.env_file ?? []).entries()) {
    const list = ['services', name, 'env_file'];
    const key = report.has([...list, index]) ? [...list, index] : list;
    const absolute = resolvePath(sources.folder, path);
    const text = await readText(sources.files, absolute);
    if (!text.ok) {
      const { message, fix } = text.fault;
      report.add(key, 'value', {
        message: `env_file ${path} cannot be read: ${message}`,
        fix: fix.replace(/^name the file itself.*/, 'name a file'),
      });
    } else if (text.value === null) {
      if (!required) continue;
      report.add(key, 'value', {
        message: `env_file ${path} does not exist (looked for ${absolute})`,
        fix: `write the file, or \`env_file: [{path: ${path}, required: false}]\``,
      });
    } else {
      const read = parseDotenv(absolute, text.value, sources.valueOf);
      for (const problem of read.problems) report.push({ ...problem, path: key.join('.') });
      for (const [variable, value] of read.values) values.set(variable, value);
    }
  }
  return values;
};

/**
`environment` over env files. A variable without a value is taken from the user's own environment or `.env`; when it is
not set there, the service does not get it at all, as in Compose.
*/
export const mergeEnvironment = (
  service: CheckedService,
  fromFiles: ReadonlyMap<string, EnvValue>,
  valueOf: (name: string) => string | undefined,
): Readonly<Record<string, string>> => {
  const merged = new Map([...fromFiles].map(([variable, value]) => [variable, value.text]));
  for (const [variable, written] of Object.entries(service.environment ?? {})) {
    const inherited = written === null ? valueOf(variable) : undefined;
    const value = written ?? (inherited === undefined ? undefined : escapeReferences(inherited));
    if (value === undefined) merged.delete(variable);
    else merged.set(variable, value);
  }
  return Object.fromEntries(merged);
};
