import type { StopScope } from '../core/model.ts';
import type { Usage } from '../ports.ts';
import type { Marker } from './proc/table.ts';
import type { Sent } from './send.ts';

/**
One way of holding all processes of a service together. The ways form a ladder, surest first: a cgroup v2 leaf, a
private pid namespace, the tracker over /proc (`tracker.ts`), tree-kill where there is no /proc. A machine uses one;
another is added by writing another `Rung`. Adopting a running service means following its `Birth` anew: what was
remembered of it is lost, what can be told from the processes themselves is not.
*/
export type Rung = {
  readonly name: string;
  follow(birth: Birth): Hold;
  /** Of all holds in one pass. */
  usage(holds: readonly Hold[], nowMs: number): ReadonlyMap<Hold, Usage>;
};

/** What is known of a service as soon as its shim runs. */
export type Birth = {
  readonly marker: Marker;
  readonly shim: { readonly pid: number; readonly startTicks: string };
  readonly mode: 'file' | 'pipe';
  readonly atMs: number;
};

export type Hold = {
  /** To the group or the tree, the shim and its helpers spared. Says whom it could not reach. */
  signal(signal: string, scope: Exclude<StopScope, 'process'>): readonly Delivery[];
  /** Whether a member lives that was sent a signal to end and handles it, so that it may be about to. */
  isEnding(): boolean;
  /** Kills all members and looks until none is left; `left` above 0 when that did not succeed in time. */
  sweep(): Promise<Swept>;
  /** Pids of the living members. */
  members(): readonly number[];
  /** Whether the shim or a helper of it lives. */
  hasHelpers(): boolean;
  /** Ends the shim and its helpers, for when nothing is left for them to do. */
  endHelpers(): void;
};

export type Delivery = { readonly pid: number; readonly answer: Sent };
export type Swept = { readonly killed: readonly number[]; readonly left: number };
