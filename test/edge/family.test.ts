// Who belongs to a service, on made-up process tables.
import test from 'ava';
import { createFamily, findMembers, type Family } from '../../source/edge/family.ts';
import type { ProcessStat } from '../../source/edge/proc/stat.ts';
import type { Marker } from '../../source/edge/proc/table.ts';

type Row = {
  readonly pid: number;
  readonly parent?: number;
  readonly group?: number;
  readonly session?: number;
  readonly start?: number;
};

const marker = { runId: 'r', service: 's' };
const shim: Row = { pid: 100, group: 100, session: 100, start: 1000 };
const service: Row = { pid: 101, parent: 100, group: 100, session: 100, start: 1001 };
/** In a session of its own, with init for its parent. */
const daemon: Row = { pid: 105, parent: 1, group: 105, session: 105, start: 1005 };
const stranger: Row = { pid: 200, parent: 1, group: 200, session: 200, start: 2000 };

const family = (mode: 'file' | 'pipe' = 'file'): Family =>
  createFamily(marker, { pid: 100, startTicks: '1000' }, mode, null, ['/logs/s.log']);

const look = (
  of: Family,
  rows: readonly Row[],
  markers: Readonly<Record<number, Marker>> = {},
  outputs: Readonly<Record<number, readonly string[]>> = {},
): readonly number[] => {
  const table = new Map(rows.map((row) => [row.pid, statOf(row)]));
  return findMembers(
    of,
    table,
    (pid) => markers[pid] ?? null,
    (pid) => outputs[pid] ?? [],
  ).map(({ pid }) => pid);
};

const statOf = ({ pid, parent = 1, group = pid, session = pid, start = 1002 }: Row): ProcessStat => ({
  pid,
  parent,
  group,
  session,
  startTicks: String(start),
  name: 'x',
  state: 'S',
  cpuTicks: 0,
  threads: 1,
  residentPages: 0,
});

test('the group, the tree and the session belong; the shim and strangers do not', (t) => {
  const child = { pid: 102, parent: 101, group: 102, session: 102 };
  const inSession = { pid: 103, parent: 1, group: 103, session: 100 };
  t.deepEqual(look(family(), [shim, service, child, inSession, stranger]), [101, 102, 103]);
});

test('a marker is enough, if it is of this run and this service', (t) => {
  t.deepEqual(look(family(), [shim, daemon], { 105: marker }), [105]);
  t.deepEqual(look(family(), [shim, daemon], { 105: { ...marker, service: 'other' } }), []);
  t.deepEqual(look(family(), [shim, daemon], { 105: { ...marker, runId: 'other' } }), []);
});

test('whoever writes to its log belongs, unless it was there before', (t) => {
  const older = { ...stranger, pid: 50, start: 900 };
  const outputs = { 50: ['/logs/s.log'], 105: ['/dev/null', '/logs/s.log'], 200: ['/logs/other.log'] };
  t.deepEqual(look(family(), [shim, daemon, stranger, older], {}, outputs), [105]);
});

test('whoever was seen once stays known when every mark is gone', (t) => {
  const of = family();
  t.deepEqual(look(of, [shim, service, { ...daemon, parent: 101 }]), [101, 105]);
  t.deepEqual(look(of, [shim, daemon]), [105]);
  t.deepEqual(look(of, [daemon]), [105]);
});

test('a pid that was given to another process is nobody', (t) => {
  const of = family();
  look(of, [shim, service, { ...daemon, parent: 101 }]);
  t.deepEqual(look(of, [shim, service, { ...daemon, start: 9000 }]), [101]);
});

test('a member brings its session along, whose leader may be dead', (t) => {
  const worker = { pid: 107, parent: 1, group: 106, session: 106 };
  const sibling = { pid: 108, parent: 1, group: 106, session: 106 };
  t.deepEqual(look(family(), [shim, worker, sibling], { 107: marker }), [107, 108]);
});

test('a group whose number was given away is not ours any more', (t) => {
  const of = family();
  t.deepEqual(look(of, [shim, service]), [101]);
  // Shim and service are gone; a stranger got the shim's pid, and a child of that is in its group.
  const usurper = { pid: 100, parent: 1, group: 100, session: 100, start: 5000 };
  t.deepEqual(look(of, [usurper, { pid: 300, parent: 100, group: 100, session: 100, start: 5001 }]), []);
});

test('a group that was empty at one look is not looked for at the next', (t) => {
  const of = family();
  look(of, [shim, service]);
  t.deepEqual(look(of, [stranger]), []);
  t.deepEqual(look(of, [{ pid: 300, parent: 1, group: 100, session: 100, start: 5001 }]), []);
});

test('nobody that is older than the shim belongs', (t) => {
  t.deepEqual(look(family(), [shim, { pid: 50, parent: 101, group: 100, session: 100, start: 999 }]), []);
});

test('this process does not count itself', (t) => {
  t.deepEqual(look(family(), [shim, { pid: process.pid, parent: 100, group: 100, session: 100 }]), []);
});

test('in the pipe mode the children of the shim help it, and stay helpers when it dies', (t) => {
  const shell = { pid: 110, parent: 100, group: 100, session: 100 };
  const cat = { pid: 111, parent: 100, group: 100, session: 100 };
  const piped = { ...service, parent: 110 };
  const of = family('pipe');
  t.deepEqual(look(of, [shim, shell, cat, piped]), [101]);
  t.deepEqual(look(of, [{ ...shell, parent: 1 }, { ...cat, parent: 1 }, piped]), [101]);
});

test('a large family is found whole, deepest first or last', (t) => {
  const chain = Array.from({ length: 200 }, (_, n) => ({ pid: 1000 + n, parent: n === 0 ? 101 : 999 + n }));
  t.is(look(family(), [shim, service, ...chain]).length, 201);
  t.is(look(family(), [...chain.reverse(), service, shim]).length, 201);
});
