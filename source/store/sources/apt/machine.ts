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

/** This machine's processor as Debian calls it. */
export const debianArchitecture = ({ arch }: Pick<World['host'], 'arch'>): string => architectures[arch] ?? arch;

const list = ['apt-get', 'indextargets', '--format', targetFormat];

/**
What apt on this machine is configured to read, for this machine's architecture; origins are not known yet. Its lists are
hidden from apt, which would otherwise spend half a second on reading them.
*/
export const readTargets = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  tree: Tree,
  signal: AbortSignal,
): Promise<readonly Configured[]> => {
  const hidden = ['-o', 'Dir::State::lists=/nonexistent', '--no-release-info'];
  const targets = parseTargets((await tree.runPlain([...list, ...hidden], signal)).stdout);
  const texts = new Map<string, string>();
  const configured: Configured[] = [];
  for (const target of targets) {
    if (target.architecture !== debianArchitecture(host)) continue;
    const file = target.entry.replace(/:\d+$/, '');
    if (!texts.has(file)) texts.set(file, (await files.readText(file)) ?? '');
    configured.push({ ...target, options: sourceOptions(texts.get(file) ?? '', target.entry) });
  }
  return configured;
};

/** Targets of which the private tree has lists, with the origins their Release files name. */
export const readOwnOrigins = async (tree: Tree, signal: AbortSignal): Promise<readonly Target[]> =>
  parseTargets((await tree.run(list, { signal })).stdout);

/** The same for the machine's own lists; takes half a second where apt is configured to keep no cache. */
export const readMachineOrigins = async (tree: Tree, signal: AbortSignal): Promise<readonly Target[]> =>
  parseTargets((await tree.runPlain(list, signal)).stdout);

/** Adds what Release files say; what is known already stays. */
export const withOrigins = (targets: readonly Configured[], known: readonly Target[]): readonly Configured[] =>
  targets.map((target) => {
    const found = known.find(({ uri, release }) => uri === target.uri && release === target.release);
    return {
      ...target,
      origin: target.origin ?? found?.origin ?? null,
      codename: target.codename ?? found?.codename ?? null,
    };
  });

/** The machine's release, from os-release(5); null where it has none. */
export const readCodename = async (files: Pick<World['files'], 'readText'>): Promise<string | null> => {
  const text = (await files.readText('/etc/os-release')) ?? (await files.readText('/usr/lib/os-release')) ?? '';
  const [, codename] = /^VERSION_CODENAME=["']?([\w-]+)/m.exec(text) ?? [];
  return codename ?? null;
};
