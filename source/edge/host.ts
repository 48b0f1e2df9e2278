import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Host } from '../ports.ts';
import { bootIdOf, identityOf } from './identity.ts';
import { run } from './run.ts';

/** The machine booty runs on. `run` throws COMMAND_NOT_RUN when there is nothing to run. */
export const createHost = (): Host => ({
  platform: process.platform,
  arch: process.arch,
  userId: process.getuid?.() ?? -1,
  userName,
  environment: definedOnly(process.env),
  homeFolder: homedir(),
  temporaryFolder: tmpdir(),
  pid: process.pid,
  bootId: bootIdOf,
  identityOf,
  findExecutable,
  run,
});

const userName = (): string | null => {
  try {
    return userInfo().username;
  } catch {
    // A container's user may stand in no list.
    return null;
  }
};

const definedOnly = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));

const findExecutable: Host['findExecutable'] = async (name, from, path) => {
  if (name === '') return null;
  // An empty entry of PATH means the working folder, as in every shell.
  const candidates = name.includes('/')
    ? [resolve(from, name)]
    : path.split(delimiter).map((folder) => join(resolve(from, folder), name));
  for (const candidate of candidates) if (await isExecutable(candidate)) return candidate;
  return null;
};

const isExecutable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
};
