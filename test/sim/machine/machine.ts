/**
A whole simulated machine: disk, processes, ports, clock and store, which outlive every daemon, and the ports through
which one daemon sees them. What goes wrong there is drawn from the seed, by the probabilities of `faults`.
*/
import { type StackPaths, stackPaths } from '../../../source/core/paths.ts';
import type { Launch, World } from '../../../source/ports.ts';
import type { Installed, Store } from '../../../source/store/store.ts';
import { isTask } from '../definition.ts';
import type { Seeded } from '../seeded.ts';
import { type Bodies, type Body, type Character, createBodies } from './bodies.ts';
import { createFakeChannels, type Listeners } from './channels.ts';
import { createFakeClock, createWallClock, type WallClock } from './clock.ts';
import { appendTo, createDisk, type Disk } from './disk.ts';
import { createFakeFiles } from './files.ts';
import { createFakeHost } from './host.ts';
import { type Answer, createFakeHttp } from './http.ts';
import type { Lifeline } from './lifeline.ts';
import { createFakeProcesses, notStarted } from './processes.ts';
import { createFakeRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { createFakeSockets, type Ports } from './sockets.ts';
import { createFakeStore } from './store.ts';

/** How often things go wrong while they may, each in [0, 1]. */
const faults = {
  spawnFails: 0.06,
  spawnIsSlow: 0.06,
  adoptIsSlow: 0.8,
  deliveryIsSlow: 0.2,
  endsAtOnce: 0.15,
  deaf: 0.3,
  undying: 0.04,
  neverReady: 0.08,
  fallsSick: 0.3,
  endsByItself: 0.3,
  taskFails: 0.3,
  exitToldLate: 0.08,
  probeLies: 0.08,
  probeIsSilent: 0.05,
  probeIsSlow: 0.15,
  fetchFails: 0.12,
  fetchHangs: 0.08,
  storeIsUnreadable: 0.15,
  portIsStolen: 0.02,
  readFails: 0.002,
  writeFails: 0.01,
  diskIsSlow: 0.03,
} as const;

/** What failed once has been tried again by then. */
const retryMs = 2_500;

export type Machine = {
  readonly disk: Disk;
  readonly bodies: Bodies;
  readonly wall: WallClock;
  readonly listeners: Listeners;
  readonly paths: StackPaths;
  /** The world through the eyes of the daemon that hangs on this lifeline. */
  readonly portsOf: (line: Lifeline) => { readonly ports: World; readonly store: Store };
  /** Somebody cleans up: what was installed is gone, and is fetched anew when it is wanted. */
  readonly emptyStore: () => void;
  /** For so long the run file takes its time to be written, longer than anybody waits for it. */
  readonly slowRunFile: (lengthMs: number) => void;
  /** For so long the answers of health checks take their time. */
  readonly slowChecks: (lengthMs: number) => void;
  /** From now on nothing goes wrong any more; what could not end ends. */
  readonly endFaults: () => void;
};

export const createMachine = (
  seeded: Seeded,
  scheduler: Scheduler,
  on: {
    readonly birth: (launch: Launch) => void;
    /** A signal is to be sent, and is on its way. */
    readonly order: () => void;
    /** A process has ended. */
    readonly end: () => void;
    readonly kill: (body: Body) => void;
    readonly mistake: (sentence: string) => void;
    /** A stranger has taken a port: the stack may move, as if somebody had asked it to. */
    readonly portLost: () => void;
    /** A health check asks. */
    readonly question: (service: string) => void;
    readonly answer: (service: string, isWell: boolean) => void;
    /** The run file is written late. */
    readonly doubt: (lengthMs: number) => void;
  },
): Machine => {
  let faulty = true;
  const goesWrong = (what: keyof typeof faults): boolean => seeded.chance(faults[what]) && faulty;
  let slowDiskUntilMs = 0;
  let slowChecksUntilMs = 0;
  const disk = createDisk();
  disk.delayMs = (path) => {
    const isSlow = faulty && scheduler.elapsedMs() < slowDiskUntilMs && path.startsWith(paths.runFile);
    if (!isSlow && !goesWrong('diskIsSlow')) return 0;
    const slowMs = isSlow ? seeded.between(600, 1_500) : seeded.between(50, 1_500);
    if (path.startsWith(paths.runFile)) on.doubt(slowMs + 500);
    return slowMs;
  };
  disk.trouble = (operation, path) => {
    if (!goesWrong(operation === 'write' ? 'writeFails' : 'readFails')) return;
    if (path.startsWith(paths.runFile)) on.doubt(retryMs);
    throw Object.assign(new Error(`EIO: '${path}'`), { code: 'EIO' });
  };
  const wall = createWallClock(scheduler);
  const listeners: Listeners = new Map();
  const taken: Ports = new Map();
  const installed = new Map<string, Installed>();
  const environment = { BOOTY_HOME: '/home/fake/booty', XDG_RUNTIME_DIR: '/run/fake', PATH: '/usr/bin' };
  const paths = stackPaths({ environment, homeFolder: '/home/fake', temporaryFolder: '/tmp', userId: 1000 }, 'shop');

  const bodies = createBodies({
    scheduler,
    disk,
    wallMs: wall.nowMs,
    draw: (launch) => drawCharacter(seeded, launch.service, goesWrong),
    drainMs: () => (goesWrong('exitToldLate') ? seeded.between(500, 3_000) : seeded.between(0, 30)),
    onBirth: on.birth,
    onEnd: on.end,
  });

  /** Is the service up, warm and well? By what is so, unless its check lies or hangs. */
  const examine = (service: string): 'yes' | 'no' | 'silence' => {
    on.question(service);
    if (goesWrong('probeIsSilent')) return 'silence';
    const [body] = bodies.living(service);
    const isWell = body !== undefined && (!faulty || isWellAt(body.character, scheduler.elapsedMs() - body.bornAtMs));
    const said = isWell !== goesWrong('probeLies');
    on.answer(service, said);
    return said ? 'yes' : 'no';
  };
  const answerMs = (): number => {
    const isSlow = faulty && scheduler.elapsedMs() < slowChecksUntilMs;
    return isSlow || goesWrong('probeIsSlow') ? seeded.between(100, 900) : 0;
  };
  const answerHttp = (url: URL): Answer => {
    const said = examine(url.pathname.slice(1));
    return said === 'silence' ? 'silence' : said === 'yes' ? { status: 200, body: 'ok' } : 'refused';
  };

  const portsOf: Machine['portsOf'] = (line) => {
    const unused = (): never => {
      throw new Error('no daemon uses this port');
    };
    const ports: World = {
      clock: createFakeClock(wall, line),
      random: createFakeRandom(seeded),
      processes: createFakeProcesses(bodies, line, {
        spawnMs: () => (goesWrong('spawnIsSlow') ? seeded.between(500, 4_900) : seeded.between(0, 60)),
        answerMs: () => seeded.pick([0, 0, 1, 60]),
        adoptMs: () => (goesWrong('adoptIsSlow') ? seeded.between(100, 2_500) : seeded.between(0, 2)),
        deliveryMs: () => (goesWrong('deliveryIsSlow') ? seeded.between(20, 400) : seeded.pick([0, 0, 1])),
        refusal: (launch) => (goesWrong('spawnFails') ? notStarted(launch, 'simulated') : null),
        onOrder: on.order,
        onKill: on.kill,
        onMistake: on.mistake,
      }),
      files: createFakeFiles(disk, seeded, line, { nowMs: wall.nowMs, bootId: bodies.bootId }),
      http: createFakeHttp(line, answerHttp, answerMs),
      sockets: createFakeSockets(taken, line, () => {
        const isStolen = goesWrong('portIsStolen');
        if (isStolen) on.portLost();
        return isStolen;
      }),
      channels: createFakeChannels(listeners, scheduler, line),
      downloads: { probe: unused, fetch: unused, read: unused },
      archives: { unpack: unused },
      host: createFakeHost(line, {
        bootId: bodies.bootId,
        environment,
        isExecutable: (path) => path.startsWith('/usr/bin/'),
        run: ([, service = '']) => {
          const said = examine(service);
          return said === 'silence' ? 'silence' : { code: said === 'yes' ? 0 : 1 };
        },
      }),
    };
    const store = createFakeStore(installed, line, {
      fate: () => (goesWrong('fetchFails') ? 'fails' : goesWrong('fetchHangs') ? 'hangs' : 'comes'),
      fetchMs: () => seeded.between(0, 3_000),
      isUnreadable: () => goesWrong('storeIsUnreadable'),
    });
    return { ports, store };
  };

  return {
    disk,
    bodies,
    wall,
    listeners,
    paths,
    portsOf,
    slowRunFile: (lengthMs) => void (slowDiskUntilMs = scheduler.elapsedMs() + lengthMs),
    slowChecks: (lengthMs) => void (slowChecksUntilMs = scheduler.elapsedMs() + lengthMs),
    emptyStore: () => installed.clear(),
    endFaults: () => {
      faulty = false;
      disk.isFull = false;
      for (const body of bodies.all) {
        if (!body.alive) continue;
        appendTo(disk, body.launch.logFile, 'ready\n', wall.nowMs());
        if (isTask(body.launch.service)) body.character.code = 0;
        else body.character.lifeMs = null;
        if (!body.character.undying) continue;
        body.character.undying = false;
        bodies.end(body, null, 'SIGKILL');
      }
    },
  };
};

const isWellAt = ({ warmUpMs, sickFromMs, sickMs }: Character, ageMs: number): boolean =>
  ageMs >= warmUpMs && (sickFromMs === null || ageMs < sickFromMs || ageMs >= sickFromMs + sickMs);

const drawCharacter = (
  seeded: Seeded,
  service: string,
  goesWrong: (what: keyof typeof faults) => boolean,
): Character => {
  const task = isTask(service);
  const undying = goesWrong('undying');
  const sickFromMs = goesWrong('fallsSick') ? seeded.between(500, 10_000) : null;
  const sickMs = seeded.between(2_000, 20_000);
  const diesSick = sickFromMs !== null && goesWrong('endsByItself');
  const endsByItself = goesWrong('endsByItself');
  const lifeMs = diesSick
    ? sickFromMs + seeded.between(1_000, sickMs)
    : endsByItself
      ? seeded.between(0, 40_000)
      : null;
  return {
    obeys: !undying && !goesWrong('deaf'),
    undying,
    undyingMs: seeded.between(3_000, 20_000),
    sickFromMs,
    sickMs,
    warmUpMs: goesWrong('neverReady') ? 600_000 : seeded.between(0, 1_500),
    lifeMs: goesWrong('endsAtOnce') ? seeded.between(0, 20) : task ? seeded.between(5, 4_000) : lifeMs,
    code: task ? (goesWrong('taskFails') ? 1 : 0) : seeded.pick([0, 1, 2, null]),
    signal: seeded.pick(['SIGSEGV', 'SIGKILL']),
    windDownMs: seeded.pick([1, 20, 400, 2_500]),
    windDownCode: seeded.pick([0, 1, null]),
  };
};
