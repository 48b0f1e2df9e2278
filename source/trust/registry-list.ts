import { z } from 'zod';
import { BootyError } from '../core/error.ts';
import type { Files } from '../ports.ts';
import { listFile } from './list-file.ts';

/** Safe as the name of a folder, and told apart from a path or a URL. */
const registryName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be lower-case letters, digits, - and _, at most 40')
  .refine((name) => !['booty', 'project'].includes(name), 'is the name of a registry that is always there');

/** True for what may be the name of a registry, and so of a folder. */
export const isRegistryName = (text: string): boolean => registryName.safeParse(text).success;

/** True for the address of a registry: no password in it, which belongs in a token. */
export const isPlaceUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return (
    url !== null &&
    ['http:', 'https:', 'file:'].includes(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '') &&
    !text.endsWith('/')
  );
};

const fileEntry = z.strictObject({
  name: registryName,
  file: z.string().regex(/^\//, 'must be an absolute path'),
});

const remoteEntry = z.strictObject({
  name: registryName,
  /** Without a slash at its end; metadata/ and targets/ are below it. */
  url: z.string().refine(isPlaceUrl, 'must be an http, https or file URL without user, query and slash at its end'),
  /** What all trust begins with. */
  root: z.strictObject({ version: z.int().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  /** Whether versions its copy knows, and nobody installed or locked, are taken although its metadata expired. */
  whenExpired: z.enum(['refuse', 'use-known']).optional(),
});

const listSchema = z.strictObject({
  schemaVersion: z.literal(1),
  registries: z.array(z.union([fileEntry, remoteEntry])).superRefine((registries, context) => {
    const names = registries.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) context.addIssue({ code: 'custom', message: `${twice} stands twice` });
  }),
});

/** A registry somebody added, as the list of this user has it: a file, or one on another host that is updated by TUF. */
export type FileEntry = z.infer<typeof fileEntry>;
export type RemoteEntry = z.infer<typeof remoteEntry>;
export type RegistryEntry = FileEntry | RemoteEntry;

/** Reads the list; empty where there is none. Throws REGISTRY_LIST_INVALID. */
export const readList = async (files: Pick<Files, 'readText'>, home: string): Promise<readonly RegistryEntry[]> => {
  const path = listFile(home);
  const text = await files.readText(path);
  if (text === null) return [];
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const problem = `it is no JSON: ${error instanceof Error ? error.message : String(error)}`;
    throw new BootyError('REGISTRY_LIST_INVALID', { path, problem }, { cause: error });
  }
  const checked = listSchema.safeParse(document);
  if (checked.success) return checked.data.registries;
  const [issue] = checked.error.issues;
  const problem = `${issue?.path.join('.') || 'the document'}: ${issue?.message}`;
  throw new BootyError('REGISTRY_LIST_INVALID', { path, problem }, { cause: checked.error });
};

const writeList = async (
  files: Pick<Files, 'makeFolder' | 'writeAtomic'>,
  home: string,
  registries: readonly RegistryEntry[],
): Promise<void> => {
  await files.makeFolder(home, 0o700);
  await files.writeAtomic(listFile(home), `${JSON.stringify({ schemaVersion: 1, registries }, null, 2)}\n`, 0o600);
};

const lockMsMax = 5_000;

/**
Changes the list, one booty at a time. What `change` answers must be in order; throws what `change` throws and
REGISTRY_LIST_INVALID, and then nothing is changed.
*/
export const changeList = async (
  files: Pick<Files, 'makeFolder' | 'writeAtomic' | 'readText' | 'lock'>,
  home: string,
  change: (list: readonly RegistryEntry[]) => readonly RegistryEntry[],
): Promise<void> => {
  await files.makeFolder(home, 0o700);
  const path = listFile(home);
  const lock = await files.lock(`${home}/.lock-registries`, lockMsMax);
  if ('heldBy' in lock) {
    throw new BootyError('REGISTRY_LIST_INVALID', {
      path,
      problem: `booty with pid ${lock.heldBy.pid} is changing it`,
    });
  }
  try {
    const registries = change(await readList(files, home));
    const checked = listSchema.safeParse({ schemaVersion: 1, registries });
    if (!checked.success) {
      const [issue] = checked.error.issues;
      const problem = `${issue?.path.join('.') || 'the document'}: ${issue?.message}`;
      throw new BootyError('REGISTRY_LIST_INVALID', { path, problem }, { cause: checked.error });
    }
    await writeList(files, home, registries);
  } finally {
    await lock.release();
  }
};
