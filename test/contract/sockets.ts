import test from 'ava';
import type { Sockets } from '../../source/ports.ts';

/** What every Sockets promises. */
export const socketsContract = (create: () => Sockets): void => {
  test('sockets: a reserved port is refused to the next, and free after its release', async (t) => {
    const sockets = create();
    const held = await sockets.reserve('127.0.0.1', 0);
    if (held === null) throw new Error('no free port');
    t.true(held.port > 0);
    t.is(await sockets.reserve('127.0.0.1', held.port), null);
    t.is(await sockets.reserve('0.0.0.0', held.port), null);
    await held.release();
    await held.release();
    const again = await sockets.reserve('127.0.0.1', held.port);
    t.is(again?.port, held.port);
    await again?.release();
  });

  test('sockets: a port held on all addresses is not free on one', async (t) => {
    const sockets = create();
    const held = await sockets.reserve('0.0.0.0', 0);
    if (held === null) throw new Error('no free port');
    t.is(await sockets.reserve('127.0.0.1', held.port), null);
    await held.release();
  });

  test('sockets: an address that is not of this machine is an error, not a taken port', async (t) => {
    // 192.0.2.0/24 is kept for documentation by RFC 5737: no machine has it.
    await t.throwsAsync(create().reserve('192.0.2.1', 0), { code: 'PORT_UNUSABLE' });
  });

  test('sockets: connect tells a listener from nobody', async (t) => {
    const sockets = create();
    const held = await sockets.reserve('127.0.0.1', 0);
    if (held === null) throw new Error('no free port');
    await t.notThrowsAsync(sockets.connect('127.0.0.1', held.port, 1000));
    await held.release();
    await t.throwsAsync(sockets.connect('127.0.0.1', held.port, 1000));
  });

  test('sockets: the holder of a port is named, and a port that nobody wants is given', async (t) => {
    const sockets = create();
    const held = await Promise.all([sockets.reserve('127.0.0.1', 0), sockets.reserve('127.0.0.1', 0)]);
    const [one, other] = held.map((each) => each?.port ?? 0);
    t.not(one, other);
    t.regex(await sockets.holderOf(one ?? 0), /^\d+ \S+/);
    for (const each of held) await each?.release();
  });

  test('sockets: of many that want a port at once, one has it', async (t) => {
    const sockets = create();
    for (;;) {
      const first = await sockets.reserve('127.0.0.1', 0);
      await first?.release();
      const port = first?.port ?? 0;
      const answers = await Promise.all(Array.from({ length: 8 }, () => sockets.reserve('127.0.0.1', port)));
      const winners = answers.filter((answer) => answer !== null);
      for (const winner of winners) await winner.release();
      // Somebody else on this machine may have been quicker than all of them.
      if (winners.length === 0) continue;
      t.is(winners.length, 1);
      return;
    }
  });
};
