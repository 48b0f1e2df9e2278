/** What the core asks of the world, named as orders. The performer carries them out and answers with events. */
import type { Probe, ServiceState, StopScope } from './model.ts';

export type Effect =
  /** Asked for once per `up`, so that one call can fetch all of them. */
  | { readonly type: 'binary.fetch'; readonly services: readonly string[] }
  | { readonly type: 'process.start'; readonly service: string; readonly generation: number }
  | {
      readonly type: 'process.signal';
      readonly service: string;
      readonly generation: number;
      readonly signal: string;
      readonly scope: StopScope;
    }
  | { readonly type: 'process.kill'; readonly service: string; readonly generation: number }
  | {
      readonly type: 'probe.ask';
      readonly service: string;
      readonly generation: number;
      readonly probe: Probe;
      readonly timeoutMs: number;
    }
  | {
      readonly type: 'change.tell';
      readonly service: string;
      readonly from: ServiceState | null;
      readonly to: ServiceState;
      readonly reason: string | null;
      readonly atMs: number;
    }
  | { readonly type: 'stack.end' };
