/** Real processes that install, a dozen at once. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { bundled } from '../bundled.ts';
import { files, newHome } from './world.ts';
import { good } from './sources/archive-scene.ts';
import { serve, sha256, whole } from './sources/mirror.ts';

const script = bundled(join(import.meta.dirname, 'installer.ts'));

type Ended = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

const installer = async (...words: readonly string[]): Promise<Ended> => {
  const child = spawn(process.execPath, [script, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  return new Promise((done) => {
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
};

test('a dozen at once: all have it, and it was fetched once', async (t) => {
  t.timeout(300_000);
  const { origin, asked } = await serve(t, { '/demo.tar.gz': whole(good) });
  const home = await newHome(t);
  const all = await Promise.all(Array.from({ length: 12 }, () => installer(home, origin, sha256(good))));
  for (const { code, stdout, stderr } of all) {
    t.is(code, 0, stderr);
    t.regex(stdout, /^1\.2\.3 /);
  }
  t.deepEqual(asked, ['/demo.tar.gz']);
  t.deepEqual(await files.list(join(home, 'store')), ['demo']);
  t.deepEqual(await files.list(join(home, 'cache/downloads')), []);
});
