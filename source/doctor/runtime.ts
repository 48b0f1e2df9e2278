import { bad, type Finding, ok, warn } from './finding.ts';

/** Which Node runs booty, and where it came from. */
export const judgeNode = (node: {
  readonly version: string;
  readonly path: string;
  readonly packageFolder: string;
}): Finding => {
  const major = Number(node.version.split('.', 1)[0]);
  const carried = node.path.includes('/node_modules/') || node.path.startsWith(`${node.packageFolder}/`);
  const found = `${node.version} at ${node.path}, ${carried ? 'brought along by booty' : "this machine's own"}`;
  const bring = `run in ${node.packageFolder}: npm ci (it brings Node 26 along)`;
  if (major < 22) return bad('node', 'Node.js', `${found}; booty needs 22 or newer`, bring);
  return ok('node', 'Node.js', found);
};

export type PlatformReading = {
  readonly platform: string;
  readonly arch: string;
  readonly release: string;
  /** PRETTY_NAME of os-release(5), or null. */
  readonly distribution: string | null;
  readonly libc: { readonly name: 'glibc' | 'musl'; readonly version: string | null } | null;
  readonly cores: number;
  readonly memoryBytes: number;
};

/** What servers can be run here at all. */
export const judgePlatform = (reading: PlatformReading): Finding => {
  const { platform, arch, release, distribution, libc, cores, memoryBytes } = reading;
  const parts = [
    `${distribution ?? platform} (${platform} ${release}, ${arch})`,
    ...(libc ? [`${libc.name}${libc.version === null ? '' : ` ${libc.version}`}`] : []),
    `${cores} ${cores === 1 ? 'core' : 'cores'}`,
    `${(memoryBytes / 1_073_741_824).toFixed(1)} GiB of memory`,
  ];
  const found = parts.join(', ');
  if (platform !== 'linux' && platform !== 'darwin') {
    return bad('platform', 'Platform', found, 'run booty on Linux or macOS; on Windows, inside WSL 2');
  }
  if (libc?.name === 'musl') {
    const fix = 'prefer versions built static (most archives of Go servers are), or use a machine with glibc';
    return warn('platform', 'Platform', `${found}; binaries built for glibc do not start here`, fix);
  }
  return ok('platform', 'Platform', found);
};

/** Whose rights booty has; it never needs those of root. */
export const judgeUser = (user: { readonly id: number; readonly sudoUser: string | null }): Finding => {
  if (user.id === 0 && user.sudoUser !== null) {
    const found = `root, by sudo from ${user.sudoUser}: what it writes will belong to root`;
    return warn('user', 'User', found, 'run booty without sudo; it needs no rights of root');
  }
  return ok('user', 'User', user.id === 0 ? 'root' : `user id ${user.id}`);
};

export type TerminalReading = {
  readonly term: string | null;
  readonly noColor: boolean;
  readonly columns: number | null;
  readonly rows: number | null;
  /** Why there is no full screen; null when there can be one. */
  readonly problem: string | null;
};

/** What `booty tui` would look like here. */
export const judgeTerminal = (reading: TerminalReading): Finding => {
  const size = reading.columns === null ? '' : `, ${reading.columns}x${reading.rows ?? '?'}`;
  const found = `TERM=${reading.term ?? ''}${size}${reading.noColor ? ', NO_COLOR: no colours' : ''}`;
  if (reading.problem !== null) {
    const fix = 'without a full screen, use: booty up -d, then booty ps and booty logs -f';
    return warn('terminal', 'Terminal', `${found}; no full screen: ${reading.problem}`, fix);
  }
  if ((reading.columns ?? 80) < 60) {
    return warn('terminal', 'Terminal', `${found}; columns are left out below 60`, 'make the window wider');
  }
  return ok('terminal', 'Terminal', found);
};
