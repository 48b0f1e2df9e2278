/**
A world for the core to act on: processes that may not start, end at any time, ignore signals or never die; probes
that lie; fetches that fail; facts that come late, twice or in the wrong order. What really is alive is known here and
nowhere else, so that the invariants can compare it with what the core believes.
*/
import type { Effect } from '../../source/core/effect.ts';
import type { Event } from '../../source/core/event.ts';
import type { ExitStatus } from '../../source/core/model.ts';
import { isTask } from './definition.ts';
import type { Seeded } from './seeded.ts';

type Unstamped<Each> = Each extends Event ? Omit<Each, 'atMs'> : never;
/** An event before the clock stamps it. */
export type Fact = Unstamped<Event>;

export type FakeProcess = {
  readonly service: string;
  readonly generation: number;
  alive: boolean;
  /** True once the core was told of its start. */
  told: boolean;
  /** True while SIGKILL does nothing to it. */
  undying: boolean;
  readonly obeys: boolean;
  readonly warmUpMs: number;
  readonly bornAtMs: number;
};

export type FakeWorld = {
  readonly perform: (effect: Effect) => void;
  /** From now on nothing goes wrong any more; what cannot die ends. */
  readonly endFaults: () => void;
  readonly processes: readonly FakeProcess[];
  /** Exit code of the newest end, by service. */
  readonly lastCodes: ReadonlyMap<string, number | null>;
};

export const createFakeWorld = (
  seeded: Seeded,
  nowMs: () => number,
  schedule: (delayMs: number, run: () => void) => void,
  post: (fact: Fact) => void,
): FakeWorld => {
  const processes: FakeProcess[] = [];
  const lastCodes = new Map<string, number | null>();
  let faulty = true;

  const mishap = (probability: number): boolean => seeded.chance(probability) && faulty;
  const find = (service: string, generation: number): FakeProcess | undefined =>
    processes.find((process) => process.service === service && process.generation === generation);

  /** Tells a fact after a delay, sometimes once more much later. */
  const tell = (delayMs: number, fact: Fact, isStill: () => boolean = () => true): void => {
    schedule(delayMs, () => {
      if (isStill()) post(fact);
    });
    if (mishap(0.08)) schedule(delayMs + seeded.between(0, 8_000), () => post(fact));
  };

  const end = (process: FakeProcess, code: number | null, signal: string | null): void => {
    if (!process.alive) return;
    process.alive = false;
    const { service, generation } = process;
    lastCodes.set(service, code);
    const exit: ExitStatus = { code, signal, atMs: nowMs() };
    tell(seeded.between(0, 30), { type: 'process.exited', service, generation, exit, roll: seeded.roll() });
  };

  const start = (service: string, generation: number): void => {
    const startMs = seeded.between(0, 60);
    if (mishap(0.08)) {
      tell(startMs, { type: 'process.refused', service, generation, reason: 'no such file or directory' });
      return;
    }
    const process: FakeProcess = {
      service,
      generation,
      alive: true,
      told: false,
      undying: mishap(0.03),
      obeys: !mishap(0.15),
      warmUpMs: mishap(0.1) ? 600_000 : seeded.between(0, 1_500),
      bornAtMs: nowMs(),
    };
    processes.push(process);
    const identity = { pid: 1_000 + processes.length, startTicks: String(processes.length), bootId: 'fake' };
    // An end within `startMs` overtakes the answer.
    if (mishap(0.05)) schedule(seeded.between(0, 40), () => end(process, 1, null));
    schedule(startMs, () => (process.told = true));
    tell(startMs, { type: 'process.started', service, generation, identity });
    if (isTask(service)) {
      const code = mishap(0.3) ? 1 : 0;
      schedule(seeded.between(5, 4_000), () => end(process, faulty ? code : 0, null));
    } else if (mishap(0.3)) {
      const signal = seeded.chance(0.3) ? 'SIGSEGV' : null;
      const code = signal === null ? seeded.pick([0, 1, 2, null]) : null;
      schedule(seeded.between(0, 90_000), () => faulty && end(process, code, signal));
    }
  };

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'process.start':
        return start(effect.service, effect.generation);
      case 'process.signal': {
        const { service, generation } = effect;
        const process = find(service, generation);
        // Out late, after what had to be written down; or never, for all that is known.
        if (!mishap(0.05)) tell(mishap(0.1) ? 250 : 0, { type: 'signal.sent', service, generation });
        if (!process || (!process.obeys && faulty)) return;
        const delayMs = seeded.pick([1, 20, 400, 2_500]);
        const byExit = seeded.chance(0.7);
        return schedule(delayMs, () =>
          end(process, byExit ? seeded.pick([0, 1]) : null, byExit ? null : effect.signal),
        );
      }
      case 'process.kill': {
        const process = find(effect.service, effect.generation);
        return schedule(seeded.between(1, 30), () => {
          if (process && !process.undying) end(process, null, 'SIGKILL');
        });
      }
      case 'probe.ask': {
        const { service, generation, timeoutMs } = effect;
        const delayMs = mishap(0.05) ? timeoutMs : seeded.between(0, 20);
        const lies = mishap(0.12);
        return schedule(delayMs, () => {
          const process = find(service, generation);
          const warm = process !== undefined && nowMs() - process.bornAtMs >= (faulty ? process.warmUpMs : 0);
          const ok = (warm && process.alive) !== (lies && faulty);
          tell(0, {
            type: 'probe.answered',
            service,
            generation,
            ok,
            message: ok ? 'status 200' : 'connection refused',
          });
        });
      }
      case 'binary.fetch':
        for (const service of effect.services) {
          const fails = mishap(0.12);
          const fact: Fact = fails
            ? { type: 'binary.failed', service, reason: 'no source has it' }
            : { type: 'binary.fetched', service, version: '1.2.3' };
          tell(seeded.between(0, 3_000), fact);
        }
        return;
      case 'change.tell':
      case 'stack.end':
        return;
    }
  };

  const endFaults = (): void => {
    faulty = false;
    for (const process of processes) {
      if (!process.undying) continue;
      process.undying = false;
      end(process, null, 'SIGKILL');
    }
  };

  return { perform, endFaults, processes, lastCodes };
};
