/** Holds a daemon, and its successors, to what was answered: a service whose stop was taken stays down until somebody asks. */
import type { StackRow } from '../../source/core/model.ts';

export type Promises = {
  /** Somebody asks; to be called with whether it was taken, or false when nobody can say. */
  readonly ask: (path: string) => (isTaken: boolean) => void;
  readonly birth: (service: string) => void;
  /** What the first state of a daemon says. */
  readonly hear: (row: StackRow) => void;
  /** Nothing is sure for so long: a disk takes nothing, or takes its time; or no more, as somebody acts in another way. */
  readonly forget: (lengthMs?: number) => void;
};

const resting: ReadonlySet<string> = new Set(['stopping', 'stopped', 'completed', 'failed']);

export const createPromises = (of: {
  readonly elapsedMs: () => number;
  readonly isLiving: (service: string) => boolean;
  readonly demand: (holds: boolean, sentence: string) => void;
}): Promises => {
  let asked = 0;
  let open = 0;
  /** The service that is to stay down. */
  let promised: string | null = null;
  let doubtfulUntilMs = 0;
  const forget = (lengthMs = 0): void => {
    asked += 1;
    promised = null;
    doubtfulUntilMs = Math.max(doubtfulUntilMs, of.elapsedMs() + lengthMs);
  };
  return {
    ask: (path) => {
      forget();
      const own = asked;
      open += 1;
      return (isTaken) => {
        open -= 1;
        const [, service] = /^\/v1\/services\/(.+)\/stop$/.exec(path) ?? [];
        // A start that is under way still comes to be, and is stopped then.
        const isSure = open === 0 && own === asked && of.elapsedMs() >= doubtfulUntilMs;
        if (isTaken && isSure && service !== undefined && of.isLiving(service)) promised = service;
      };
    },
    birth: (service) =>
      of.demand(service !== promised, `${service} is started, and its stop was the last that was asked`),
    hear: ({ services }) => {
      const row = services.find(({ name }) => name === promised);
      // What uses it is asked first.
      if (!row || services.some(({ state }) => state === 'stopping')) return;
      of.demand(resting.has(row.state), `${row.name} is ${row.state}, and its stop was taken before`);
    },
    forget,
  };
};
