import { reasonOf } from '../../core/error.ts';
import { limits } from '../../core/limits.ts';
import { bootyHome, type StackPaths } from '../../core/paths.ts';
import type { Finding } from '../../doctor/finding.ts';
import { judgeHome, judgeLogRotation, judgeSocketFolder } from '../../doctor/folders.ts';
import type { Context } from '../context.ts';

/** BOOTY_HOME and how logs are rotated on its file system, both by trying; what was tried out is removed again. */
export const lookAtHome = async (context: Context, signal: AbortSignal): Promise<readonly Finding[]> => {
  const { files, host } = context.ports;
  const path = bootyHome(host);
  const freeBytes = await files.freeBytes(path);
  const existing = await nearest(context, path);
  try {
    const folder = await files.makeTemporary(existing, '.booty-doctor-');
    try {
      const problem = await punchProblem(context, `${folder}/log`, signal);
      return [judgeHome({ path, freeBytes, problem: null }), judgeLogRotation({ platform: host.platform, problem })];
    } finally {
      await files.remove(folder);
    }
  } catch (error) {
    return [judgeHome({ path, freeBytes, problem: reasonOf(error) })];
  }
};

/** The folder itself, or the nearest one above it that there is: there it would be made. */
const nearest = async (context: Context, path: string): Promise<string> => {
  const found = await context.ports.files.stat(path);
  if (found !== null || path === '/' || path === '') return path || '/';
  return nearest(context, path.slice(0, path.lastIndexOf('/')));
};

/** Frees the first half of a file and looks whether its size stayed and its content went. */
const punchProblem = async ({ ports }: Context, file: string, signal: AbortSignal): Promise<string | null> => {
  const { files, host } = ports;
  if (host.platform !== 'linux') return 'this system cannot free parts of a file';
  const fallocate = await host.findExecutable('fallocate', '/', host.environment['PATH'] ?? '');
  if (fallocate === null) return 'there is no fallocate';
  const sizeBytes = 131_072;
  await files.writeAtomic(file, 'x'.repeat(sizeBytes), 0o600);
  const range = ['--punch-hole', '--offset', '0', '--length', String(sizeBytes / 2)];
  const { code, stderr } = await host.run([fallocate, ...range, file], { timeoutMs: 3_000, signal });
  if (code !== 0) return stderr.trim().split('\n', 1)[0] || `fallocate ended with ${code}`;
  const [first] = await files.readRange(file, 0, 1);
  const stays = (await files.stat(file))?.sizeBytes === sizeBytes;
  return first === 0 && stays ? null : 'this file system does not do what it says';
};

export const lookAtSocketFolder = async ({ ports }: Context, paths: StackPaths): Promise<Finding> => {
  const { files, host } = ports;
  const runtime = host.environment['XDG_RUNTIME_DIR'];
  const found = runtime?.startsWith('/') ? await files.stat(runtime) : undefined;
  const isLost = found === null || (found !== undefined && found.userId !== host.userId);
  return judgeSocketFolder({
    folder: paths.socketFolder,
    pathBytes: new TextEncoder().encode(paths.socket).length,
    pathBytesMax: limits.socketPathBytesMax,
    found: await files.stat(paths.socketFolder),
    userId: host.userId,
    lostRuntimeFolder: isLost ? (runtime ?? null) : null,
  });
};
