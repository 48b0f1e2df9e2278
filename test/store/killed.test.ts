/** Real processes that install, killed with -9 before each change they make on the disk. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bundled } from '../bundled.ts';
import { files, installAll, newHome } from './world.ts';
import { good, registryOf, storeOf } from './sources/archive-scene.ts';
import { serve, sha256, whole } from './sources/mirror.ts';
import { thoroughInTurn, whenThorough } from '../thorough.ts';

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

/** At most so many at once: each is a Node of its own. */
const atOnce = 4;

thoroughInTurn(
  `killed before any change it makes: the old state or the new one, and the next run makes it whole${whenThorough}`,
  async (t) => {
    t.timeout(300_000);
    const { origin } = await serve(t, { '/demo.tar.gz': whole(good) });
    const counting = await installer(await newHome(t), origin, sha256(good), '1000');
    t.is(counting.code, 0, counting.stderr);
    const steps = 1_000 - Number(counting.stdout.trim().split(' ')[1]);
    t.true(steps > 15, `an installation makes ${steps} changes`);

    const killAt = async (step: number): Promise<void> => {
      const home = await newHome(t);
      const killed = await installer(home, origin, sha256(good), String(step));
      t.is(killed.signal, 'SIGKILL', `step ${step}: ${killed.stderr}`);
      const store = storeOf(home, registryOf(good), `up.example=${origin}`);
      const found = await store.find('demo', null);
      t.deepEqual(await files.list(join(home, 'store/demo')), found === null ? [] : ['1.2.3'], `step ${step}`);
      if (found !== null) t.deepEqual((await store.audit())[0]?.problems, [], `step ${step}`);
      t.like((await installAll(store, ['demo'])).results.get('demo'), { version: '1.2.3' }, `step ${step}`);
      t.deepEqual((await store.audit())[0]?.problems, [], `step ${step}`);
      // What the dead one left is cleared by whoever installs next, also of another package.
      if (found === null) {
        const hidden = (await files.list(join(home, 'store'))).filter((name) => name.startsWith('.'));
        t.deepEqual(hidden, [], `step ${step}`);
      }
    };
    for (let first = 0; first < steps; first += atOnce) {
      const batch = Array.from({ length: Math.min(atOnce, steps - first) }, (_, index) => killAt(first + index));
      await Promise.all(batch);
    }
  },
);
