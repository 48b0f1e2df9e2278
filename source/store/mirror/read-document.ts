import { join } from 'node:path';
import { BootyError } from '../../core/error.ts';
import type { World } from '../../ports.ts';
import { type MirrorDocument, mirrorDocumentBytesMax, mirrorFile, parseMirrorDocument } from './document.ts';

/** What the mirror in a folder says of itself; null when it says nothing. Throws MIRROR_UNREADABLE. */
export const readMirrorDocument = async (
  files: Pick<World['files'], 'stat' | 'readText'>,
  folder: string,
): Promise<MirrorDocument | null> => {
  const address = join(folder, mirrorFile);
  const unreadable = (problem: string): BootyError => new BootyError('MIRROR_UNREADABLE', { address, problem });
  const found = await files.stat(address);
  if (found === null) return null;
  // The folder may be somebody else's stick: a pipe in its place would be waited for without end.
  if (found.kind !== 'file') throw unreadable('it is no file');
  if (found.sizeBytes > mirrorDocumentBytesMax) throw unreadable('it is too large');
  return parseMirrorDocument((await files.readText(address)) ?? '', address);
};
