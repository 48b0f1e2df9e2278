import { constants, type Stats } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

/**
Why a command cannot be started in a folder, in words; null when nothing speaks against it. A look ahead, for the sake
of the sentence: that it started is known only when it did.
*/
export const startProblem = async (
  command: readonly string[],
  workingDir: string,
  path: string | undefined,
): Promise<string | null> => {
  const [name = ''] = command;
  if (name === '') return 'the command is empty';
  const folder = await statOf(workingDir);
  if (folder === null) return `the working folder ${workingDir} does not exist`;
  if (!folder.isDirectory()) return `the working folder ${workingDir} is not a folder`;
  if (!(await may(workingDir, constants.X_OK))) return `this user may not enter the working folder ${workingDir}`;
  const file = await locate(name, workingDir, path ?? defaultPath);
  if (file === null) {
    return name.includes('/') ? `there is no file ${resolve(workingDir, name)}` : `there is no ${name} on PATH`;
  }
  if ((await statOf(file))?.isDirectory()) return `${file} is a folder`;
  if (!(await may(file, constants.X_OK))) return `${file} is not executable for this user`;
  return headProblem(file);
};

/** Where a shell looks when PATH is not set. */
const defaultPath = '/usr/local/bin:/usr/bin:/bin';

/** The first match that can be executed, else the first of that name at all: that is the one to complain about. */
const locate = async (name: string, workingDir: string, path: string): Promise<string | null> => {
  const candidates = name.includes('/')
    ? [resolve(workingDir, name)]
    : path.split(delimiter).map((folder) => join(resolve(workingDir, folder), name));
  let first: string | null = null;
  for (const candidate of candidates) {
    const found = await statOf(candidate);
    if (found === null) continue;
    if (found.isFile() && (await may(candidate, constants.X_OK))) return candidate;
    first ??= candidate;
  }
  return first;
};

const headBytes = 256;

/** What the kernel would say to the first bytes: a missing interpreter, or a program for another processor. */
const headProblem = async (file: string): Promise<string | null> => {
  const head = await readHead(file);
  if (head === null) return null;
  if (head.subarray(0, 2).toString('latin1') === '#!') {
    const interpreter = head.toString('utf8', 2).split('\n', 1)[0]?.trim().split(/\s/, 1)[0] ?? '';
    if (interpreter.startsWith('/') && (await statOf(interpreter)) === null) {
      return `its interpreter ${interpreter} (first line of ${file}) does not exist`;
    }
    return null;
  }
  if (head.subarray(0, 4).toString('latin1') === '\x7fELF' && head.length >= 20) {
    // e_machine of elf(5): 16 bits at byte 18, in the file's own byte order, which is the host's for these.
    const machine = elfMachines[head.readUInt16LE(18)];
    if (machine !== undefined && machine !== process.arch && !(machine === 'ia32' && process.arch === 'x64')) {
      return `${file} is built for ${machine}, this machine is ${process.arch}`;
    }
  }
  return null;
};

/** Values of e_machine under the names Node has for them. */
const elfMachines: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64', 243: 'riscv64' };

const readHead = async (file: string): Promise<Buffer | null> => {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    // Executable and unreadable is a lawful combination.
    return null;
  }
};

const statOf = async (path: string): Promise<Stats | null> => {
  try {
    return await stat(path);
  } catch {
    return null;
  }
};

const may = async (path: string, mode: number): Promise<boolean> => {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
};
