/** A daemon that takes connections and says nothing, as one does that was stopped: no command waits for it for ever. */
import { mkdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import test from 'ava';
import type { Context } from '../../source/commands/context.ts';
import { reach } from '../../source/commands/target.ts';
import type { BootyError } from '../../source/core/error.ts';
import { stackPaths } from '../../source/core/paths.ts';
import { createWorld } from '../../source/edge/world.ts';
import { atDesk } from './call.ts';

test('whoever asks is told after a while, with what to type', async (t) => {
  await atDesk({}, async ({ folder }) => {
    const world = createWorld();
    const host = { ...world.host, environment: { BOOTY_HOME: folder } };
    const paths = stackPaths(host, 'shop');
    mkdirSync(paths.run, { recursive: true });
    mkdirSync(path.dirname(paths.socket), { recursive: true, mode: 0o700 });
    const lock = await world.files.lock(paths.lockFile, 0);
    const connected = new Set<Socket>();
    const server = createServer((socket) => void connected.add(socket)).listen(paths.socket);
    await once(server, 'listening');
    const waits: number[] = [];
    const clock = {
      ...world.clock,
      after: (ms: number, call: () => void) => {
        waits.push(ms);
        return world.clock.after(1, call);
      },
    };
    const context = { ports: { ...world, host, clock } } as unknown as Context;
    const error = await t.throwsAsync<BootyError>(reach(context, { stack: 'shop', paths, definition: null }), {
      code: 'DAEMON_SILENT',
    });
    t.deepEqual(waits, [10_000]);
    t.is(error?.exitCode, 3);
    t.regex(error?.message ?? '', new RegExp(`shop \\(pid ${process.pid}\\) takes connections`));
    t.regex(error?.hint ?? '', new RegExp(`kill -CONT ${process.pid}.*kill -9 ${process.pid}`));
    server.close();
    // A question that was given up stays open until its process ends, which this one is not to wait for.
    for (const socket of connected) socket.destroy();
    if ('release' in lock) await lock.release();
  });
});
