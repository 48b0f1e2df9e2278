/**
Facts that reach the core, named in the past tense. Time and chance enter only here: `atMs` on each event, `roll`
where something is drawn. An event about a process carries the generation it speaks of; those of older generations
are dropped.
*/
import type { ExitStatus, Identity, ServiceSpec } from './model.ts';

export type ServiceOrder = {
  readonly spec: ServiceSpec;
  /** Changes whenever anything about the service but its version changes; an unchanged service is left running by a second `up`. */
  readonly fingerprint: string;
  /** Why the version that runs is to give way to another, in a few words; absent: it may stay. */
  readonly moves?: string;
};

export type Event = { readonly atMs: number } & (
  | { readonly type: 'clock.ticked' }
  | {
      readonly type: 'up.requested';
      readonly orders: readonly ServiceOrder[];
      /** Names to start; what they depend on is started with them. */
      readonly start: readonly string[];
    }
  | { readonly type: 'down.requested'; readonly force: 0 | 1 | 2; readonly graceMsMax: number | null }
  | { readonly type: 'start.requested'; readonly service: string }
  | { readonly type: 'stop.requested'; readonly service: string }
  | { readonly type: 'restart.requested'; readonly service: string }
  | { readonly type: 'binary.fetched'; readonly service: string; readonly version: string }
  /** Somebody switched a service to another version; its next start runs it. */
  | { readonly type: 'binary.chosen'; readonly service: string; readonly version: string }
  | { readonly type: 'binary.failed'; readonly service: string; readonly reason: string }
  | {
      readonly type: 'process.started';
      readonly service: string;
      readonly generation: number;
      readonly identity: Identity;
    }
  | {
      readonly type: 'process.refused';
      readonly service: string;
      readonly generation: number;
      readonly reason: string;
    }
  | {
      readonly type: 'process.exited';
      readonly service: string;
      readonly generation: number;
      readonly exit: ExitStatus;
      /** In [0, 1): spreads restarts. */
      readonly roll: number;
    }
  /** The clock on the wall was set forward, or the machine slept: nobody had this time. */
  | { readonly type: 'clock.jumped'; readonly byMs: number }
  /** The signal that a service is asked to end with has been sent, or was refused. */
  | { readonly type: 'signal.sent'; readonly service: string; readonly generation: number }
  /** It has not: whoever was to send it died before. */
  | { readonly type: 'signal.lost'; readonly service: string; readonly generation: number }
  | {
      readonly type: 'probe.answered';
      readonly service: string;
      readonly generation: number;
      readonly ok: boolean;
      readonly message: string;
    }
);
