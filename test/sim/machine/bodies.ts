/** The processes of a simulated machine: what is really alive, whoever watches or believes something else. */
import { formatMark } from '../../../source/core/log-mark.ts';
import type { ExitStatus, Identity } from '../../../source/core/model.ts';
import type { Launch, Processes, Started } from '../../../source/ports.ts';
import { appendTo, type Disk } from './disk.ts';
import type { Lifeline } from './lifeline.ts';
import type { Scheduler } from './scheduler.ts';

export type OnExit = Parameters<Processes['start']>[1];

/** How a process will behave, drawn at its birth. */
export type Character = {
  readonly obeys: boolean;
  undying: boolean;
  /** From its birth until it answers. */
  readonly warmUpMs: number;
  /** It ends by itself after this time; null: never. */
  lifeMs: number | null;
  /** With which code, then. */
  code: number;
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
  /** A stop signal has reached it. */
  asked: boolean;
  exit: ExitStatus | null;
  watcher: { readonly line: Lifeline; readonly onExit: OnExit } | null;
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
  /** Whether a successor can find that it was started: of this boot, and nobody has forgotten it. */
  readonly isRecorded: (body: Body) => boolean;
  readonly forget: (launch: Launch) => void;
  /** Everything is gone, and what runs afterwards bears other names. */
  readonly reboot: () => void;
};

export const createBodies = (of: {
  readonly scheduler: Scheduler;
  readonly disk: Disk;
  readonly wallMs: () => number;
  readonly draw: (launch: Launch) => Character;
  /** How late an end is told. */
  readonly drainMs: () => number;
  /** Called right before a process comes to be. */
  readonly onBirth: (launch: Launch) => void;
}): Bodies => {
  const { scheduler, disk } = of;
  let all: Body[] = [];
  const forgotten = new Set<number>();
  let boot = 1;
  let nextPid = 1_000;
  const bootId = (): string => `boot-${boot}`;
  const identityAt = (pid: number): Identity => ({ pid, startTicks: String(pid * 7), bootId: bootId() });

  const end: Bodies['end'] = (body, code, signal) => {
    if (!body.alive) return;
    body.alive = false;
    const exit = { code, signal, atMs: of.wallMs() };
    body.exit = exit;
    const { watcher } = body;
    watcher?.line.after(of.drainMs(), () => watcher.onExit({ ...exit, stragglers: 0 }));
  };

  const bear = (launch: Launch): Body => {
    of.onBirth(launch);
    const pid = (nextPid += 2);
    const { logFile } = launch;
    const logStartByte = disk.nodes.get(logFile)?.bytes.length ?? 0;
    const started = { identity: identityAt(pid), group: identityAt(pid - 1), logStartByte };
    const character = of.draw(launch);
    const bornAtMs = scheduler.elapsedMs();
    const body: Body = { launch, started, character, bornAtMs, alive: true, asked: false, exit: null, watcher: null };
    all.push(body);
    appendTo(disk, logFile, formatMark({ ...launch, pid }), of.wallMs());
    scheduler.after(character.warmUpMs, () => {
      if (body.alive) appendTo(disk, logFile, 'ready\n', of.wallMs());
    });
    if (character.lifeMs !== null) {
      scheduler.after(character.lifeMs, () => {
        if (character.lifeMs !== null) end(body, character.code, null);
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
      body.asked = true;
      if (!body.character.obeys) return;
      const { windDownMs, windDownCode } = body.character;
      scheduler.after(windDownMs, () => end(body, windDownCode, windDownCode === null ? signal : null));
    },
    kill: (body) => {
      if (!body.character.undying) end(body, null, 'SIGKILL');
    },
    isRecorded: (body) => !forgotten.has(body.started.identity.pid) && body.started.identity.bootId === bootId(),
    forget: ({ statusFile }) => {
      for (const body of all) if (body.launch.statusFile === statusFile) forgotten.add(body.started.identity.pid);
    },
    reboot: () => {
      for (const body of all) body.alive = false;
      all = [...all];
      boot += 1;
    },
  };
};
