/** What a successor clears away of its predecessor, and what it must not: the notes of starts that are its own. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { takeOver } from '../../source/daemon/take-over.ts';
import { createWorld } from '../../source/edge/world.ts';

test('a start that the takeover itself sets off keeps its note, by which it is found when all else is lost', async (t) => {
  const runFolder = mkdtempSync(join(tmpdir(), 'booty-take-over-'));
  t.teardown(() => rmSync(runFolder, { recursive: true, force: true }));
  const noteStart = (name: string): void => writeFileSync(join(runFolder, `${name}.launch`), '{}');
  noteStart('web.1');
  const launch = { service: 'db', generation: 1, statusFile: join(runFolder, 'db.1') };
  const world = createWorld();
  const processes = { bury: async () => ({ code: 0, signal: null, atMs: 1, stragglers: 0 }), forget: async () => {} };
  const posted: string[] = [];
  const supervisor = {
    loop: {
      // The end of one lets another start, at once.
      post: ({ type }: { readonly type: string }) => {
        posted.push(type);
        if (type === 'process.exited') noteStart('web.2');
      },
    },
    performer: { adopt: async () => false, noteEnded: () => {} },
    fetches: { fetch: async () => {} },
    history: { add: () => {} },
    held: () => null,
    remember: () => {},
  };
  const inherited = {
    ...{ left: null, runId: null, runFolder, isRestarted: false, isDamaged: false, unknown: new Set(), begun: [] },
    running: { db: { launch, started: { identity: { pid: 1, startTicks: '1', bootId: 'a' } } } },
    world: { services: {} },
  };
  await takeOver({ ...world, processes } as never, supervisor as never, inherited as never, () => {});
  t.true(posted.includes('process.exited'));
  t.deepEqual(readdirSync(runFolder), ['web.2.launch']);
});
