import { open } from 'node:fs/promises';
import type { Packed } from './opened.ts';

const magic = '!<arch>\n';
const headerBytes = 60;
/** deb(5) has three; more may stand before the data, yet not many. */
const membersMax = 16;

const packings: Readonly<Record<string, Packed['packing']>> = {
  'data.tar': 'none',
  'data.tar.gz': 'gz',
  'data.tar.xz': 'xz',
  'data.tar.zst': 'zst',
};

/**
Finds the files of a Debian package: an ar of `debian-binary`, `control.tar.*` and `data.tar.*` (deb(5), version 2). Reads
headers only, so that no dpkg is needed. Throws a sentence for what is no such package.
*/
export const findDebData = async (file: string): Promise<Packed> => {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (fromByte: number, lengthBytes: number): Promise<string> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(lengthBytes), 0, lengthBytes, fromByte);
      return buffer.toString('latin1', 0, bytesRead);
    };
    if ((await read(0, magic.length)) !== magic) throw new Error('it is no Debian package');
    let atByte = magic.length;
    for (let count = 0; count < membersMax; count += 1) {
      const header = await read(atByte, headerBytes);
      const { name, lengthBytes } = memberOf(header);
      const fromByte = atByte + headerBytes;
      if (fromByte + lengthBytes > size) throw new Error('the Debian package is cut');
      if (count === 0 && (name !== 'debian-binary' || !(await read(fromByte, 2)).startsWith('2.'))) {
        throw new Error('it is no Debian package of a form that is read here');
      }
      const packing = packings[name];
      if (packing !== undefined) return { file, packing, fromByte, lengthBytes };
      if (name.startsWith('data.tar')) throw new Error(`the ${name} of the Debian package cannot be read here`);
      // Members begin at even bytes.
      atByte = fromByte + lengthBytes + (lengthBytes % 2);
    }
    throw new Error('the Debian package holds no data among its first members');
  } finally {
    await handle.close();
  }
};

/** ar(5): name 16, time 12, user 6, group 6, mode 8, size 10 characters, and two that end it. */
const memberOf = (header: string): { readonly name: string; readonly lengthBytes: number } => {
  const [, name = '', size] = /^(.{16}).{32}(\d{1,10}) *`\n$/s.exec(header) ?? [];
  if (size === undefined) throw new Error('the Debian package is damaged or cut');
  return { name: name.trimEnd().replace(/\/$/, ''), lengthBytes: Number(size) };
};
