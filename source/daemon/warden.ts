import { reasonOf } from '../core/error.ts';
import type { Warden, World } from '../ports.ts';

export type WardenKeeper = {
  readonly pid: () => number | null;
  /** The daemon is done: its warden goes in peace, or (`yield`) sees to it that a successor comes. */
  readonly end: (word: 'end' | 'yield') => Promise<void>;
};

/** A daemon that has run this long is no longer one that dies at its start. */
const steadyAfterMs = 3_000;
/** Its part is to leave. */
const endMsMax = 2_000;
const againMsMin = 50;
const againMsMax = 60_000;

/**
Keeps a warden and its second at this daemon's side: where one of the two is killed, another pair follows, ever later if none
lasts; until it is there the other one watches.
*/
export const keepWarden = async (
  { clock }: Pick<World, 'clock'>,
  of: {
    readonly start: (count: number) => Promise<Warden>;
    /** How many daemons before this one have died in a row. */
    readonly count: number;
    readonly note: (line: string) => void;
  },
): Promise<WardenKeeper> => {
  let { count } = of;
  /** The pair that watches, or what is left of it while another is on its way. */
  let warden: Warden | null = null;
  let isWhole = false;
  let isOver: 'end' | 'yield' | null = null;
  let againMs = againMsMin;

  const start = async (): Promise<void> => {
    if (isOver !== null) return;
    const bornAtMs = clock.steadyMs();
    try {
      const next = await of.start(count);
      // Whoever is left of the last pair has watched until here.
      warden?.say('end');
      warden = next;
      if (isOver !== null) return next.say(isOver);
      isWhole = true;
      void next.ended.then(() => again(bornAtMs));
    } catch (error) {
      of.note(`no warden could be started: ${reasonOf(error)}`);
      again(bornAtMs);
    }
  };
  const again = (bornAtMs: number): void => {
    isWhole = false;
    if (isOver !== null) return;
    againMs = clock.steadyMs() - bornAtMs > againMsMax ? againMsMin : Math.min(againMs * 2, againMsMax);
    clock.after(againMs, () => {
      starting = start();
    });
  };

  let starting = start();
  await starting;
  const cancelSteady = clock.after(steadyAfterMs, () => {
    count = 0;
    warden?.say('steady');
  });
  return {
    pid: () => (isWhole ? (warden?.pid ?? null) : null),
    end: async (word) => {
      isOver = word;
      cancelSteady();
      warden?.say(word);
      // One that was stopped hears nothing.
      const cancelKill = word === 'end' ? clock.after(endMsMax, () => warden?.kill()) : () => {};
      // A pair on its way would take the end of this daemon for its death; it is told as soon as it is there.
      await starting;
      if (word === 'end') await warden?.gone;
      cancelKill();
    },
  };
};
