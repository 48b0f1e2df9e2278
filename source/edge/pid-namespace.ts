import { spawnSync } from 'node:child_process';
import { findTool } from './find-tool.ts';

/** The words that run a command as pid 1 of a namespace of its own, or why this machine does not let us. */
export type Namespace = { readonly words: readonly string[] } | { readonly words: null; readonly why: string };

/**
Looks how this user can make pid namespaces: as root, or inside a user namespace that maps only itself. Proved by doing
it. The namespace ends with its first process, that with `unshare` (--kill-child), and that with the shell it was
started by (setpriv --pdeathsig), so nothing in it outlives its shim. Both tools are of util-linux.
*/
export const findNamespace = (): Namespace => (found ??= lookForNamespace());

let found: Namespace | undefined;

const lookForNamespace = (): Namespace => {
  const base = [findTool('setpriv'), '--pdeathsig', 'KILL', findTool('unshare')];
  const own = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  let why = 'unshare does not say why';
  for (const rights of [[], ['--user', '--map-current-user']]) {
    const words = [...base, ...rights, ...own];
    const [file = '', ...args] = words;
    const { status, stderr, error } = spawnSync(file, [...args, '/bin/sh', '-c', '[ $$ = 1 ]'], { encoding: 'utf8' });
    if (status === 0) return { words };
    why = error?.message ?? stderr.trim().split('\n', 1)[0] ?? why;
  }
  return { words: null, why };
};
