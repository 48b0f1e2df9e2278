import { BootyError, reasonOf } from '../core/error.ts';
import type { StackPaths } from '../core/paths.ts';
import type { Files, Random } from '../ports.ts';
import type { SecretRequest, SecretTable } from '../stack/secrets.ts';

/** The secrets of one stack, which outlive its daemons. */
export type Secrets = {
  /** The whole table, with what is asked for in it. Throws SECRETS_UNREADABLE. */
  readonly with: (requests: readonly SecretRequest[]) => Promise<SecretTable>;
};

/** The form of the file; a booty that does not know the format leaves it alone. */
type SecretsFile = { readonly format: 1; readonly secrets: SecretTable };

/**
Keeps secrets in a file that only this user can read: made up when first asked for, the same ever after, also for a
service that left the stack and comes back. One request at a time. Whoever calls holds the stack's lock.
*/
export const createSecrets = (files: Files, random: Random, path: string): Secrets => {
  let last: Promise<unknown> = Promise.resolve();
  const complete = async (requests: readonly SecretRequest[]): Promise<SecretTable> => {
    const table = await readSecrets(files, path);
    const missing = requests.filter(({ service, name }) => table[service]?.[name] === undefined);
    if (missing.length === 0) return table;
    const whole: Record<string, Record<string, string>> = structuredClone(table);
    for (const { service, name } of missing) (whole[service] ??= {})[name] = random.token(secretBytes);
    const document: SecretsFile = { format: 1, secrets: whole };
    await files.writeAtomic(path, `${JSON.stringify(document, null, 2)}\n`, 0o600);
    return whole;
  };
  return {
    with: (requests) => {
      const turn = last.then(() => complete(requests));
      last = turn.catch(() => {});
      return turn;
    },
  };
};

/** 192 bits: nobody guesses it, and it needs no slow hash. */
const secretBytes = 24;

/** Where a stack keeps them; beside its folders, so that it goes when the stack is destroyed. */
export const secretsPath = (paths: StackPaths): string => `${paths.root}/secrets.json`;

/** The secrets a stack has by now; empty when it has none. */
export const readSecrets = async (files: Files, path: string): Promise<SecretTable> => {
  const found = await files.stat(path);
  if (found === null) return {};
  // Restored from a backup, say.
  if ((found.mode & 0o077) !== 0) await files.chmod(path, 0o600);
  try {
    const document: unknown = JSON.parse((await files.readText(path)) ?? '');
    if (isSecretsFile(document)) return document.secrets;
  } catch (error) {
    throw new BootyError('SECRETS_UNREADABLE', { path, found: reasonOf(error) }, { cause: error });
  }
  throw new BootyError('SECRETS_UNREADABLE', { path, found: 'it is not in the form this booty knows' });
};

const isSecretsFile = (document: unknown): document is SecretsFile =>
  isRecord(document) &&
  document['format'] === 1 &&
  isRecord(document['secrets']) &&
  Object.values(document['secrets']).every(
    (own) =>
      isRecord(own) && Object.values(own).every((value) => typeof value === 'string' && /^[0-9a-f]{16,}$/.test(value)),
  );

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
