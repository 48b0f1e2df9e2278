import test, { type ExecutionContext } from 'ava';
import { limits } from '../../source/core/limits.ts';
import type { Channels, Exchange, LineSink } from '../../source/ports.ts';
import { until } from '../until.ts';

/** What every Channels promises; `socketFor` gives a path where nobody listens yet, in a folder of this user. */
export const channelsContract = (create: () => Channels, socketFor: (t: ExecutionContext) => string): void => {
  const scene = async (
    t: ExecutionContext,
    handle: (exchange: Exchange) => void,
  ): Promise<{ channels: Channels; socket: string; close: () => Promise<void> }> => {
    const channels = create();
    const socket = socketFor(t);
    const { close } = await channels.serve({ socket }, handle);
    t.teardown(close);
    return { channels, socket, close };
  };
  const json = 'application/json';
  const open = { method: 'POST', path: '/session', open: true } as const;

  test('channels: a request carries method, path, query and body; the answer its status and body', async (t) => {
    const { channels, socket } = await scene(t, async (exchange) => {
      const { method, path, query } = exchange;
      exchange.answer(201, JSON.stringify([method, path, query.get('since'), await exchange.body()]), json);
    });
    const ask = { method: 'POST', path: '/v1/up?since=a%20b', body: 'ü'.repeat(70_000) };
    const { status, body } = await channels.request(socket, ask);
    t.is(status, 201);
    t.deepEqual(JSON.parse(body), ['POST', '/v1/up', 'a b', ask.body]);
  });

  test('channels: an answer without a body, and a request without one', async (t) => {
    const { channels, socket } = await scene(t, async (exchange) =>
      exchange.answer((await exchange.body()) === '' ? 204 : 500, '', json),
    );
    t.deepEqual(await channels.request(socket, { method: 'GET', path: '/' }), { status: 204, body: '' });
  });

  test('channels: a body that is too large is refused', async (t) => {
    const { channels, socket } = await scene(t, (exchange) => {
      exchange.body().then(
        () => exchange.answer(200, '', json),
        (error: unknown) => exchange.answer(400, (error as { readonly code: string }).code, json),
      );
    });
    const body = 'x'.repeat(limits.documentBytesMax + 1);
    t.deepEqual(await channels.request(socket, { method: 'POST', path: '/', body }), { status: 400, body: 'USAGE' });
  });

  test('channels: nobody there is an error, and so is who has left', async (t) => {
    const channels = create();
    await t.throwsAsync(channels.request(socketFor(t), { method: 'GET', path: '/' }), { code: 'ENOENT' });
    await t.throwsAsync(channels.dial(socketFor(t), open), { code: 'ENOENT' });
    const { socket, close } = await scene(t, (exchange) => exchange.answer(200, '', json));
    await close();
    await t.throwsAsync(channels.request(socket, { method: 'GET', path: '/' }));
  });

  test('channels: two do not listen at one socket', async (t) => {
    const { channels, socket } = await scene(t, (exchange) => exchange.answer(200, 'first', json));
    await t.throwsAsync(
      channels.serve({ socket }, () => {}),
      { code: 'EADDRINUSE' },
    );
    t.is((await channels.request(socket, { method: 'GET', path: '/' })).body, 'first');
  });

  test('channels: lines go both ways while both are open, whatever they hold', async (t) => {
    const { channels, socket } = await scene(t, async (exchange) => {
      const sink = exchange.stream('application/x-ndjson');
      for await (const line of exchange.lines()) {
        if (line === 'end') break;
        sink.write(`heard ${line}`);
      }
      sink.end();
    });
    const dialled = await channels.dial(socket, open, undefined, 'hello');
    const heard: string[] = [];
    const said = ['one', '\u2028 and ü', 'end'];
    for await (const line of dialled.lines) {
      heard.push(line);
      await dialled.write(said.shift() ?? 'end');
    }
    t.is(dialled.status, 200);
    t.deepEqual(heard, ['heard hello', 'heard one', 'heard \u2028 and ü']);
  });

  test('channels: a client that goes ends the lines and the stream', async (t) => {
    const linesOver = Promise.withResolvers<void>();
    const sink = Promise.withResolvers<LineSink>();
    const { channels, socket } = await scene(t, async (exchange) => {
      sink.resolve(exchange.stream('application/x-ndjson'));
      for await (const _ of exchange.lines()) continue;
      linesOver.resolve();
    });
    const dialled = await channels.dial(socket, open, undefined, 'hello');
    dialled.close();
    await linesOver.promise;
    const theirs = await sink.promise;
    await theirs.closed;
    t.false(theirs.write('nobody hears this'));
    await theirs.drained();
    t.deepEqual(await Array.fromAsync(dialled.lines), []);
  });

  test('channels: a signal ends a call as closing it does', async (t) => {
    const gone = Promise.withResolvers<void>();
    const { channels, socket } = await scene(t, (exchange) => {
      void exchange.stream('application/x-ndjson').closed.then(gone.resolve);
    });
    const abort = new AbortController();
    const dialled = await channels.dial(socket, open, abort.signal, 'hello');
    abort.abort();
    await gone.promise;
    t.deepEqual(await Array.fromAsync(dialled.lines), []);
  });

  test('channels: a stream that was ended is whole; one that broke off is not', async (t) => {
    const { channels, socket, close } = await scene(t, (exchange) => {
      const sink = exchange.stream('application/x-ndjson');
      sink.write('first');
      if (exchange.path === '/whole') sink.end();
    });
    const whole = await channels.dial(socket, { ...open, path: '/whole' });
    t.deepEqual(await Array.fromAsync(whole.lines), ['first']);
    t.true(whole.isWhole());
    const broken = await channels.dial(socket, open);
    const rest: string[] = [];
    for await (const line of broken.lines) {
      rest.push(line);
      // What is open when a server closes is cut.
      void close();
    }
    t.deepEqual(rest, ['first']);
    t.false(broken.isWhole());
  });

  test('channels: an answer that comes after a stream began only ends it', async (t) => {
    const { channels, socket } = await scene(t, (exchange) => {
      exchange.stream('application/x-ndjson').write('first');
      exchange.answer(500, 'second', json);
    });
    const dialled = await channels.dial(socket, open);
    t.is(dialled.status, 200);
    t.deepEqual(await Array.fromAsync(dialled.lines), ['first']);
  });

  test('channels: a call may be answered instead of streamed', async (t) => {
    const { channels, socket } = await scene(t, (exchange) => exchange.answer(404, 'no such thing', json));
    const dialled = await channels.dial(socket, open);
    t.is(dialled.status, 404);
    t.deepEqual(await Array.fromAsync(dialled.lines), ['no such thing']);
  });

  test('channels: who writes is told that the reader does not keep up, and when it has caught up', async (t) => {
    const line = 'x'.repeat(1_000);
    const count = Promise.withResolvers<number>();
    const isFull = Promise.withResolvers<void>();
    const { channels, socket } = await scene(t, async (exchange) => {
      const sink = exchange.stream('application/x-ndjson');
      let written = 1;
      for (; sink.write(line); written += 1) await new Promise(setImmediate);
      isFull.resolve();
      await sink.drained();
      sink.end();
      count.resolve(written);
    });
    const dialled = await channels.dial(socket, { ...open, open: false });
    await isFull.promise;
    const heard = await Array.fromAsync(dialled.lines);
    t.is(heard.length, await count.promise);
    t.true(heard.every((each) => each === line));
  });

  test('channels: closing ends what is open', async (t) => {
    let isClosed = false;
    const { channels, socket, close } = await scene(t, (exchange) => {
      const sink = exchange.stream('application/x-ndjson');
      void sink.closed.then(() => (isClosed = true));
      sink.write('there');
    });
    const dialled = await channels.dial(socket, { ...open, open: false });
    const lines = dialled.lines[Symbol.asyncIterator]();
    t.deepEqual(await lines.next(), { done: false, value: 'there' });
    await close();
    t.true((await lines.next()).done);
    await until('the stream is closed', () => isClosed);
  });
};
