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

/** Keeps a warden at this daemon's side: the one that is killed is followed by another, ever later if none lasts. */
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
  let warden: Warden | null = null;
  let isOver = false;
  let againMs = againMsMin;

  const start = async (): Promise<void> => {
    if (isOver) return;
    const bornAtMs = clock.steadyMs();
    try {
      warden = await of.start(count);
      void warden.ended.then(() => again(bornAtMs));
    } catch (error) {
      of.note(`no warden could be started: ${reasonOf(error)}`);
      again(bornAtMs);
    }
  };
  const again = (bornAtMs: number): void => {
    warden = null;
    if (isOver) return;
    againMs = clock.steadyMs() - bornAtMs > againMsMax ? againMsMin : Math.min(againMs * 2, againMsMax);
    clock.after(againMs, () => void start());
  };

  await start();
  const cancelSteady = clock.after(steadyAfterMs, () => {
    count = 0;
    warden?.say('steady');
  });
  return {
    pid: () => warden?.pid ?? null,
    end: async (word) => {
      isOver = true;
      cancelSteady();
      warden?.say(word);
      if (word !== 'end' || warden === null) return;
      // One that was stopped hears nothing.
      const last = warden;
      const cancelKill = clock.after(endMsMax, () => last.kill());
      await last.ended;
      cancelKill();
    },
  };
};
