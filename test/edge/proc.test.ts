import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { listeningInodes } from '../../source/edge/port-holder.ts';
import { isDead, parseStat, readProc, readStat } from '../../source/edge/proc/stat.ts';
import { createMarksMemory, createTableMemory, parseMarker, readTable } from '../../source/edge/proc/table.ts';
import { readUnits } from '../../source/edge/proc/units.ts';
import { until } from '../until.ts';

/** As proc_pid_stat(5) has it, cut after field 24. */
const statText = (name: string, state: string, threads: number): string =>
  `812 (${name}) ${state} 1 810 809 0 -1 4194560 1 2 3 4 50 7 8 9 20 0 ${threads} 0 165307 1000 300`;

test('stat: fields are those of the manual', (t) => {
  t.deepEqual(parseStat(statText('nginx', 'S', 1)), {
    pid: 812,
    name: 'nginx',
    state: 'S',
    parent: 1,
    group: 810,
    session: 809,
    cpuTicks: 57,
    threads: 1,
    startTicks: '165307',
    residentPages: 300,
  });
});

test('stat: a name may hold brackets, blanks and line breaks', (t) => {
  for (const name of [') Z 1 1 1 (', 'a b', '((', '))', 'x\ny', '']) {
    const stat = parseStat(statText(name, 'S', 1));
    t.is(stat?.name, name);
    t.is(stat?.startTicks, '165307');
  }
});

test('stat: what is no stat is null', (t) => {
  for (const text of ['', '1', '1 (x', '1 (x) S', 'x) 1 (']) t.is(parseStat(text), null);
});

test('stat: a zombie is dead unless other threads of it run on', (t) => {
  const dead = (state: string, threads: number): boolean => {
    const stat = parseStat(statText('x', state, threads));
    return stat !== null && isDead(stat);
  };
  t.true(dead('Z', 1));
  t.true(dead('X', 1));
  t.false(dead('Z', 3));
  t.false(dead('T', 1));
});

test('this process sees itself, and nobody where nobody is', (t) => {
  t.is(readStat(process.pid)?.pid, process.pid);
  t.is(readStat(process.pid)?.parent, process.ppid);
  t.true(readTable().has(process.pid));
  t.is(readStat(2 ** 22 + 1), null);
});

test('a file of /proc is read to its end, however long', (t) => {
  const long = 'x'.repeat(100_000);
  t.is(parseMarker(`A=${long}\0BOOTY_RUN_ID=r\0BOOTY_SERVICE=s\0`)?.service, 's');
  // The memory map of Node is longer than one page, and the kernel hands it out page by page.
  t.true((readProc('/proc/self/maps') ?? '').endsWith('\n'));
  t.regex(readProc('/proc/self/maps') ?? '', /\[stack\]/);
});

test('markers: both must be there', (t) => {
  t.deepEqual(parseMarker('PATH=/bin\0BOOTY_RUN_ID=r1\0BOOTY_SERVICE=web\0'), { runId: 'r1', service: 'web' });
  t.is(parseMarker('BOOTY_RUN_ID=r1\0XBOOTY_SERVICE=web\0'), null);
  t.is(parseMarker(''), null);
});

test('units: the kernel tells its tick and its page', (t) => {
  const { ticksPerSecond, pageBytes } = readUnits();
  t.true(ticksPerSecond >= 100);
  t.true(pageBytes >= 4096 && pageBytes % 4096 === 0);
});

test('ports: only listeners count, at whatever address', (t) => {
  const row = (local: string, state: string, inode: number): string =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0`;
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    row('0100007F:1F90', '0A', 101),
    row('00000000:1F90', '0A', 102),
    row('0100007F:1F90', '01', 103),
    row('0100007F:1F91', '0A', 104),
    row('00000000000000000000000001000000:1F90', '0A', 105),
  ].join('\n');
  t.deepEqual(listeningInodes(table, 8080), ['101', '102', '105']);
  t.deepEqual(listeningInodes(null, 8080), []);
});

test('who looks again and again remembers marks, and finds what a process became by exec within some looks', async (t) => {
  if (process.platform !== 'linux') return t.pass('there is no /proc here');
  const script = 'read go; exec env BOOTY_RUN_ID=r BOOTY_SERVICE=web sleep 1000';
  const child = spawn('/bin/sh', ['-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const pid = child.pid ?? 0;
  const remembered = createMarksMemory();
  const look = () => remembered(readTable()).markerOf(pid);
  t.is(look(), null);
  t.is(look(), null);
  child.stdin?.write('go\n');
  await until('it is another program', () => readFileSync(`/proc/${pid}/environ`, 'utf8').includes('BOOTY_SERVICE'));
  // Remembered for now, and asked again some looks later.
  t.is(look(), null);
  const looks = Array.from({ length: 12 }, look);
  t.deepEqual(looks.at(-1), { runId: 'r', service: 'web' });
});

test('a table of who is young: the older ones are read once, and now and then', (t) => {
  const startOf = new Map([
    [1, 10],
    [7, 500],
    [9, 900],
  ]);
  let reads: number[] = [];
  const statOf = (pid: number) => {
    reads.push(pid);
    const start = startOf.get(pid);
    const stat = parseStat(statText('x', 'S', 1));
    return stat === null || start === undefined ? null : { ...stat, pid, startTicks: String(start) };
  };
  const tableSince = createTableMemory({ pids: () => [...startOf.keys()], statOf });
  t.deepEqual([...tableSince(600).keys()], [9]);
  t.deepEqual(reads, [1, 7, 9]);

  reads = [];
  for (let look = 0; look < 20; look += 1) t.deepEqual([...tableSince(600).keys()], [9]);
  t.is(reads.filter((pid) => pid === 9).length, 20);
  t.is(reads.filter((pid) => pid === 7).length, 2);

  // A pid that another process has now, of those looked for, is found soon.
  startOf.set(7, 950);
  t.true(Array.from({ length: 10 }, () => tableSince(600).has(7)).includes(true));
  t.true(tableSince(600).has(7));
  // An older service is adopted: who was passed over is read again.
  t.deepEqual([...tableSince(5).keys()], [1, 7, 9]);
  startOf.delete(1);
  t.deepEqual([...tableSince(5).keys()], [7, 9]);
});

test('a table of who is young has a child born now, and not this process', async (t) => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  const pid = child.pid ?? 0;
  const sinceTicks = Number(readStat(pid)?.startTicks);
  const tableSince = createTableMemory();
  for (let look = 0; look < 3; look += 1) {
    const table = tableSince(sinceTicks);
    t.true(table.has(pid));
    t.false(table.has(1));
  }
});
