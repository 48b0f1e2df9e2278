import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { type ProcessStat, readProc, readStat } from './proc/stat.ts';

const unseen = "another user's process";

/**
Who listens on a TCP port, as `812 nginx`. Linux: /proc/net/tcp{,6} give the socket's inode (proc_net_tcp(5)), and the
links in /proc/PID/fd who holds it, which a user sees of their own processes only. Elsewhere (not tested): lsof.
*/
export const holderOf = async (port: number): Promise<string> => {
  if (process.platform !== 'linux') return holderByLsof(port);
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => listeningInodes(readProc(path), port)));
  if (inodes.size === 0) return 'a booty that is starting, or a process that does not listen';
  const holders = processIds()
    .filter((pid) => holdsSocket(pid, inodes))
    .map(readStat)
    .filter((stat): stat is ProcessStat => stat !== null);
  // Workers inherit the socket of the server that opened it: the oldest is the one to name.
  const oldest = holders.sort(
    (one, other) => Number(one.startTicks) - Number(other.startTicks) || one.pid - other.pid,
  )[0];
  return oldest === undefined ? unseen : `${oldest.pid} ${oldest.name}`;
};

/** Inodes of the sockets in the table that listen (state 0A) on the port, at whatever address. */
export const listeningInodes = (table: string | null, port: number): string[] => {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return (table ?? '').split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === '0A' && local.endsWith(`:${wanted}`) ? [inode] : [];
  });
};

const processIds = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

const holdsSocket = (pid: number, inodes: ReadonlySet<string>): boolean => {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((name) => inodes.has(socketInode(`${folder}/${name}`) ?? ''));
  } catch {
    // Another user's, or gone meanwhile.
    return false;
  }
};

/** Null for what is no socket, or is gone: among those of this very process is the one that the look itself opened. */
const socketInode = (link: string): string | null => {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? null;
  } catch {
    return null;
  }
};

const holderByLsof = async (port: number): Promise<string> => {
  try {
    const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
    const pid = /^p(\d+)$/m.exec(stdout)?.[1];
    return pid === undefined ? unseen : `${pid} ${/^c(.*)$/m.exec(stdout)?.[1] ?? ''}`.trimEnd();
  } catch {
    // lsof is missing, or ends with 1 because it saw none.
    return unseen;
  }
};
