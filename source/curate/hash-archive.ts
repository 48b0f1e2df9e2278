import { createHash } from 'node:crypto';
import { BootyError } from '../core/error.ts';
import type { World } from '../ports.ts';
import type { Mirror } from '../store/sources/archive/mirror.ts';

const connectTimeoutMs = 10_000;
const stallTimeoutMs = 60_000;
const pieceBytes = 4_194_304;

export type HashWorld = Pick<World, 'files' | 'host' | 'downloads'> & {
  readonly mirror: Mirror;
  readonly onMessage: (message: string) => void;
};

/**
Downloads an archive, says what it is and removes it: for upstreams whose checksums are of another algorithm than the
registry's. Throws UPSTREAM_SILENT when it cannot be had.
*/
export const hashArchive = async (
  { files, host, downloads, mirror, onMessage }: HashWorld,
  url: string,
  signal: AbortSignal,
): Promise<{ readonly sha256: string; readonly sha512: string; readonly sizeBytes: number }> => {
  const address = mirror.at(url);
  const folder = await files.makeTemporary(host.temporaryFolder, 'booty-archive-');
  const silent = (found: string): BootyError => new BootyError('UPSTREAM_SILENT', { address, found });
  try {
    onMessage(`downloading ${url.slice(url.lastIndexOf('/') + 1)}, as its checksum is a SHA-512`);
    const file = `${folder}/archive`;
    const result = await downloads.fetch({
      url: address,
      file,
      validator: null,
      check: ({ status }) => {
        if (status !== 200) throw silent(`it answers ${status}`);
      },
      onBytes: () => {},
      connectTimeoutMs,
      stallTimeoutMs,
      signal,
    });
    if (result.kind === 'broken') throw silent(result.found);
    const hash = createHash('sha512');
    for (let at = 0; at < result.sizeBytes; at += pieceBytes) hash.update(await files.readRange(file, at, pieceBytes));
    return { sha256: result.sha256, sha512: hash.digest('hex'), sizeBytes: result.sizeBytes };
  } finally {
    await files.remove(folder);
  }
};
