import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { LogStorage } from '../ports.ts';

/** Nobody waits for the kernel to free blocks; a file system that hangs must not keep rotation for ever. */
const punchTimeoutMs = 60_000;
const zstdLevel = 1;
/** Node has had zstd since 22.15. */
const hasZstd = typeof zlib.createZstdCompress === 'function';

/** How old parts of logs are put away: compressed beside the log, their blocks given back while a server appends. */
export const logStorage: LogStorage = {
  allocatedBytes: async (path) => {
    const stats = await fs.stat(path).catch(() => null);
    return stats === null ? 0 : stats.blocks * 512;
  },
  punch: async (path, fromByte, lengthBytes) => {
    if (process.platform !== 'linux') return false;
    const range = ['--offset', String(fromByte), '--length', String(lengthBytes)];
    try {
      await promisify(execFile)('fallocate', ['--punch-hole', '--keep-size', ...range, path], {
        timeout: punchTimeoutMs,
      });
      return true;
    } catch {
      return false;
    }
  },
  empty: (path) => fs.truncate(path, 0),
  packing: hasZstd ? 'zst' : 'gz',
  pack: async (path, fromByte, lengthBytes, into) => {
    const temporary = `${into}.new`;
    let readBytes = 0;
    try {
      const handle = await fs.open(temporary, 'w', 0o600);
      try {
        await pipeline(
          createReadStream(path, { start: fromByte, end: fromByte + lengthBytes - 1, highWaterMark: 262_144 }),
          async function* count(pieces: AsyncIterable<Buffer>) {
            for await (const piece of pieces) {
              readBytes += piece.length;
              yield piece;
            }
          },
          hasZstd ? zlib.createZstdCompress({ params: zstdParams }) : zlib.createGzip({ level: 1 }),
          async (pieces: AsyncIterable<Buffer>) => {
            for await (const piece of pieces) await handle.writeFile(piece);
          },
        );
        // The original is given up right after: after a power cut one of the two must be there.
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (readBytes !== lengthBytes) throw new Error(`${path} ended ${lengthBytes - readBytes} bytes early`);
      await fs.rename(temporary, into);
    } catch (error) {
      await fs.rm(temporary, { force: true });
      throw error;
    }
  },
  unpack: async (path, bytesMax) => {
    const packed = await fs.readFile(path);
    const options = { maxOutputLength: bytesMax };
    return path.endsWith('.zst')
      ? promisify(zlib.zstdDecompress)(packed, options)
      : promisify(zlib.gunzip)(packed, options);
  },
};

const zstdParams = hasZstd
  ? { [zlib.constants.ZSTD_c_compressionLevel]: zstdLevel, [zlib.constants.ZSTD_c_checksumFlag]: 1 }
  : {};
