/**
What a program wrote, byte for byte against what `booty logs --raw` gives, by the built booty and a real daemon, after each
thing that may go wrong in between: rotation and compression under way, kill -9 of the daemon and of the service, a log
that its own program empties, a full disk.
*/
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { isAlive, serviceOf } from '../terminal/booty.ts';
import { lookAt } from '../terminal/look.ts';
import { until } from '../until.ts';
import { firstDifference, type LogWriter, startLogWriter } from './log-writer.ts';
import { thoroughInTurn, whenThorough } from '../thorough.ts';

const modes = ['file', 'pipe'] as const;

/** All that is hard to keep, and different in each piece: about `bytes` of it. */
const trouble = (number: number, bytes: number): Buffer => {
  const head = Buffer.concat([
    Buffer.from(`piece ${number} é 日本 🚢 \u001B[31mred\u001B[0m\u001B[2J\u001B]0;title\u0007 \r\n`),
    Buffer.from([0, 0, 0xff, 0xfe, 0xc3, 0x0a, 0x1e, 0x1b, 0x0a]),
    Buffer.from('\x1e{"a":1}\n\x1ebooty other - generation 1 pid 2\n\x1ebooty web - generation one pid 2\n\n\n'),
    Buffer.from(`${'long '.repeat(18_000)}${number}\n`),
  ]);
  const line = Buffer.from(`line of piece ${number} ${'.'.repeat(100 + (number % 50))}\n`);
  const count = Math.max(0, Math.ceil((bytes - head.length) / line.length));
  return Buffer.concat([head, ...Array.from({ length: count }, () => line)]);
};

const pieceCount = 210;

/**
Lets the service write 42 MB, which is more than stays unpacked: at about 10 MB a second, as more is a flood, which
rotation stands back from. Returns all of it.
*/
const beginMuch = ({ at, begin }: LogWriter): { readonly all: Buffer; readonly written: () => Promise<void> } => {
  const all = Array.from({ length: pieceCount }, (_, number) => trouble(number, 200_000));
  for (const [number, piece] of all.entries()) writeFileSync(at(`piece-${number}`), piece);
  begin(`n=0; while [ $n -lt ${pieceCount} ]; do cat piece-$n; n=$((n+1)); sleep 0.01; done; : >finished`);
  return { all: Buffer.concat(all), written: () => until('all is written', () => existsSync(at('finished')), 60_000) };
};

test.serial('rotation and compression while it writes, with one that follows all the while', async (t) => {
  const writer = await startLogWriter(t, 'file');
  const { booty, at, raw, lines, parts, logFile } = writer;
  const follower = booty.start(['logs', 'web', '--raw', '-f'], { shell: `"$@" >${at('followed')}` });
  const { all, written } = beginMuch(writer);
  await written();
  await until('what is old is put away', () => parts().length >= 4, 60_000);
  t.is(firstDifference(await raw(), all), null);
  const text = all.toString('latin1').split('\n');
  // The last three, and as many as reach back into the parts.
  for (const count of [3, text.length - 1_000]) {
    const expected = Buffer.from(text.slice(-count - 1).join('\n'), 'latin1');
    t.is(firstDifference(await raw('-n', String(count)), expected), null, `-n ${count}`);
  }
  const found = await lines('--grep', '^line of piece 7 ', '-n', '1');
  t.deepEqual(
    found.map((line) => line.text),
    [text.find((line) => line.startsWith('line of piece 7 '))],
  );
  if (process.platform === 'linux') t.true(statSync(logFile).blocks * 512 < 38_000_000);
  await booty.run(['down']);
  await follower.ended;
  t.is(firstDifference(readFileSync(at('followed')), all), null, 'what was followed');
});

test.serial(
  'who follows the log goes on with the next daemon, without a byte lost or twice; so does who follows events',
  async (t) => {
    const { booty, at, write, raw, daemonPid } = await startLogWriter(t, 'file');
    const followers = [
      booty.start(['logs', 'web', '--raw', '-f'], { shell: `"$@" >${at('raw')}` }),
      booty.start(['logs', '-f', '-n', '1000000'], { shell: `"$@" >${at('lines')}` }),
      booty.start(['events', '-f'], { shell: `"$@" >${at('events')}` }),
    ];
    const has = (name: string, text: string): boolean =>
      existsSync(at(name)) && readFileSync(at(name), 'latin1').includes(text);
    await write(Buffer.from('before\nhalf of'));
    await until('all follow', () => has('raw', 'half of') && has('lines', 'before\n') && has('events', 'web is ready'));
    for (const round of [1, 2]) {
      const daemon = await daemonPid();
      // Once alone and once with who would bring another.
      if (round === 2) process.kill((await lookAt(booty)).daemon?.wardenPid ?? 0, 'SIGKILL');
      process.kill(daemon, 'SIGKILL');
      await write(Buffer.from(`${round === 1 ? ' a line\n' : ''}while nobody watches ${round}\n`));
      await until('they go on', () => has('raw', `watches ${round}\n`) && has('lines', `watches ${round}\n`), 45_000);
    }
    await booty.run(['restart', 'web']);
    await until('events go on', () => readFileSync(at('events'), 'utf8').split('web is ready').length === 3, 45_000);
    const all = await raw();
    await booty.run(['down']);
    t.deepEqual(
      (await Promise.all(followers.map(({ ended }) => ended))).map(({ code }) => code),
      [0, 0, 0],
    );
    t.regex(readFileSync(at('events'), 'utf8'), /web is stopped[^\n]*\n$/);
    t.is(firstDifference(readFileSync(at('raw')).subarray(0, all.length), all), null);
    t.deepEqual(
      readFileSync(at('lines'), 'utf8')
        .split('\n')
        .filter((line) => /before|line|watches/.test(line)),
      ['before', 'half of a line', 'while nobody watches 1', 'while nobody watches 2'],
    );
  },
);

thoroughInTurn(`the daemon is killed with -9 while it writes, three times${whenThorough}`, async (t) => {
  const writer = await startLogWriter(t, 'pipe');
  const { booty, raw, parts, daemonPid } = writer;
  const { pid } = serviceOf(await booty.ps(), 'web');
  const { all, written } = beginMuch(writer);
  for (const least of [0, 1, 2]) {
    await until('it is at work', () => parts().length >= least, 60_000);
    const daemon = await daemonPid();
    process.kill(daemon, 'SIGKILL');
    await until('the daemon is dead', () => !isAlive(daemon));
    await booty.untilRow('another one is there', (row) => row.daemon !== null && row.daemon.pid !== daemon);
  }
  await written();
  await until('what is old is put away', () => parts().length >= 4, 60_000);
  t.is(firstDifference(await raw(), all), null);
  t.is(serviceOf(await booty.ps(), 'web').pid, pid);
});

for (const mode of modes) {
  thoroughInTurn(
    `kill -9 of the service in the midst of a write, and its next life (${mode})${whenThorough}`,
    async (t) => {
      const { booty, at, begin, write, raw, lines } = await startLogWriter(t, mode, { more: ', restart: always' });
      const piece = trouble(1, 50_000);
      writeFileSync(at('piece'), piece);
      begin('while :; do cat piece; done');
      await until('it writes', async () => (await raw('-n', '1')).length > 0);
      const { pid } = serviceOf(await booty.ps(), 'web');
      await booty.run(['kill', '-s', 'KILL', 'web']);
      await booty.untilRow('it runs again', (row) => {
        const web = serviceOf(row, 'web');
        return web.pid !== null && web.pid !== pid && web.state === 'ready';
      });
      const before = await raw();
      // Whole pieces one after the other, the last one perhaps cut; then the second life, with no mark in between.
      const count = Math.ceil(before.length / piece.length);
      const expected = Buffer.concat(Array.from({ length: count }, () => piece));
      t.is(firstDifference(before, expected.subarray(0, before.length)), null);
      const after = Buffer.from('second life\n');
      await write(after);
      t.is(firstDifference(await raw(), Buffer.concat([before, after])), null);
      t.is((await lines('-n', '1000000')).filter(({ kind }) => kind === 'mark').length, 2);
    },
  );

  test.serial(`bytes that are hard to keep, in small writes, and nothing missing at its end (${mode})`, async (t) => {
    const { booty, at, begin, write, raw, lines, capture } = await startLogWriter(t, mode);
    const ship = Buffer.from('🚢 ship');
    const writes = [
      Buffer.from('a NUL \0 and another \0\0\n'),
      Buffer.concat([Buffer.from('split '), ship.subarray(0, 1)]),
      ship.subarray(1, 3),
      ship.subarray(3),
      Buffer.from('\n\u001B[31mred\u001B[0m \u001B[2J\u001B[H\u001B]0;title\u0007 \r\nrecord \x1e{"a":1}\n'),
      Buffer.from([0xff, 0xfe, 0x0a, 0xc3, 0x0a]),
      Buffer.from('\x1ebooty '),
      Buffer.from('is only the beginning of a mark\n'),
      Buffer.from(`${'x'.repeat(89_990)}0123456789\n`),
      Buffer.from('no end'),
    ];
    const looks = new Set([1, 6, writes.length - 1]);
    for (const [place, bytes] of writes.entries()) {
      await write(bytes);
      if (!looks.has(place)) continue;
      t.is(firstDifference(await raw(), Buffer.concat(writes.slice(0, place + 1))), null, `after write ${place}`);
    }
    const texts = (await lines()).filter(({ kind }) => kind === 'line').map(({ text }) => text);
    t.is(texts[0], 'a NUL \0 and another \0\0');
    t.is(texts[1], 'split 🚢 ship');
    t.is(texts.at(-2)?.length, 90_000);
    t.is(texts.at(-1), 'no end');
    t.is((await capture('-n', '1')).toString(), 'no end\n');
    t.is((await raw('-n', '1')).toString(), 'no end');
    // The next life's mark stands out though the line before has no end.
    await booty.run(['restart', 'web']);
    await booty.untilRow('it is up again', (row) => serviceOf(row, 'web').state === 'ready');
    t.is(firstDifference(await raw(), Buffer.concat(writes)), null, 'after a restart');
    const last = trouble(9, 8_000_000);
    writeFileSync(at('last'), last);
    begin('cat last; exit 7');
    await booty.untilRow('its end is announced', (row) => serviceOf(row, 'web').pid === null);
    t.is(firstDifference(await raw(), Buffer.concat([...writes, last])), null, 'after its end');
  });
}

thoroughInTurn(
  `a log its service empties: what was put away stays, what follows is whole, the loss is told${whenThorough}`,
  async (t) => {
    const writer = await startLogWriter(t, 'file');
    const { at, order, write, raw, parts, events } = writer;
    const { all, written } = beginMuch(writer);
    await written();
    // Not in the very instant in which a part is given back to the disk: what is new there would go with it.
    const isFreed = () => process.platform !== 'linux' || statSync(writer.logFile).blocks * 512 < 34_500_000;
    await until('what is old is put away', () => parts().length >= 4 && isFreed(), 60_000);
    await order(': >/dev/stdout');
    const after = Buffer.concat([trouble(1_000, 100_000), Buffer.from('after\n')]);
    await write(after);
    const told = async () => (await events()).filter(({ type }) => type === 'log.shrank');
    await until('it is told', async () => (await told()).length === 1);
    // Counted with booty's mark at the beginning of the log, which the service did not write.
    const packedBytes = Number(parts().at(-1)?.split('-')[2]?.split('.')[0]);
    const markBytes =
      'xbooty web - generation 1 pid \n'.length + String(serviceOf(await writer.booty.ps(), 'web').pid).length;
    const kept = all.subarray(0, packedBytes - markBytes);
    t.true(kept.length > 8_000_000 && kept.length < all.length);
    t.is(firstDifference(await raw(), Buffer.concat([kept, after])), null);
    t.true(
      (await told())[0]?.message.includes(
        `: ${all.length - kept.length} bytes of it that were not put away yet are gone`,
      ),
    );
    // And again, at once longer than before: only its first bytes tell that it is another text.
    await order(': >/dev/stdout; cat piece-3');
    await until('it is told again', async () => (await told()).length === 2);
    t.is(firstDifference(await raw(), Buffer.concat([kept, readFileSync(at('piece-3'))])), null);
  },
);

const canMount = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['--fake', '-t', 'tmpfs', 'booty-test', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

for (const mode of modes) {
  (canMount() ? thoroughInTurn : test.serial.skip)(
    `a full disk: the service runs on, booty says so, and it is over when there is space (${mode}; only root can mount one)${whenThorough}`,
    async (t) => {
      const { booty, order, write, raw, logFile, events } = await startLogWriter(t, mode, {
        logs: (folder) => {
          execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'booty-test', folder]);
          t.teardown(() => execFileSync('umount', ['--lazy', folder]));
        },
      });
      const before = trouble(1, 1_000_000);
      await write(before);
      const ballast = path.join(path.dirname(logFile), 'ballast');
      t.throws(() => writeFileSync(ballast, Buffer.alloc(20_000_000)), { code: 'ENOSPC' });
      await until('it is told', async () => (await events()).some(({ type }) => type === 'disk.full'));
      const { pid } = serviceOf(await booty.ps(), 'web');
      // Far more than a pipe holds, by the service itself: a broken pipe would be its end.
      await order(`n=0; while [ $n -lt 40 ]; do printf '%8192s' $n 2>/dev/null; n=$((n+1)); done`);
      t.is(serviceOf(await booty.ps(), 'web').pid, pid);
      t.regex((await booty.run(['ps'])).stdout, /\n! disk full: logs are not written/);
      // What was there is still read, and whatever of the rest found room follows it.
      t.is(firstDifference((await raw()).subarray(0, before.length), before), null);
      rmSync(ballast);
      await until('it is over', async () => (await events()).some(({ type }) => type === 'disk.back'));
      const held = await raw();
      const after = Buffer.from(`\n${'after '.repeat(100)}\n`);
      await write(after);
      t.is(firstDifference(await raw(), Buffer.concat([held, after])), null);
      t.is(serviceOf(await booty.ps(), 'web').pid, pid);
      t.is((await events()).filter(({ type }) => type === 'disk.full').length, 1);
      t.is((await booty.run(['down'])).code, 0);
    },
  );
}
