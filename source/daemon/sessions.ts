import type { ClientWord, Frame, OnHangup } from '../api/protocol.ts';
import type { Clock } from '../ports.ts';
import { createFramePace } from './frame-pace.ts';

type Session = {
  readonly client: string;
  readonly onHangup: OnHangup;
  readonly tell: (frame: Frame) => boolean;
  /** Logs frames are left out while the client does not keep up. */
  behind: boolean;
};

export type Sessions = {
  /** Runs until the client leaves, vanishes, or the daemon ends it. */
  readonly join: (
    hello: Extract<ClientWord, { type: 'hello' }>,
    words: AsyncIterable<ClientWord>,
    tell: (frame: Frame) => boolean,
    gone: Promise<void>,
  ) => Promise<void>;
  /** Tells every client how things stand, soon; see `createFramePace` for what is news. */
  readonly stateChanged: (isNews?: boolean) => void;
  readonly tellAll: (frame: Frame) => void;
  readonly count: () => number;
  readonly ownership: () => {
    readonly tied: boolean;
    readonly onHangup: OnHangup;
    readonly orphanedAtMs: number | null;
  };
  /** The owner a predecessor had did not come back: it vanished then. Nothing where there was an owner since. */
  readonly ownerIsGone: (atMs: number) => void;
  /** The last frame for all; their connections end. */
  readonly end: (frame: Frame) => void;
};

/** Clients that show the stack to a person. The others wait for one thing and go: a stack must not hang on them. */
const screens: ReadonlySet<string> = new Set(['tui', 'up']);

/**
The clients that watch, and whose stack it is. A stack is tied to the client that started it: its `hangup` stops the
stack or lets it go, by what it said at the beginning; a connection that ends without a word stops nothing. Ownership
passes to another client that is there.
*/
export const createSessions = (
  clock: Clock,
  of: {
    readonly stateFrame: (owner: boolean) => Frame;
    /**
    The owner's terminal is gone and it wanted the stack to go with it. Resolves once a successor would know: the owner takes
    the end of its connection for a promise.
    */
    readonly stop: () => Promise<void>;
    readonly onChange: () => void;
  },
): Sessions => {
  const sessions = new Set<Session>();
  const enders = new Map<Session, () => void>();
  let owner: Session | null = null;
  let hadOwner = false;
  let onHangup: OnHangup = 'stop';
  let orphanedAtMs: number | null = null;

  const tell = (session: Session, frame: Frame): void => {
    if (frame.type === 'logs' && session.behind) {
      session.behind = false;
      return;
    }
    session.behind = !session.tell(frame);
  };

  const send = (): void => {
    for (const session of sessions) tell(session, of.stateFrame(session === owner));
  };

  const pace = createFramePace(clock, send);
  const stateChanged = (isNews = false): void => {
    if (sessions.size > 0) pace.ask(isNews);
  };

  /** The owner is gone: another client inherits, or the given rule applies. */
  const passOn = async (why: 'vanished' | 'hangup' | 'left'): Promise<void> => {
    const mayInherit = (session: Session): boolean => session !== owner && screens.has(session.client);
    const heir = why === 'left' ? undefined : [...sessions].find(mayInherit);
    owner = heir ?? null;
    if (heir) {
      onHangup = heir.onHangup;
      return changed();
    }
    const stopped = why === 'hangup' && onHangup === 'stop' ? of.stop() : null;
    if (why === 'vanished') orphanedAtMs = clock.nowMs();
    changed();
    await stopped;
  };

  const changed = (): void => {
    of.onChange();
    stateChanged();
  };

  const listen = async (session: Session, words: AsyncIterable<ClientWord>): Promise<void> => {
    for await (const word of words) {
      if (word.type === 'hello') continue;
      if (session === owner) await passOn(word.type === 'leave' ? 'left' : 'hangup');
      return;
    }
    if (session === owner) await passOn('vanished');
  };

  return {
    join: async (hello, words, tellClient, gone) => {
      const session: Session = { client: hello.client, onHangup: hello.onHangup, tell: tellClient, behind: false };
      sessions.add(session);
      if (hello.own && owner === null) {
        owner = session;
        hadOwner = true;
        onHangup = hello.onHangup;
      }
      const ended = Promise.withResolvers<void>();
      enders.set(session, ended.resolve);
      tell(session, of.stateFrame(session === owner));
      // Told once: from here on somebody knows.
      orphanedAtMs = null;
      of.onChange();
      const vanished = gone.then(() => {
        if (session === owner) void passOn('vanished');
      });
      await Promise.race([listen(session, words), vanished, ended.promise]);
      sessions.delete(session);
      enders.delete(session);
      of.onChange();
    },
    stateChanged,
    tellAll: (frame) => {
      for (const session of sessions) tell(session, frame);
    },
    count: () => sessions.size,
    ownership: () => ({ tied: owner !== null, onHangup, orphanedAtMs }),
    ownerIsGone: (atMs) => {
      if (hadOwner) return;
      orphanedAtMs = atMs;
      changed();
    },
    end: (frame) => {
      send();
      for (const session of sessions) tell(session, frame);
      for (const done of enders.values()) done();
    },
  };
};
