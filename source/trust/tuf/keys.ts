import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { BootyError } from '../../core/error.ts';
import type { Files } from '../../ports.ts';
import { type RoleName, roles } from './roles.ts';

const publicKeySchema = z.strictObject({
  /** SHA-256 of the key's canonical JSON, as TUF has it. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  /** Ed25519, 32 bytes in hexadecimal. */
  public: z.string().regex(/^[0-9a-f]{64}$/),
  /** Beside keys.json; the private key need not be there. */
  file: z.string().regex(/^[a-z0-9-]+\.pem$/),
});

const roleSchema = z
  .strictObject({ threshold: z.int().min(1), keys: z.array(publicKeySchema).min(1) })
  .refine(({ threshold, keys }) => threshold <= keys.length, 'the threshold is above the number of keys')
  .refine(({ keys }) => new Set(keys.map((key) => key.public)).size === keys.length, 'a key stands twice');

const keysSchema = z.strictObject({
  schemaVersion: z.literal(1),
  roles: z.strictObject({ root: roleSchema, targets: roleSchema, snapshot: roleSchema, timestamp: roleSchema }),
});

/** Who signs which role; keys.json in a folder of keys. Nothing in it is secret. */
export type KeyBook = z.infer<typeof keysSchema>;
export type PublicKey = z.infer<typeof publicKeySchema>;

const bookFile = (folder: string): string => join(folder, 'keys.json');

/** Reads keys.json. Throws TRUST_KEYS_UNUSABLE. */
export const readKeyBook = async (files: Pick<Files, 'readText'>, folder: string): Promise<KeyBook> => {
  const path = bookFile(folder);
  const text = await files.readText(path);
  if (text === null) throw unusable(path, 'there is no such file');
  try {
    return keysSchema.parse(JSON.parse(text));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    throw unusable(path, issue ? `${issue.path.join('.')}: ${issue.message}` : 'it is no JSON', error);
  }
};

/**
Makes a folder of keys: `rootKeys` for the root, of which `threshold` must sign, and one for each other role. Throws
TRUST_KEYS_UNUSABLE when there is a keys.json already.
*/
export const createKeys = async (
  files: Pick<Files, 'readText' | 'writeAtomic' | 'makeFolder'>,
  folder: string,
  { rootKeys, threshold }: { readonly rootKeys: number; readonly threshold: number },
): Promise<KeyBook> => {
  const path = bookFile(folder);
  if ((await files.readText(path)) !== null) throw unusable(path, 'it is there already, and is not written over');
  if (threshold < 1 || threshold > rootKeys || rootKeys > 16) {
    throw unusable(path, `${threshold} of ${rootKeys} root keys is no threshold`);
  }
  await files.makeFolder(folder, 0o700);
  const made = async (role: RoleName, count: number): Promise<PublicKey[]> => {
    const keys: PublicKey[] = [];
    for (let each = 0; each < count; each += 1) keys.push(await createKey(files, folder, role));
    return keys;
  };
  const one = async (role: RoleName) => ({ threshold: 1, keys: await made(role, 1) });
  const root = { threshold, keys: await made('root', rootKeys) };
  const book: KeyBook = {
    schemaVersion: 1,
    roles: { root, targets: await one('targets'), snapshot: await one('snapshot'), timestamp: await one('timestamp') },
  };
  await writeBook(files, folder, book);
  return book;
};

/**
Puts a new key in the place of the oldest one of a role. The old private key stays in the folder: of a root, it must sign
the next root too. Throws TRUST_KEYS_UNUSABLE.
*/
export const rotateKey = async (
  files: Pick<Files, 'readText' | 'writeAtomic'>,
  folder: string,
  role: RoleName,
): Promise<{ readonly book: KeyBook; readonly retired: PublicKey }> => {
  const book = await readKeyBook(files, folder);
  const [retired, ...kept] = book.roles[role].keys;
  if (retired === undefined) throw unusable(bookFile(folder), `${role} has no key`);
  const keys = [...kept, await createKey(files, folder, role)];
  const next = { ...book, roles: { ...book.roles, [role]: { ...book.roles[role], keys } } };
  await writeBook(files, folder, next);
  return { book: next, retired };
};

const writeBook = (files: Pick<Files, 'writeAtomic'>, folder: string, book: KeyBook): Promise<void> =>
  files.writeAtomic(bookFile(folder), `${JSON.stringify(book, null, 2)}\n`, 0o644);

const createKey = async (files: Pick<Files, 'writeAtomic'>, folder: string, role: RoleName): Promise<PublicKey> => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = publicOf(privateKey);
  const file = `${role}-${key.id.slice(0, 8)}.pem`;
  await files.writeAtomic(join(folder, file), privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  return { ...key, file };
};

/** The last 32 bytes of SubjectPublicKeyInfo are the key itself (RFC 8410). */
const publicOf = (privateKey: KeyObject): { readonly id: string; readonly public: string } => {
  const info = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const text = info.subarray(-32).toString('hex');
  return {
    id: createHash('sha256')
      .update(JSON.stringify(sortedTufKey(text)))
      .digest('hex'),
    public: text,
  };
};

/** As root.json has it, its keys in the order of canonical JSON. */
const sortedTufKey = (text: string) => ({ keytype: 'ed25519', keyval: { public: text }, scheme: 'ed25519' });

/** The form of a key in root.json. */
export const tufKey = (key: PublicKey) => sortedTufKey(key.public);

/** A private key that is in the folder. */
export type Signer = { readonly id: string; readonly privateKey: KeyObject };

/**
Every private key of the folder, retired ones too. Throws TRUST_KEYS_UNUSABLE when one can be read by others, or is no
Ed25519 key.
*/
export const readSigners = async (
  files: Pick<Files, 'list' | 'stat' | 'readText'>,
  folder: string,
): Promise<ReadonlyMap<string, Signer>> => {
  const signers = new Map<string, Signer>();
  for (const name of await files.list(folder)) {
    if (!name.endsWith('.pem')) continue;
    const path = join(folder, name);
    const stats = await files.stat(path);
    if (((stats?.mode ?? 0) & 0o077) !== 0) throw unusable(path, 'others may read it; it is to have mode 0600');
    const privateKey = parseKey(path, (await files.readText(path)) ?? '');
    const { id } = publicOf(privateKey);
    signers.set(id, { id, privateKey });
  }
  return signers;
};

const parseKey = (path: string, text: string): KeyObject => {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // No cause: it might quote the key.
  }
  throw unusable(path, 'it holds no private Ed25519 key');
};

/** True for a word that names a role. */
export const isRole = (word: string): word is RoleName => roles.some((role) => role === word);

const unusable = (path: string, problem: string, cause?: unknown): BootyError =>
  new BootyError('TRUST_KEYS_UNUSABLE', { path, problem }, cause === undefined ? {} : { cause });
