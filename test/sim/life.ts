/**
One life of a whole supervisor on a simulated machine, drawn from a seed: real daemons, one after the other or two at a
time, on ports where everything may go wrong, killed at any step; people who ask for everything; then time without
faults, in which the wanted state must be reached, then a stop that leaves nothing.
*/
import type { Frame } from '../../source/api/protocol.ts';
import { BootyError, type ErrorDocument, reasonOf } from '../../source/core/error.ts';
import type { ServiceState, StackDefinition, StackRow } from '../../source/core/model.ts';
import type { Launch } from '../../source/ports.ts';
import { runDaemon } from '../../source/daemon/main.ts';
import { type RunFile, runFileCopy } from '../../source/daemon/run-file.ts';
import { isTask } from './definition.ts';
import type { DownAsk } from './graces.ts';
import { call, type Caller, joinSession } from './machine/channels.ts';
import { createLifeline, type Lifeline } from './machine/lifeline.ts';
import { createMachine } from './machine/machine.ts';
import { createScheduler } from './machine/scheduler.ts';
import { changed, drawStack } from './machine/stack.ts';
import { createScenes } from './scenes.ts';
import { createSeeded } from './seeded.ts';
import { createWitness } from './witness.ts';

const faultyMs = 32_000;
const calmMs = 300_000;
/** How often something wild is played, of all that is done; in calm lives services live long enough to fall ill and not to die. */
const calmWildness = 0.03;
/** What was under way before comes to its end. */
const settleMs = 30_000;
const downMs = 60_000;
/** An end is told, and written down, within this time. */
const recordMsMax = 15_000;
/** From the loss of a port until the stack has moved to another one. */
const moveMsMax = 5_000;
const atRest: ReadonlySet<ServiceState> = new Set(['stopped', 'completed', 'failed', 'skipped']);
/** A stack that goes down is down before a third person asks for it. */
const upTriesMax = 3;

/** Plays a seed to its end; throws what broke first. Resolves with all that was told, for a comparison. */
export const live = async (seed: number, trace: (line: string) => void = () => {}): Promise<readonly string[]> => {
  const seeded = createSeeded(seed);
  const told: string[] = [];
  const say = (line: string): void => {
    const text = `${(scheduler.elapsedMs() / 1000).toFixed(3).padStart(10)}  ${line}`;
    told.push(text);
    trace(text);
  };
  /** After so many things more that happen the daemons die, in the midst of whatever they do. */
  let stepsToDeath = 0;
  const scheduler = createScheduler(seeded, () => {
    if (stepsToDeath > 0 && (stepsToDeath -= 1) === 0) kill();
    witness.look();
    if (witness.broken[0] !== undefined) throw new Error(witness.broken[0]);
  });
  const { elapsedMs } = scheduler;
  const definition = drawStack(seeded);
  const wildness = seeded.pick([calmWildness, 0.4, 0.4]);
  const witness = createWitness({
    machine: () => machine,
    definition,
    elapsedMs,
    stopBegins: (graceMs) => {
      if (!isFaulty || !seeded.chance(0.35)) return;
      scheduler.after(seeded.pick([0, graceMs]) + seeded.between(0, 300), disturb);
      // Then all the others follow, in their order, whoever sees to that.
      if (seeded.chance(0.3)) askDown({ force: 0, graceMsMax: null });
    },
    isKept: () => daemons.size > 0,
    say,
  });
  const portLost = (): void => {
    const moved = witness.wish('');
    scheduler.after(moveMsMax, () => moved(false));
  };
  const birth = (launch: Launch): void => {
    witness.birth(launch);
    if (seeded.chance(0.03)) dieSoon(12);
  };
  const order = (): void => {
    if (seeded.chance(0.12)) dieSoon(4);
  };
  const end = (): void => {
    if (seeded.chance(0.05)) dieSoon(12);
  };
  const machine = createMachine(seeded, scheduler, { ...witness, birth, end, order, portLost });
  const { disk, listeners, paths, wall } = machine;
  let current: StackDefinition = definition;
  let nextPid = 100;
  const daemons = new Set<Lifeline>();
  const sessions: Caller[] = [];

  let isFaulty = true;
  /** In the midst of a stop, or when its grace is over: what is under way then is hardest to get right. */
  const disturb = (): void => {
    if (!isFaulty) return;
    const kind = seeded.pick(['death', 'death', 'jump', 'freeze', 'jump and death'] as const);
    if (kind.includes('jump')) setClock();
    if (kind.includes('death')) die();
    if (kind === 'freeze') freeze();
  };
  /** Until then nothing more is done: some things take long to happen. */
  let restUntilMs = 0;
  const isResting = (): boolean => elapsedMs() < restUntilMs;
  /** As a warden does, another daemon is brought soon, which finds stops under way. */
  const die = (): void => {
    kill();
    if (seeded.chance(0.1)) restartMachine();
    const isSoon = seeded.chance(0.7);
    scheduler.after(seeded.between(0, 400), () => isSoon && daemons.size === 0 && boot());
  };
  /** A daemon dies in the midst of what comes next, whatever that is. */
  const dieSoon = (steps: number): void => {
    if (isFaulty && !isResting() && wildness > calmWildness && stepsToDeath === 0)
      stepsToDeath = seeded.between(1, steps);
  };
  const restartMachine = (): void => {
    say('the machine is restarted');
    machine.bodies.reboot();
    witness.doubt();
  };
  const setClock = (): void => {
    const byMs = seeded.pick([-3_600_000, -5_000, 2_000, 5_000, 3_600_000]);
    say(`the clock is set by ${byMs} ms`);
    wall.jump(byMs);
    witness.jump(byMs);
  };
  const freeze = (): void => {
    const forMs = seeded.pick([500, 2_000, 8_000]);
    say(`the daemon is frozen for ${forMs} ms`);
    for (const line of daemons) line.freeze(forMs);
    witness.forgiveTime(forMs);
  };

  const hear = (line: string): void => witness.hear(JSON.parse(line) as Frame);
  const watch = (own: boolean, client: string): void => {
    const hello = { type: 'hello', client, own, onHangup: seeded.pick(['stop', 'keep']) };
    const caller = joinSession(listeners, paths.socket, hello, () => {});
    if (caller) sessions.push(caller);
  };

  /** An error that a daemon of a sound booty may meet on such a machine. */
  const isExpected = (line: string): boolean =>
    /\b(EIO|ENOSPC)\b|no warden could be started|there is no definition to start from/.test(line);
  const isExpectedEnd = (error: unknown): boolean =>
    isExpected(reasonOf(error)) ||
    (error instanceof BootyError && ['DAEMON_RUNNING', 'FOLDER_UNUSABLE'].includes(error.code));

  /** What was started by a definition that no disk has taken (it was full): a daemon finds the record of its start alone. */
  const isUnwritten = (): boolean => {
    const text = new TextDecoder().decode(disk.nodes.get(paths.runFile)?.bytes);
    return machine.bodies.recorded(paths.run).some(({ launch }) => !text.includes(`"${launch.service}":{"spec"`));
  };

  const boot = (): void => {
    if (daemons.size === 0 && isUnwritten()) witness.forget();
    const line = createLifeline(seeded, scheduler, (nextPid += 1));
    daemons.add(line);
    if (seeded.chance(0.15)) dieSoon(60);
    say(`daemon ${line.pid} begins`);
    const { ports, store } = machine.portsOf(line);
    const note = (text: string): void => {
      if (line.isAlive() && !isExpected(text)) witness.mistake(`daemon ${line.pid} notes: ${text}`);
    };
    const end = (error: unknown): void => {
      if (!line.isAlive()) return;
      daemons.delete(line);
      // One that leaves in peace hands on what it knows, where the disk takes it again.
      const heard = machine.bodies.all.filter(({ heardBy }) => heardBy === line);
      if (error === null && !disk.isFull) for (const body of heard) body.isEndWritten = true;
      line.cut();
      if (daemons.size === 0) witness.restartWatch();
      witness.farewell(true);
      say(`daemon ${line.pid} has ended${error === null ? '' : `: ${reasonOf(error)}`}`);
      if (error !== null && !isExpectedEnd(error)) witness.mistake(`daemon ${line.pid} gave up: ${reasonOf(error)}`);
    };
    void runDaemon({
      ports,
      stack: 'shop',
      paths,
      store,
      onListening: () => {
        say(`daemon ${line.pid} listens`);
        witness.restartWatch();
        const hello = { type: 'hello', client: 'watch', own: false, onHangup: 'keep' };
        joinSession(listeners, paths.socket, hello, hear, witness.restartWatch);
      },
      note,
      asked: new AbortController().signal,
      startWarden: async () => {
        const gone = Promise.withResolvers<void>();
        const say = (word: string): void => void (word === 'steady' || line.after(1, gone.resolve));
        return { pid: 1, say, kill: gone.resolve, ended: gone.promise, gone: gone.promise };
      },
      memoryBytes: () => 1,
    }).then(() => end(null), end);
  };

  const kill = (): void => {
    stepsToDeath = 0;
    if (daemons.size > 0) say('the daemon is killed');
    for (const line of daemons) line.cut();
    daemons.clear();
    witness.farewell(false);
    witness.restartWatch();
    const [text, copy] = [textOf(paths.runFile), textOf(runFileCopy(paths.runFile))];
    const isDamaged = [paths.runFile, runFileCopy(paths.runFile)].map((path) => seeded.chance(0.06) && damage(path));
    if (isDamaged[0]) witness.forget();
    // A second death before a daemon has read the copy may take that as well.
    else if (!isDamaged[1]) return;
    // A copy that is whole is as good as the file; one that is older may lack a service.
    const isCopyWhole = !isDamaged[1] && copy !== null && copy === text && disk.nodes.has(paths.runFile);
    witness.expect(isCopyWhole ? Object.keys((JSON.parse(copy) as RunFile).world.services) : []);
  };
  const textOf = (path: string): string | null => {
    const bytes = disk.nodes.get(path)?.bytes;
    return bytes === undefined ? null : new TextDecoder().decode(bytes);
  };
  /** A power cut in the middle of a write, or somebody who cleans up. */
  const damage = (path: string): boolean => {
    const node = disk.nodes.get(path);
    if (!node) return false;
    const isTorn = seeded.chance(0.8);
    say(`${path} is ${isTorn ? 'torn' : 'lost'}`);
    if (isTorn) node.bytes = node.bytes.slice(0, seeded.between(0, node.bytes.length - 1));
    else disk.nodes.delete(path);
    return true;
  };

  const request = (path: string, body: unknown): Promise<boolean> => {
    say(`${path} is asked`);
    // Nobody hears it: nothing changes by it.
    if (!isListening()) return Promise.resolve(false);
    const answered = witness.wish(path);
    return call(listeners, scheduler, paths.socket, { method: 'POST', path, body: JSON.stringify(body) }).then(
      (answer) => {
        answered(answer?.status === 200);
        // What was answered is to outlive whoever has answered it.
        if (isFaulty && !isResting() && answer?.status === 200 && seeded.chance(path.endsWith('/stop') ? 0.25 : 0.04))
          die();
        if (answer === null || answer.status === 200) return answer !== null;
        const { code, message } = JSON.parse(answer.body) as ErrorDocument;
        say(`${path} is refused: ${message}`);
        if (code === 'ASSERTION' && !isExpected(message)) witness.mistake(`${path}: ${message}`);
        // Nobody else is there to take a port: it would take its own for a stranger's.
        if (/held by \d+ booty/.test(message)) witness.mistake(`${path}: ${message}`);
        return false;
      },
    );
  };
  const askUp = async (all: boolean): Promise<boolean> => {
    const services = all ? [] : current.services.map(({ name }) => name).filter(() => seeded.chance(0.5));
    const beginAnew = witness.up();
    const isTaken = await request('/v1/up', { definition: current, services, profiles: [] });
    if (isTaken) witness.remember();
    if (isTaken) beginAnew();
    return isTaken;
  };

  const askDown = (ask: DownAsk): void => {
    witness.down(ask);
    void request('/v1/down', ask);
  };

  const playScene = createScenes({
    ...{ seeded, machine, askDown, kill, restartMachine, setClock },
    services: definition.services.map((service) => service.name),
    checked: definition.services.filter((each) => each.healthcheck?.probe.kind === 'http').map(({ name }) => name),
    later: (afterMs, run) => void scheduler.after(afterMs, () => isFaulty && run()),
    ask: (service, action) => void request(`/v1/services/${service}/${action}`, {}),
    boot: () => daemons.size === 0 && boot(),
    rest: (forMs) => {
      stepsToDeath = 0;
      restUntilMs = elapsedMs() + forMs;
    },
  });

  const emptyStore = (): void => {
    say('the store is emptied');
    machine.emptyStore();
  };

  const doSomething = (): void => {
    if (isResting()) return;
    const kind = seeded.between(0, 99);
    const states = [...witness.states.values()];
    const name = seeded.pick([...definition.services.map((service) => service.name), 'nobody']);
    if (daemons.size === 0 && seeded.chance(0.7)) boot();
    // Little can go wrong with a stack that is down.
    else if (isListening() && isDown() && seeded.chance(0.8)) void askUp(true);
    // Somebody loses patience with what is not well.
    else if (states.includes('unhealthy') && seeded.chance(0.1)) askDown({ force: 2, graceMsMax: null });
    // A successor looks for the binaries of what runs.
    else if (states.includes('unhealthy') && seeded.chance(0.15)) {
      emptyStore();
      die();
    } else if (seeded.chance(wildness)) playScene();
    else if (kind < 36) void request(`/v1/services/${name}/${seeded.pick(['start', 'stop', 'restart'])}`, {});
    else if (kind < 44) void askUp(seeded.chance(0.7));
    else if (kind < 50) {
      current = changed(seeded, current);
      void askUp(seeded.chance(0.7));
    } else if (kind < 55) {
      askDown({ force: seeded.pick([0, 0, 1, 2]), graceMsMax: seeded.pick([null, 500]) });
    } else if (kind < 60) kill();
    else if (kind < 67) stepsToDeath = seeded.between(1, 80);
    else if (kind < 70) void request('/v1/handover', {});
    else if (kind < 72) {
      kill();
      restartMachine();
    } else if (kind < 73) boot();
    else if (kind < 80) watch(seeded.chance(0.7), seeded.pick(['tui', 'up', 'with']));
    else if (kind < 88) {
      const session = seeded.pick(sessions.length > 0 ? sessions : [silent]);
      witness.doubt();
      if (kind < 86) session.say({ type: seeded.pick(['hangup', 'leave']) });
      else session.vanish();
    } else if (kind < 91) {
      say('everybody asks at once');
      for (let count = 0; count < 30; count += 1) void request(`/v1/services/${name}/restart`, {});
    } else if (kind < 93) {
      emptyStore();
    } else if (kind < 96) {
      seeded.pick([setClock, freeze])();
    } else {
      disk.isFull = true;
      say('the disk is full');
      const fullMs = seeded.between(100, 8_000);
      witness.doubt(fullMs + 2_500);
      scheduler.after(fullMs, () => (disk.isFull = false));
    }
  };

  const isDown = (): boolean => [...witness.states.values()].every((state) => atRest.has(state));
  const rows = async (): Promise<StackRow | null> => {
    const answer = await call(listeners, scheduler, paths.socket, { method: 'GET', path: '/v1/ps' });
    return answer?.status === 200 ? (JSON.parse(answer.body) as StackRow) : null;
  };
  const isListening = (): boolean => listeners.has(paths.socket);
  const bootAgain = async (): Promise<void> => {
    if (daemons.size === 0) boot();
    if (!(await scheduler.pass(30_000, isListening))) throw new Error('no daemon listens in the end');
  };
  const hasArrived = (): boolean =>
    definition.services.every(({ name, healthcheck }) => {
      const state = witness.states.get(name);
      // What ended with 0 passes for a task, unless it has a health check.
      return state === 'ready' || (state === 'completed' && (isTask(name) || healthcheck?.probe.kind === 'none'));
    });

  boot();
  await scheduler.pass(2_000, isListening);
  void askUp(true);
  while (elapsedMs() < faultyMs) {
    await scheduler.pass(seeded.pick([0, 1, 30, 700, 3_000]));
    doSomething();
  }
  say('nothing goes wrong any more');
  machine.endFaults();
  isFaulty = false;
  stepsToDeath = 0;
  // A `down` of before may still be under way, and refuses an `up` (STACK_STOPPING): whoever wants the stack asks again.
  let isTaken = false;
  for (let tries = 0; tries < upTriesMax && !isTaken; tries += 1) {
    await scheduler.pass(settleMs);
    await bootAgain();
    let isAnswered = false;
    void askUp(true).then((taken) => {
      isTaken = taken;
      isAnswered = true;
    });
    await scheduler.pass(10_000, () => isAnswered);
  }
  if (!isTaken) throw new Error('no up is taken in the end');
  if (!(await scheduler.pass(calmMs, hasArrived))) {
    const row = rows();
    await scheduler.pass(100);
    const states = (await row)?.services.map(({ name, state, reason }) => `${name} ${state} (${reason})`);
    throw new Error(`the wanted state is not reached: ${states?.join(', ') ?? 'no daemon answers'}`);
  }
  // What would be signalled by a warden, or taken over by a successor, is what runs; an end may be told late.
  const isRecordTrue = (): boolean => {
    const { running } = JSON.parse(textOf(paths.runFile) ?? '{"running":{}}') as Pick<RunFile, 'running'>;
    const [known, real] = [Object.keys(running), machine.bodies.all.filter((body) => body.alive)];
    return known.length === real.length && real.every((body) => known.includes(body.launch.service));
  };
  if (!(await scheduler.pass(recordMsMax, isRecordTrue)))
    throw new Error('the run file names others than those that run');
  void request('/v1/down', { force: 0, graceMsMax: null });
  if (!(await scheduler.pass(downMs, () => daemons.size === 0))) throw new Error('the daemon does not end');
  const left = machine.bodies.all.filter((body) => body.alive).map((body) => body.launch.service);
  if (left.length > 0) throw new Error(`the daemon has left ${left.join(', ')} running`);
  const files = [paths.runFile, runFileCopy(paths.runFile), paths.stopList].filter((path) => disk.nodes.has(path));
  if (files.length > 0 || disk.locks.size > 0)
    throw new Error(`the daemon has left ${[...files, ...disk.locks.keys()].join(', ')}`);
  return told;
};

const silent: Caller = { say: () => {}, vanish: () => {} };
