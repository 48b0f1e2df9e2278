/**
What the core asks of the world, named as orders. The performer carries them out and answers with events. Each
`process.start` is answered by `process.started` or `process.refused` (within limits.spawnTimeoutMs), each `probe.ask`
by `probe.answered` (within its timeout), each `binary.fetch` for each of its services: the core waits for these
answers and sets no time of its own.
*/
import type { Probe, ServiceState, StopScope } from './model.ts';

export type Effect =
  /** All that one event made wanted, so that one call can fetch them together. */
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
