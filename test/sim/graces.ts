/**
Holds every SIGKILL to what was promised: a service is asked first, by its stop signal, and then has the whole of its
grace, as time really passes, unless somebody has asked for less.
*/
import { limits } from '../../source/core/limits.ts';
import type { StackDefinition } from '../../source/core/model.ts';
import type { Launch } from '../../source/ports.ts';
import type { Body } from './machine/bodies.ts';

export type Graces = {
  /** Somebody takes the stack down, maybe in haste. */
  readonly down: (ask: DownAsk) => void;
  /** Takes what was asked in haste so far back, once it is called: an `up` that was taken is a new beginning. */
  readonly up: () => () => void;
  readonly birth: (launch: Launch) => void;
  /** What is wrong with this SIGKILL; null: nothing is. */
  readonly judge: (body: Body) => string | null;
};
export type DownAsk = { readonly force: number; readonly graceMsMax: number | null };

/** Timers and stamps count whole milliseconds. */
const roundingMs = 5;

/** The grace that is left to everybody after so urgent a wish. */
const graceAfter = ({ force, graceMsMax }: DownAsk): number =>
  Math.min(force === 2 ? 0 : force === 1 ? limits.shortenedGraceMs : Infinity, graceMsMax ?? Infinity);

export const createGraces = (of: {
  readonly definition: StackDefinition;
  readonly living: () => readonly Body[];
  readonly elapsedMs: () => number;
}): Graces => {
  /** By who was there when it was asked: what is asked later of others changes nothing for them. */
  const bounds = new Map<Launch, number>();
  let boundMs = Infinity;
  let downs = 0;
  const bound = (launch: Launch): number => bounds.get(launch) ?? Infinity;
  return {
    down: (ask) => {
      downs += 1;
      boundMs = Math.min(boundMs, graceAfter(ask));
      for (const { launch } of of.living()) bounds.set(launch, Math.min(bound(launch), boundMs));
    },
    up: () => {
      const before = downs;
      return () => {
        if (downs === before) boundMs = Infinity;
      };
    },
    birth: (launch) => void bounds.set(launch, boundMs),
    judge: ({ launch, askedAtMs }) => {
      const own = of.definition.services.find(({ name }) => name === launch.service)?.stopGraceMs ?? 0;
      const graceMs = Math.min(own, bound(launch));
      if (graceMs === 0) return null;
      if (askedAtMs === null) return `${launch.service} ${launch.generation} is killed and was never asked to stop`;
      const hadMs = of.elapsedMs() - askedAtMs;
      if (hadMs >= graceMs - roundingMs) return null;
      return `${launch.service} ${launch.generation} is killed after ${hadMs} ms, and ${graceMs} ms are its grace`;
    },
  };
};
