/** Where booty keeps things; pure string work, so that clients and daemon agree without asking each other. */
import { BootyError } from './error.ts';
import { limits } from './limits.ts';

export type HostFolders = {
  readonly environment: Readonly<Record<string, string>>;
  readonly homeFolder: string;
  readonly temporaryFolder: string;
  readonly userId: number;
};

/**
BOOTY_HOME, else by XDG: `$XDG_DATA_HOME/booty`, else `~/.local/share/booty`. Throws STORE_BAD_SETTING for a BOOTY_HOME that
is relative: each folder would be another home, and to take the usual one instead would be one nobody asked for. A relative
XDG_DATA_HOME is to be ignored (XDG Base Directory Specification).
*/
export const bootyHome = (host: HostFolders): string => {
  const { BOOTY_HOME: own = '', XDG_DATA_HOME: data } = host.environment;
  if (own.startsWith('/')) return own.replace(/\/+$/, '');
  if (own !== '') {
    const problem = 'it is no absolute path';
    throw new BootyError('STORE_BAD_SETTING', { variable: 'BOOTY_HOME', value: own, problem });
  }
  if (data?.startsWith('/')) return `${data.replace(/\/+$/, '')}/booty`;
  return `${host.homeFolder}/.local/share/booty`;
};

export type StackPaths = {
  readonly home: string;
  readonly root: string;
  readonly run: string;
  readonly data: string;
  readonly config: string;
  readonly logs: string;
  readonly lockFile: string;
  readonly runFile: string;
  /** What a warden stops when no daemon comes up; there while the stack is tied. */
  readonly stopList: string;
  readonly eventsFile: string;
  readonly daemonLog: string;
  /** The upgrade under way. */
  readonly upgradeFile: string;
  /** What upgrades did, one a line. */
  readonly historyFile: string;
  /** What could be had when somebody last looked, and what was put off. */
  readonly offersFile: string;
  readonly deferredFile: string;
  /** Which version last worked on the data of each service. */
  readonly dataVersions: string;
  /** Data as it was before upgrades. */
  readonly snapshots: string;
  readonly socketFolder: string;
  readonly socket: string;
};

/** All paths of one stack. Throws SOCKET_PATH_TOO_LONG when no folder gives a short enough socket path. */
export const stackPaths = (host: HostFolders, stack: string): StackPaths => {
  const home = bootyHome(host);
  const root = `${home}/stacks/${stack}`;
  return {
    home,
    root,
    run: `${root}/run`,
    data: `${root}/data`,
    config: `${root}/config`,
    logs: `${root}/logs`,
    lockFile: `${root}/run/daemon.lock`,
    runFile: `${root}/run/run.json`,
    stopList: `${root}/run/stop.list`,
    eventsFile: `${root}/run/events.ndjson`,
    daemonLog: `${root}/run/daemon.log`,
    upgradeFile: `${root}/run/upgrade.json`,
    historyFile: `${root}/history.ndjson`,
    offersFile: `${root}/offers.json`,
    deferredFile: `${root}/deferred.json`,
    dataVersions: `${root}/data-versions`,
    snapshots: `${root}/snapshots`,
    ...socketPath(host, home, stack),
  };
};

/** Begins the names of what is laid into the run folder for a pager; see `pageLog`. */
export const pagerPrefix = 'pager-';

/**
The socket lies outside BOOTY_HOME, whose path may be long, in a folder of this user's own; two homes of one user may
hold stacks of one name, hence the home in the file name.
*/
const socketPath = (host: HostFolders, home: string, stack: string) => {
  const runtime = host.environment['XDG_RUNTIME_DIR'];
  const folders = [
    ...(runtime?.startsWith('/') ? [`${runtime.replace(/\/+$/, '')}/booty`] : []),
    `${host.temporaryFolder.replace(/\/+$/, '')}/booty-${host.userId}`,
  ];
  const names = [`${stack}-${shortHash(home)}.sock`, `${shortHash(stack)}-${shortHash(home)}.sock`];
  for (const socketFolder of folders) {
    for (const name of names) {
      const socket = `${socketFolder}/${name}`;
      if (byteLength(socket) <= limits.socketPathBytesMax) return { socketFolder, socket };
    }
  }
  const shortest = `${folders[0] ?? ''}/${names[1] ?? ''}`;
  throw new BootyError('SOCKET_PATH_TOO_LONG', {
    path: shortest,
    bytes: byteLength(shortest),
    bytesMax: limits.socketPathBytesMax,
  });
};

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** FNV-1a, 32 bits, 8 hexadecimal digits: tells names apart, protects nothing. */
const shortHash = (text: string): string => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
};
