import { judgeLimits, judgeNamespace, judgeRung, parseLimits } from '../../doctor/processes.ts';
import { judgeNode, judgePlatform, judgeTerminal, judgeUser } from '../../doctor/runtime.ts';
import type { Finding } from '../../doctor/finding.ts';
import { canRunTui } from '../../tui/can-run.ts';
import type { Context } from '../context.ts';

export const lookAtNode = ({ machine, nodePath, packageFolder }: Context): Finding =>
  judgeNode({ version: machine.nodeVersion, path: nodePath, packageFolder });

export const lookAtPlatform = async ({ machine, ports }: Context): Promise<Finding> => {
  const { files, host } = ports;
  const release = (await files.readText('/etc/os-release')) ?? (await files.readText('/usr/lib/os-release')) ?? '';
  return judgePlatform({
    platform: host.platform,
    arch: host.arch,
    release: machine.release,
    distribution: /^PRETTY_NAME=["']?([^"'\n]*)/m.exec(release)?.[1] ?? null,
    libc: machine.libc(),
    cores: machine.cores,
    memoryBytes: machine.memoryBytes,
  });
};

export const lookAtUser = ({ ports }: Context): Finding =>
  judgeUser({ id: ports.host.userId, sudoUser: ports.host.environment['SUDO_USER'] ?? null });

export const lookAtTerminal = ({ ports, screen }: Context): Finding => {
  const { environment } = ports.host;
  return judgeTerminal({
    term: environment['TERM'] ?? null,
    noColor: Boolean(environment['NO_COLOR']),
    columns: screen.stdout.columns ?? null,
    rows: screen.stdout.rows ?? null,
    problem: canRunTui(screen.stdin, screen.stdout, environment),
  });
};

export const lookAtLimits = async ({ ports }: Context): Promise<readonly Finding[]> => {
  const limits = parseLimits((await ports.files.readText('/proc/self/limits').catch(() => null)) ?? '');
  const pidMax = Number((await ports.files.readText('/proc/sys/kernel/pid_max').catch(() => null)) ?? Number.NaN);
  return judgeLimits({ ...limits, pidMax: Number.isNaN(pidMax) ? undefined : pidMax });
};

export const lookAtRung = ({ ports }: Context): Finding => judgeRung(ports.processes.rung());

/** By making one, as `pid: private` would: as root, else inside a user namespace. */
export const lookAtNamespace = async ({ ports }: Context, signal: AbortSignal): Promise<Finding> => {
  const rights = ports.host.userId === 0 ? [] : ['--user', '--map-current-user'];
  const command = ['unshare', ...rights, '--pid', '--fork', '--kill-child', '--mount-proc', 'true'];
  const path = ports.host.environment['PATH'] ?? '';
  if ((await ports.host.findExecutable('unshare', '/', path)) === null) return judgeNamespace('there is no unshare');
  const { code, stderr } = await ports.host.run(command, { timeoutMs: 3_000, signal });
  return judgeNamespace(code === 0 ? null : stderr.trim().split('\n', 1)[0] || 'unshare does not say why');
};
