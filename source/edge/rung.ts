import type { Identity, StopScope } from '../core/model.ts';
import type { Launch, Usage } from '../ports.ts';
import type { Leaf } from './leaf.ts';
import type { Marker } from './proc/table.ts';
import type { Sent } from './send.ts';
import type { Birthmark } from './shim.ts';

/**
One way of holding all processes of a service together. The ways form a ladder, surest first: a cgroup v2 leaf, the
tracker over /proc, tree-kill where there is no /proc. A machine uses one, chosen once (`choose-rung.ts`); a service may
have a pid namespace of its own besides. Adopting a running service means following its `Birth` anew: what was remembered
of it is lost, what can be told from the processes themselves is not.
*/
export type Rung = {
  readonly name: 'cgroup' | 'tracker' | 'tree-kill';
  /** Why it is not a better one, or that there is none better. */
  readonly why: string;
  /** The kernel's group a service is to be born into; null where the rung has none. */
  makeLeaf(launch: Launch): Leaf | null;
  /** What gives the shim whoever loses its parent, for services without such a group; null where there is nothing. */
  readonly reaper: readonly string[] | null;
  /** The one a running process is in already. */
  findLeaf(pid: number): Leaf | null;
  follow(birth: Birth): Hold;
  /** Of all holds in one pass. */
  usage(holds: readonly Hold[], nowMs: number): ReadonlyMap<Hold, Usage>;
};

/** What is known of a service as soon as its shim runs. */
export type Birth = {
  readonly marker: Marker;
  readonly shim: { readonly pid: number; readonly startTicks: string };
  readonly mode: 'file' | 'pipe';
  /** Where its output goes, by the path as the kernel tells it. */
  readonly logFile: string;
  readonly leaf: Leaf | null;
  /** It has a pid namespace of its own. */
  readonly isPrivate: boolean;
  readonly atMs: number;
};

export type Hold = {
  /** Told once the service itself is known, and pid 1 of its namespace where it has one of its own. */
  know(identity: Identity, first: Birthmark | null): void;
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
  /** Takes away what the rung made for it. */
  release(): Promise<void>;
};

export type Delivery = { readonly pid: number; readonly answer: Sent };
export type Swept = { readonly killed: readonly number[]; readonly left: number };
