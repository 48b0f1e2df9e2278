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

type RawEntry = {
  readonly path: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory' | 'CharacterDevice';
  readonly linkpath?: string;
  readonly body?: string;
};

/** An uncompressed tar of exactly these entries, however hostile: written header by header. */
export const rawTar = (entries: readonly RawEntry[]): Buffer => {
  const blocks: Buffer[] = [];
  for (const { path, type = 'File', linkpath = '', body = '' } of entries) {
    const header = new Header({ path, type, linkpath, size: Buffer.byteLength(body), mode: 0o4755 });
    const block = Buffer.alloc(512);
    header.encode(block);
    const padded = Buffer.alloc(Math.ceil(Buffer.byteLength(body) / 512) * 512);
    padded.write(body);
    blocks.push(block, padded);
  }
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
};
