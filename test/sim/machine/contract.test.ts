// The contracts of the ports, run on those of the simulated machine: what they promise the real ones promise too.
import test from 'ava';
import { channelsContract } from '../../contract/channels.ts';
import { clockContract } from '../../contract/clock.ts';
import { filesContract } from '../../contract/files.ts';
import { hostContract } from '../../contract/host.ts';
import { httpContract } from '../../contract/http.ts';
import { processesContract, type Program } from '../../contract/processes.ts';
import { randomContract } from '../../contract/random.ts';
import { socketsContract } from '../../contract/sockets.ts';
import type { Launch } from '../../../source/ports.ts';
import { until } from '../../until.ts';
import { createSeeded } from '../seeded.ts';
import { type Character, createBodies } from './bodies.ts';
import { createFakeChannels, type Listeners } from './channels.ts';
import { createFakeClock, createWallClock } from './clock.ts';
import { createDisk } from './disk.ts';
import { createFakeFiles } from './files.ts';
import { createFakeHost } from './host.ts';
import { type Answer, createFakeHttp } from './http.ts';
import { createLifeline, type Lifeline } from './lifeline.ts';
import { createFakeProcesses, notStarted } from './processes.ts';
import { createFakeRandom } from './random.ts';
import { createScheduler } from './scheduler.ts';
import { createFakeSockets, type Ports } from './sockets.ts';

const seeded = createSeeded(1);
const scheduler = createScheduler(seeded);
const wall = createWallClock(scheduler);
const disk = createDisk();
const listeners: Listeners = new Map();
const taken: Ports = new Map();
const bootId = (): string => bodies.bootId();

let count = 0;
const newLine = () => createLifeline(seeded, scheduler, (count += 1));
const newFiles = (line = newLine()) => createFakeFiles(disk, seeded, line, { nowMs: wall.nowMs, bootId });

// Simulated time passes for as long as somebody may wait for it: a millisecond each turn of the real loop.
let isOver = false;
const bodies = createBodies({
  scheduler,
  disk,
  wallMs: wall.nowMs,
  draw: ({ command: [, text = ''] }) => characterOf(JSON.parse(text) as Program),
  drainMs: () => 1,
  onBirth: () => {},
  onEnd: () => {},
});
const characterOf = ({ ends, obeysWith }: Program): Character => ({
  obeys: obeysWith !== null,
  undying: false,
  undyingMs: 0,
  warmUpMs: 0,
  sickFromMs: null,
  sickMs: 0,
  lifeMs: ends && 1,
  code: ends && 'code' in ends ? ends.code : null,
  signal: ends && 'signal' in ends ? ends.signal : null,
  windDownMs: 1,
  windDownCode: obeysWith,
});

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

for (const logMode of ['file', 'pipe'] as const)
  processesContract(logMode, logMode, async (t) => {
    const runFolder = `/contract/${(count += 1)}`;
    const files = newFiles();
    await files.makeFolder(runFolder, 0o700);
    const line = newLine();
    const processesOf = (at: Lifeline) =>
      createFakeProcesses(bodies, at, {
        spawnMs: () => 1,
        answerMs: () => 1,
        adoptMs: () => 1,
        deliveryMs: () => 1,
        onOrder: () => {},
        onKill: () => {},
        refusal: (launch) =>
          launch.command[0] === '/none/such' ? notStarted(launch, 'there is no file /none/such') : null,
        onMistake: (sentence) => t.fail(sentence),
      });
    const readLog = async ({ logFile }: Launch): Promise<string> => (await files.readText(logFile)) ?? '';
    return {
      processes: processesOf(line),
      successor: () => {
        line.cut();
        return processesOf(newLine());
      },
      runFolder,
      readLog,
      untilReady: (launch) => until('the service is ready', async () => (await readLog(launch)).includes('\nready\n')),
      launch: (program, changes) => {
        const service = `service-${(count += 1)}`;
        return {
          service,
          stack: 'contract',
          runId: 'run',
          generation: 1,
          command: ['program', JSON.stringify(program)],
          environment: {},
          workingDir: '/',
          logFile: `${runFolder}/${service}.log`,
          logMode,
          statusFile: `${runFolder}/${service}`,
          version: '1.2.3',
          stopScope: 'group',
          openFilesMax: null,
          ...changes,
        };
      },
    };
  });
