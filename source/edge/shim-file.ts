import { createHash, randomBytes } from './node-crypto.ts';
import { access, chmod, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A program of sh that booty keeps in a stack's run folder, each version of its text in a file of its own. */
export type ScriptFile = { readonly name: 'shim' | 'warden'; readonly text: string };

/**
Makes sure that the script lies in the folder, whole, and resolves with its path: `shim-<hash of the text>`, 0500. It
appears by a rename, so that no shell reads half of it; those of other versions of booty go away, for a shell that runs
one keeps what it has read. Idempotent; what was deleted meanwhile is written again. Rejects with Node's own error.
*/
export const placeScript = async (folder: string, script: ScriptFile): Promise<string> => {
  const path = join(folder, `${script.name}-${hashOf(script.text)}`);
  if (checked.has(path) && (await isThere(path))) return path;
  if ((await readFile(path, 'utf8').catch(() => null)) !== script.text) await write(folder, path, script);
  checked.add(path);
  return path;
};

/** Paths whose text this process has looked at; from then on their being there is enough. */
const checked = new Set<string>();

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

const isThere = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
};

const write = async (folder: string, path: string, { name, text }: ScriptFile): Promise<void> => {
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await chmod(temporary, 0o500);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const others = (await readdir(folder)).filter((each) => new RegExp(`^${name}-[0-9a-f]{8}$`).test(each));
  const paths = others.map((each) => join(folder, each)).filter((each) => each !== path);
  await Promise.all(paths.map((each) => rm(each, { force: true })));
};
