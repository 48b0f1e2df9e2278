// The contracts of the ports, run on those of the simulated machine: what they promise the real ones promise too.
import test from 'ava';
import { channelsContract } from '../../contract/channels.ts';
import { clockContract } from '../../contract/clock.ts';
import { filesContract } from '../../contract/files.ts';
import { hostContract } from '../../contract/host.ts';
import { httpContract } from '../../contract/http.ts';
import { randomContract } from '../../contract/random.ts';
import { socketsContract } from '../../contract/sockets.ts';
import { createSeeded } from '../seeded.ts';
import { createFakeChannels, type Listeners } from './channels.ts';
import { createFakeClock, createWallClock } from './clock.ts';
import { createDisk } from './disk.ts';
import { createFakeFiles } from './files.ts';
import { createFakeHost } from './host.ts';
import { type Answer, createFakeHttp } from './http.ts';
import { createLifeline } from './lifeline.ts';
import { createFakeRandom } from './random.ts';
import { createScheduler } from './scheduler.ts';
import { createFakeSockets, type Ports } from './sockets.ts';

const seeded = createSeeded(1);
const scheduler = createScheduler(seeded);
const wall = createWallClock(scheduler);
const disk = createDisk();
const listeners: Listeners = new Map();
const taken: Ports = new Map();
const bootId = (): string => 'boot-1';

let count = 0;
const newLine = () => createLifeline(seeded, scheduler, (count += 1));
const newFiles = (line = newLine()) => createFakeFiles(disk, seeded, line, { nowMs: wall.nowMs, bootId });

// Simulated time passes for as long as somebody may wait for it: a millisecond each turn of the real loop.
let isOver = false;
const passing = (async () => {
  while (!isOver) {
    await scheduler.pass(1);
    await new Promise(setImmediate);
  }
})();
test.after.always(() => {
  isOver = true;
  return passing;
});

const site: Readonly<Record<string, Answer>> = {
  '/hello': { status: 200, body: 'hello' },
  '/moved': { status: 302, body: '' },
  '/large': { status: 200, body: 'x'.repeat(3_000_000) },
  '/silent': 'silence',
};
const answer = ({ hostname, pathname }: URL): Answer =>
  hostname === 'nowhere' ? 'refused' : (site[pathname] ?? { status: 404, body: '' });

clockContract(() => createFakeClock(wall, newLine()));
randomContract(() => createFakeRandom(seeded));
filesContract(
  newFiles,
  async () => {
    const folder = `/contract/${(count += 1)}`;
    await newFiles().makeFolder(folder, 0o700);
    return folder;
  },
  async (path) => {
    const line = newLine();
    await newFiles(line).lock(path, 0);
    line.cut();
  },
);
httpContract(
  () => createFakeHttp(newLine(), answer),
  () => 'http://site',
  () => 'http://nowhere',
);
socketsContract(() => createFakeSockets(taken, newLine()));
channelsContract(
  () => createFakeChannels(listeners, scheduler, newLine()),
  () => `/run/${(count += 1)}.sock`,
);
hostContract({
  create: () =>
    createFakeHost(newLine(), {
      bootId,
      environment: {},
      isExecutable: (path) => ['/bin/sh', '/usr/bin/sh'].includes(path),
      run: ([name]) =>
        name === 'speaks'
          ? { code: 3, stdout: 'one\nthree', stderr: 'two\n' }
          : name === 'hangs'
            ? 'silence'
            : 'missing',
    }),
  speaks: ['speaks'],
  hangs: ['hangs'],
  missing: ['none'],
});
