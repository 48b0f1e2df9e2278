import { execFile } from 'node:child_process';
import { watch } from 'node:fs';
import * as fs from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { LogStorage } from '../ports.ts';
import { nodeZlib } from './node-zlib.ts';

/** Nobody waits for the kernel to free blocks; a file system that hangs must not keep rotation for ever. */
const punchTimeoutMs = 60_000;
const zstdLevel = 1;
/** Node has had zstd since 22.15. */
const hasZstd = process.versions['zstd'] !== undefined;

/** How old parts of logs are put away: compressed beside the log, their blocks given back while a server appends. */
export const logStorage: LogStorage = {
  allocatedBytes: async (path) => {
    const stats = await fs.stat(path).catch(() => null);
    return stats === null ? 0 : stats.blocks * 512;
  },
  punch: async (path, fromByte, lengthBytes) => {
    if (process.platform !== 'linux') return false;
    const words = [path, String(fromByte), String(lengthBytes), String(fromByte + lengthBytes)];
    try {
      await promisify(execFile)('/bin/sh', ['-c', punchText, 'sh', ...words], { timeout: punchTimeoutMs });
      return true;
    } catch {
      return false;
    }
  },
  empty: (path) => fs.truncate(path, 0),
  packing: hasZstd ? 'zst' : 'gz',
  pack: async (path, fromByte, lengthBytes, into) => {
    const temporary = `${into}.new`;
    const source = await fs.open(path, 'r');
    try {
      const handle = await fs.open(temporary, 'w', 0o600);
      try {
        await pipeline(piecesOf(source, fromByte, lengthBytes), compressor(), async (pieces: AsyncIterable<Buffer>) => {
          for await (const piece of pieces) await handle.writeFile(piece);
        });
        // The original is given up right after: after a power cut one of the two must be there.
        await handle.sync();
      } finally {
        await handle.close();
      }
      await fs.rename(temporary, into);
    } catch (error) {
      await fs.rm(temporary, { force: true });
      throw error;
    } finally {
      await source.close();
    }
  },
  unpack: async (path, bytesMax) => {
    const packed = await fs.readFile(path);
    // One piece that holds all that comes out, in place of many small ones and a copy.
    const options = { maxOutputLength: bytesMax, chunkSize: bytesMax + 64 };
    const { zstdDecompress, gunzip } = nodeZlib();
    return path.endsWith('.zst') ? promisify(zstdDecompress)(packed, options) : promisify(gunzip)(packed, options);
  },
  onChange: (folder, run) => onChange(folder, run),
};

/** By inotify or its like. A watch that fails (the kernel's limit, a folder that is gone) has nothing to tell. */
const onChange = (folder: string, run: () => void): (() => void) | null => {
  try {
    const watcher = watch(folder, { persistent: false });
    const end = (): void => watcher.close();
    watcher.once('change', () => {
      end();
      run();
    });
    watcher.on('error', end);
    return end;
  } catch {
    return null;
  }
};

/**
A service may empty its log at any time, and what it writes next must not be freed in place of what was there: the size is
looked at right before, in the very process that becomes fallocate, and not where that is yet to be spawned.
*/
const punchText =
  'size=$(stat -c %s -- "$1") || exit 1; [ "$size" -ge "$4" ] || exit 0; ' +
  'exec fallocate --punch-hole --keep-size --offset "$2" --length "$3" -- "$1"';

/**
Reads a range into a few pieces of memory by turns: buffers that are thrown away pile up outside of V8's heap for long. Throws when the file ends early.
*/
async function* piecesOf(source: fs.FileHandle, fromByte: number, lengthBytes: number): AsyncGenerator<Buffer> {
  const pieces = Array.from({ length: piecesInUse }, () => Buffer.allocUnsafe(pieceBytes));
  for (let done = 0, turn = 0; done < lengthBytes; turn += 1) {
    const piece = pieces[turn % pieces.length] ?? Buffer.alloc(pieceBytes);
    const { bytesRead } = await source.read(piece, 0, Math.min(pieceBytes, lengthBytes - done), fromByte + done);
    if (bytesRead === 0) throw new Error(`the log ended ${lengthBytes - done} bytes early`);
    done += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}
const pieceBytes = 65_536;
/** zlib's stream keeps one at work and, as each is as large as its high-water mark, one waiting; one is being read. */
const piecesInUse = 4;

const compressor = () => {
  const { constants, createGzip, createZstdCompress } = nodeZlib();
  if (!hasZstd) return createGzip({ level: 1 });
  const { ZSTD_c_compressionLevel: level, ZSTD_c_checksumFlag: checksum } = constants;
  return createZstdCompress({ params: { [level]: zstdLevel, [checksum]: 1 } });
};
