import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Header } from 'tar';

/** A tar.gz, made by the machine's tar, of files given by path. */
export const tarGz = (contents: Readonly<Record<string, string | Buffer>>): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'booty-pack-'));
  try {
    for (const [path, body] of Object.entries(contents)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), body);
      chmodSync(join(folder, path), 0o4755);
    }
    execFileSync('tar', ['-czf', 'out.tar.gz', ...Object.keys(contents)], { cwd: folder });
    return readFileSync(join(folder, 'out.tar.gz'));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

export type RawEntry = {
  readonly path: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'CharacterDevice' | 'BlockDevice' | 'FIFO';
  readonly linkpath?: string;
  readonly body?: string;
  /** What the header says, where that is not the length of the body. */
  readonly sizeBytes?: number;
};

/** An uncompressed tar of exactly these entries, however hostile: written header by header. */
export const rawTar = (entries: readonly RawEntry[]): Buffer => {
  const blocks: Buffer[] = [];
  for (const { path, type = 'File', linkpath = '', body = '', sizeBytes } of entries) {
    const header = new Header({ path, type, linkpath, size: sizeBytes ?? Buffer.byteLength(body), mode: 0o6755 });
    const block = Buffer.alloc(512);
    header.encode(block);
    const padded = Buffer.alloc(Math.ceil(Buffer.byteLength(body) / 512) * 512);
    padded.write(body);
    blocks.push(block, padded);
  }
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
};

const unixModes = {
  File: 0o106755,
  SymbolicLink: 0o120777,
  Directory: 0o040755,
  CharacterDevice: 0o020644,
  BlockDevice: 0o060644,
  FIFO: 0o010644,
  // A zip knows no hard links; one that is a file takes part all the same.
  Link: 0o100644,
} as const;

/** A zip of stored entries, made by hand (APPNOTE 4.3), as no zip would make it: names, modes and sizes as they are told. */
export const rawZip = (entries: readonly RawEntry[]): Buffer => {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let atByte = 0;
  for (const { path, type = 'File', linkpath = '', body = '', sizeBytes } of entries) {
    const bytes = Buffer.from(type === 'SymbolicLink' ? linkpath : body);
    const name = Buffer.from(type === 'Directory' && !path.endsWith('/') ? `${path}/` : path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(sizeBytes ?? bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, bytes]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(unixModes[type] * 65_536, 6);
    rest.writeUInt32LE(atByte, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03'), common, rest, name);
    locals.push(local);
    atByte += local.length;
  }
  const entriesBytes = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(entriesBytes.length, 8);
  end.writeUInt32LE(atByte, 12);
  return Buffer.concat([...locals, entriesBytes, Buffer.from('PK\x05\x06'), end]);
};

/** An ar of these members (ar(5)), as a Debian package is one. */
export const ar = (members: readonly (readonly [name: string, bytes: Buffer])[]): Buffer =>
  Buffer.concat([
    Buffer.from('!<arch>\n'),
    ...members.flatMap(([name, bytes]) => [
      Buffer.from(`${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`),
      Buffer.from(`${String(bytes.length).padEnd(10)}\`\n`),
      bytes,
      Buffer.alloc(bytes.length % 2, '\n'),
    ]),
  ]);

/** A Debian package whose data is this. */
export const debOf = (name: string, data: Buffer): Buffer =>
  ar([
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar', rawTar([{ path: './control', body: 'Package: demo\n' }])],
    [name, data],
  ]);
