import { BootyError } from '../../core/error.ts';
import { createAptSource } from './apt.ts';
import { type ArchiveWorld, createArchiveSource } from './archive.ts';
import { parseMirror } from './archive/mirror.ts';
import { join } from 'node:path';
import { createMirrorClient } from '../mirror/client.ts';
import { createBundleSource } from './bundle.ts';
import { createGoSource } from './go.ts';
import { createPathSource } from './path.ts';
import type { Source } from './source.ts';

/** Names of all sources, in the order they are asked unless BOOTY_SOURCES says otherwise (docs/decisions/0007-source-order.md). */
const sourceNames = ['bundle', 'archive', 'apt', 'go', 'path'] as const;

/**
The sources to ask, in order: those of BOOTY_SOURCES (`apt,archive`), else all. BOOTY_MIRROR is where all is fetched
that the mirror holds; `carried` the folder of a bundle, if booty came as one. Throws STORE_BAD_SETTING.
*/
export const createSources = (world: ArchiveWorld, home: string, carried: string | null = null): readonly Source[] => {
  const { environment } = world.host;
  const mirror = parseMirror(environment['BOOTY_MIRROR'] ?? '');
  const client = mirror.base === null ? null : createMirrorClient(world, join(home, 'cache', 'mirror'), mirror.base);
  return parseOrder(environment['BOOTY_SOURCES'] ?? '').flatMap((name): Source | readonly Source[] => {
    switch (name) {
      case 'bundle':
        return carried === null ? [] : createBundleSource(world, carried);
      case 'archive':
        return createArchiveSource(world, home, mirror, client);
      case 'apt':
        return createAptSource(world, home, client);
      case 'go':
        return createGoSource(world, home, client);
      case 'path':
        return createPathSource(world);
    }
  });
};

type SourceName = (typeof sourceNames)[number];

const parseOrder = (value: string): readonly SourceName[] => {
  const words = value.split(/[\s,]+/).filter((word) => word !== '');
  const names = [...new Set(words)].map((word) => {
    const name = sourceNames.find((known) => known === word);
    if (name) return name;
    const problem = `there is no source ${word} (there are: ${sourceNames.join(', ')})`;
    throw new BootyError('STORE_BAD_SETTING', { variable: 'BOOTY_SOURCES', value, problem });
  });
  return names.length > 0 ? names : sourceNames;
};
