import type { World } from '../../../ports.ts';
import type { Configured } from './choose-targets.ts';
import { parseTargets, targetFormat, type Target } from './parse.ts';
import { sourceOptions } from './source-options.ts';
import type { Tree } from './tree.ts';

/** Node's names of processors, in Debian's words; others are called the same. */
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: 'i386',
  arm: 'armhf',
  ppc64: 'ppc64el',
};

/**
What apt on this machine is configured to read, for this machine's architecture, with the origins that Release files name
(the machine's own lists, else those of the private tree).
*/
export const readTargets = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  tree: Tree,
  signal: AbortSignal,
): Promise<readonly Configured[]> => {
  const list = ['apt-get', 'indextargets', '--format', targetFormat];
  // Without its Release file a target is left out unless asked for so, and asked for so it carries no origin.
  const targets = parseTargets((await tree.runPlain([...list, '--no-release-info'], signal)).stdout);
  const known = [
    ...parseTargets((await tree.runPlain(list, signal)).stdout),
    ...parseTargets((await tree.run(list, { signal })).stdout),
  ];
  const texts = new Map<string, string>();
  const configured: Configured[] = [];
  for (const target of targets) {
    if (target.architecture !== (architectures[host.arch] ?? host.arch)) continue;
    const file = target.entry.replace(/:\d+$/, '');
    if (!texts.has(file)) texts.set(file, (await files.readText(file)) ?? '');
    const release = known.find((one) => isSame(one, target));
    configured.push({
      ...target,
      origin: release?.origin ?? target.origin,
      codename: release?.codename ?? target.codename,
      options: sourceOptions(texts.get(file) ?? '', target.entry),
    });
  }
  return configured;
};

/** The machine's release, from os-release(5); null where it has none. */
export const readCodename = async (files: Pick<World['files'], 'readText'>): Promise<string | null> => {
  const text = (await files.readText('/etc/os-release')) ?? (await files.readText('/usr/lib/os-release')) ?? '';
  const [, codename] = /^VERSION_CODENAME=["']?([\w-]+)/m.exec(text) ?? [];
  return codename ?? null;
};

const isSame = (one: Target, other: Target): boolean => one.uri === other.uri && one.release === other.release;
