import { bad, type Finding, ok, warn } from './finding.ts';

const mebibyte = 1_048_576;

/** BOOTY_HOME: `problem` says why nothing can be written there, null when it can. */
export const judgeHome = (home: {
  readonly path: string;
  readonly freeBytes: number;
  readonly problem: string | null;
}): Finding => {
  const free = `${Math.floor(home.freeBytes / mebibyte)} MiB free`;
  if (home.problem !== null) {
    const fix = 'make it writable for this user, or choose another: export BOOTY_HOME=/path/to/a/folder';
    return bad('home', 'BOOTY_HOME', `${home.path} cannot be used: ${home.problem}`, fix);
  }
  const fix = 'free some space, or choose another disk: export BOOTY_HOME=/path/to/a/folder';
  if (home.freeBytes < 100 * mebibyte) return bad('home', 'BOOTY_HOME', `${home.path}, only ${free}`, fix);
  if (home.freeBytes < 1_024 * mebibyte) return warn('home', 'BOOTY_HOME', `${home.path}, only ${free}`, fix);
  return ok('home', 'BOOTY_HOME', `${home.path}, ${free}`);
};

export type SocketReading = {
  readonly folder: string;
  /** Bytes of the whole path of the stack's socket. */
  readonly pathBytes: number;
  readonly pathBytesMax: number;
  readonly found: { readonly kind: string; readonly mode: number; readonly userId: number } | null;
  readonly userId: number;
  /** XDG_RUNTIME_DIR, when it is set and is no folder of this user. */
  readonly lostRuntimeFolder: string | null;
};

/** Where daemons listen: short enough for a socket, and nobody else's. */
export const judgeSocketFolder = (reading: SocketReading): Finding => {
  const { folder, found, userId } = reading;
  const length = `paths of ${reading.pathBytes} of ${reading.pathBytesMax} bytes`;
  if (reading.lostRuntimeFolder !== null) {
    const told = `XDG_RUNTIME_DIR is ${reading.lostRuntimeFolder}, which is no folder of this user`;
    return bad('socket', 'Socket folder', told, 'unset XDG_RUNTIME_DIR, or log in anew so that it is made');
  }
  if (found === null) return ok('socket', 'Socket folder', `${folder}, made at the first start; ${length}`);
  if (found.kind !== 'folder') return bad('socket', 'Socket folder', `${folder} is no folder`, `rm ${folder}`);
  const mode = `mode ${found.mode.toString(8).padStart(4, '0')}`;
  if (found.userId !== userId) {
    const told = `${folder} belongs to user id ${found.userId}`;
    return bad('socket', 'Socket folder', told, 'export XDG_RUNTIME_DIR=/path/to/a/folder/of/your/own');
  }
  if ((found.mode & 0o077) !== 0) {
    return bad('socket', 'Socket folder', `${folder}, ${mode}: others may enter`, `chmod 700 ${folder}`);
  }
  return ok('socket', 'Socket folder', `${folder}, ${mode}; ${length}`);
};

/** Whether old parts of a log can be freed while its server writes; `problem` is null when it was tried and works. */
export const judgeLogRotation = (reading: { readonly platform: string; readonly problem: string | null }): Finding => {
  if (reading.problem === null) {
    return ok(
      'logs.rotation',
      'Log rotation',
      'old ranges are freed in place (fallocate --punch-hole), no line is lost',
    );
  }
  const found = `by copy and truncate, which may lose lines written meanwhile: ${reading.problem}`;
  const fix =
    reading.platform === 'linux'
      ? 'put BOOTY_HOME on ext4, xfs, btrfs or tmpfs, and install util-linux'
      : 'nothing to do: this system has no other way';
  return warn('logs.rotation', 'Log rotation', found, fix);
};
