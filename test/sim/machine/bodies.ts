/**
The processes of a simulated machine: what is really alive, whoever watches or believes something else. What a start and
an end leave on the disk is what the real ones leave: `<prefix>.launch` before the start, `<prefix>` with the exit code
after the end, unless no byte fits.
*/
import path from 'node:path';
import { formatMark } from '../../../source/core/log-mark.ts';
import type { ExitStatus, Identity } from '../../../source/core/model.ts';
import type { Launch, Processes, Started } from '../../../source/ports.ts';
import { appendTo, type Disk } from './disk.ts';
import type { Lifeline } from './lifeline.ts';
import type { Scheduler } from './scheduler.ts';

export type OnExit = Parameters<Processes['start']>[1];

/** How a process will behave, drawn at its birth. */
export type Character = {
  obeys: boolean;
  /** SIGKILL does nothing to it for a while, as to one that hangs in the kernel. */
  undying: boolean;
  /** For how long, from the first SIGKILL. */
  readonly undyingMs: number;
  /** From its birth until it answers. */
  readonly warmUpMs: number;
  /** From this age on it says that it is not well; null: it stays well. */
  readonly sickFromMs: number | null;
  /** For so long. */
  readonly sickMs: number;
  /** It ends by itself after this time; null: never. */
  lifeMs: number | null;
  /** With which code, then; null: by the signal. */
  code: number | null;
  readonly signal: string | null;
  /** How long it takes to obey, and with which code it ends. */
  readonly windDownMs: number;
  readonly windDownCode: number | null;
};

export type Body = {
  readonly launch: Launch;
  readonly started: Started;
  readonly character: Character;
  readonly bornAtMs: number;
  alive: boolean;
  /** When a stop signal reached it first; null: none has. Counted as time passes, whatever the clocks say. */
  askedAtMs: number | null;
  /** SIGKILL was sent to it, whether or not it died. */
  isKilled: boolean;
  exit: ExitStatus | null;
  /** The end was written to the disk, even if it was removed since. */
  isEndWritten: boolean;
  /** Who has heard how it ended. */
  heardBy: Lifeline | null;
  watcher: Watcher | null;
};

export type Watcher = {
  readonly line: Lifeline;
  readonly onExit: OnExit;
  /** Of a service that another daemon started the end is known by what is on the disk alone. */
  readonly isAdopted: boolean;
};

export type Bodies = {
  readonly all: readonly Body[];
  readonly bootId: () => string;
  readonly living: (service: string) => readonly Body[];
  readonly find: (identity: Identity) => Body | null;
  readonly bear: (launch: Launch) => Body;
  readonly end: (body: Body, code: number | null, signal: string | null) => void;
  readonly deliver: (body: Body, signal: string) => void;
  readonly kill: (body: Body) => void;
  /** What a successor can find out by the disk: those of this boot that were started and are alive, or whose end is written. */
  readonly recorded: (runFolder: string) => readonly Body[];
  /** The end as it is written down; both null when it is not. */
  readonly writtenEnd: (launch: Launch) => ExitStatus;
  readonly forget: (launch: Pick<Launch, 'statusFile'>) => void;
  /** Everything is gone, and what runs afterwards bears other names. */
  readonly reboot: () => void;
};

const firstPid = 1_000;
const lastPid = 1_200;

export const createBodies = (of: {
  readonly scheduler: Scheduler;
  readonly disk: Disk;
  readonly wallMs: () => number;
  readonly draw: (launch: Launch) => Character;
  /** How late an end is told. */
  readonly drainMs: () => number;
  /** Called right before a process comes to be. */
  readonly onBirth: (launch: Launch) => void;
  /** Called when a process has ended, before anybody is told. */
  readonly onEnd: () => void;
}): Bodies => {
  const { scheduler, disk } = of;
  let all: Body[] = [];
  let boot = 1;
  let nextPid = firstPid;
  let births = 0;
  const bootId = (): string => `boot-${boot}`;
  const identityAt = (pid: number): Identity => ({ pid, startTicks: String((births += 1)), bootId: bootId() });
  /** Small numbers come round soon: a pid alone says nothing. */
  const freePid = (): number => {
    do nextPid = nextPid >= lastPid ? firstPid : nextPid + 2;
    while (all.some((body) => body.alive && body.started.identity.pid === nextPid));
    return nextPid;
  };

  const end: Bodies['end'] = (body, code, signal) => {
    if (!body.alive) return;
    body.alive = false;
    of.onEnd();
    const exit = { code, signal, atMs: of.wallMs() };
    body.exit = exit;
    const { statusFile } = body.launch;
    body.isEndWritten = !disk.isFull;
    if (body.isEndWritten) appendTo(disk, statusFile, `${JSON.stringify(exit)}\n`, of.wallMs());
    const { watcher } = body;
    // As the shim of another daemon has nobody to tell, its file is looked at; SIGKILL is what is sent from here.
    const seen = watcher?.isAdopted === true && signal !== 'SIGKILL' ? writtenEnd(body.launch) : exit;
    watcher?.line.after(of.drainMs(), () => {
      if (seen.code !== null || seen.signal !== null) body.heardBy = watcher.line;
      watcher.onExit({ ...seen, atMs: exit.atMs, stragglers: 0 });
    });
  };

  const writtenEnd = ({ statusFile }: Launch): ExitStatus => {
    const text = new TextDecoder().decode(disk.nodes.get(statusFile)?.bytes);
    return text === '' ? { code: null, signal: null, atMs: of.wallMs() } : (JSON.parse(text) as ExitStatus);
  };

  const bear = (launch: Launch): Body => {
    // As the real one does, before anything is there to be found again.
    for (const ending of ['', '.launch']) disk.nodes.delete(launch.statusFile + ending);
    if (disk.isFull) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    appendTo(disk, `${launch.statusFile}.launch`, JSON.stringify(launch), of.wallMs());
    of.onBirth(launch);
    const pid = freePid();
    const { logFile } = launch;
    const logStartByte = disk.nodes.get(logFile)?.bytes.length ?? 0;
    const started = { identity: identityAt(pid), group: identityAt(pid - 1), logStartByte };
    const character = of.draw(launch);
    const bornAtMs = scheduler.elapsedMs();
    const body: Body = {
      launch,
      started,
      character,
      bornAtMs,
      alive: true,
      askedAtMs: null,
      isKilled: false,
      exit: null,
      isEndWritten: false,
      heardBy: null,
      watcher: null,
    };
    all.push(body);
    appendTo(disk, logFile, formatMark({ ...launch, pid }), of.wallMs());
    scheduler.after(character.warmUpMs, () => {
      if (body.alive) appendTo(disk, logFile, 'ready\n', of.wallMs());
    });
    if (character.lifeMs !== null) {
      scheduler.after(character.lifeMs, () => {
        if (character.lifeMs !== null) end(body, character.code, character.code === null ? character.signal : null);
      });
    }
    return body;
  };

  return {
    get all() {
      return all;
    },
    bootId,
    living: (service) => all.filter((body) => body.alive && body.launch.service === service),
    find: ({ pid, startTicks, bootId: at }) =>
      all.find(({ started: { identity } }) => {
        return identity.pid === pid && identity.startTicks === startTicks && identity.bootId === at;
      }) ?? null,
    bear,
    end,
    deliver: (body, signal) => {
      body.askedAtMs ??= scheduler.elapsedMs();
      if (!body.character.obeys) return;
      const { windDownMs, windDownCode } = body.character;
      scheduler.after(windDownMs, () => end(body, windDownCode, windDownCode === null ? signal : null));
    },
    kill: (body) => {
      body.isKilled = true;
      if (!body.character.undying) return end(body, null, 'SIGKILL');
      scheduler.after(body.character.undyingMs, () => end(body, null, 'SIGKILL'));
    },
    recorded: (runFolder) =>
      all.filter(({ launch, started, alive }) => {
        const isKept = disk.nodes.has(`${launch.statusFile}.launch`) && path.dirname(launch.statusFile) === runFolder;
        const { code, signal } = writtenEnd(launch);
        return isKept && started.identity.bootId === bootId() && (alive || code !== null || signal !== null);
      }),
    writtenEnd,
    forget: ({ statusFile }) => {
      for (const ending of ['', '.launch']) disk.nodes.delete(statusFile + ending);
    },
    reboot: () => {
      for (const body of all) body.alive = false;
      all = [...all];
      boot += 1;
      nextPid = firstPid;
      births = 0;
    },
  };
};
