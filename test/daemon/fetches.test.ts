/** Between looking a binary up and every start of it: what was exchanged meanwhile is not started. The files are real. */
import { chmod, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import test from 'ava';
import { reasonOf } from '../../source/core/error.ts';
import { createFetches } from '../../source/daemon/fetches.ts';
import { createHost } from '../../source/edge/host.ts';
import { createStore } from '../../source/store/create-store.ts';
import { fakeSource } from '../store/fake-source.ts';
import { carriers, clock, files, newHome, shippedRegistry } from '../store/world.ts';

const wish = { service: 'web', component: 'caddy', package: 'caddy', range: null };

test('a program that is exchanged under a stack is refused at its next start, and at the next up', async (t) => {
  const home = await newHome(t);
  const registry = await shippedRegistry();
  const sources = [fakeSource(files, { caddy: ['2.6.2'] })];
  const store = createStore({ ...carriers, files, host: createHost(), clock, registry, home, sources });
  const told: string[] = [];
  const open = () =>
    createFetches(
      store,
      { pinOf: () => null },
      {
        settled: (_, result) => void told.push(result instanceof Error ? reasonOf(result) : result.version),
        progressed: () => undefined,
      },
    );
  const fetches = open();
  await fetches.fetch([wish]);
  t.deepEqual(told, ['2.6.2']);
  const program = (await fetches.soundBinaryOf('web'))?.executables['caddy'] ?? '';

  await chmod(dirname(program), 0o755);
  await chmod(program, 0o755);
  await writeFile(program, '#!/bin/sh\necho evil\n');
  await t.throwsAsync(fetches.soundBinaryOf('web'), { code: 'STORE_TAMPERED' });
  const successor = open();
  await successor.fetch([wish]);
  t.regex(told.at(-1) ?? '', /bin\/caddy is not what was installed as caddy 2\.6\.2/);
  t.is(successor.binaryOf('web'), null);
});
