/** A step test as a short story: events go in one after the other, and what comes out is asked for afterwards. */
import type { Effect } from '../../source/core/effect.ts';
import type { Event } from '../../source/core/event.ts';
import type {
  Dependency,
  DependencyCondition,
  ExitStatus,
  Identity,
  ProbePolicy,
  ServiceSpec,
} from '../../source/core/model.ts';
import { nextWakeAtMs, step } from '../../source/core/step.ts';
import { emptyWorld, type ServiceWorld, type StackWorld } from '../../source/core/world.ts';

export const readiness: ProbePolicy = {
  probe: { kind: 'http', url: 'http://127.0.0.1:1/health' },
  intervalMs: 1_000,
  startIntervalMs: 200,
  timeoutMs: 500,
  retries: 3,
  startPeriodMs: 0,
  onUnhealthy: 'report',
};

/** A service that needs no binary, has no health check and is not restarted, unless told otherwise. */
export const serviceSpec = (name: string, change: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name,
  component: null,
  needsBinary: false,
  dependencies: [],
  readiness: null,
  restart: { when: 'no', retriesMax: null },
  stop: { signal: 'SIGTERM', graceMs: 3_000, scope: 'group' },
  ports: {},
  ...change,
});

export const on = (
  service: string,
  condition: DependencyCondition = 'service_started',
  change: Partial<Dependency> = {},
): Dependency => ({ service, condition, required: true, restart: false, ...change });

export const orderOf = (spec: ServiceSpec) => ({ spec, fingerprint: JSON.stringify(spec) });

export const exitOf = (code: number | null, signal: string | null = null, atMs = 0): ExitStatus => ({
  code,
  signal,
  atMs,
});

type Unstamped<Each> = Each extends Event ? Omit<Each, 'atMs'> : never;

export class Story {
  world: StackWorld = emptyWorld;
  nowMs = 1_000_000;
  /** False: signals to stop stay on their way until the story says that they are out. */
  areSignalsFast = true;
  readonly #effects: Effect[] = [];

  happen(fact: Unstamped<Event>): void {
    const result = step(this.world, { ...fact, atMs: this.nowMs });
    this.world = result.world;
    this.#effects.push(...result.effects);
    if (!this.areSignalsFast) return;
    for (const effect of result.effects) if (effect.type === 'process.signal') this.sent(effect.service);
  }

  up(specs: readonly ServiceSpec[], start: readonly string[] = specs.map((spec) => spec.name)): void {
    this.happen({ type: 'up.requested', orders: specs.map(orderOf), start });
  }

  down(force: 0 | 1 | 2 = 0, graceMsMax: number | null = null): void {
    this.happen({ type: 'down.requested', force, graceMsMax });
  }

  ask(what: 'start' | 'stop' | 'restart', service: string): void {
    this.happen({ type: `${what}.requested`, service });
  }

  started(service: string, generation = this.service(service).generation): Identity {
    const identity = { pid: 100 + generation, startTicks: `${service}${generation}`, bootId: 'boot' };
    this.happen({ type: 'process.started', service, generation, identity });
    return identity;
  }

  sent(service: string): void {
    this.happen({ type: 'signal.sent', service, generation: this.service(service).generation });
  }

  refused(service: string, reason = 'no such file'): void {
    this.happen({ type: 'process.refused', service, generation: this.service(service).generation, reason });
  }

  exited(service: string, code: number | null = 0, generation = this.service(service).generation): void {
    const exit = exitOf(code, code === null ? 'SIGKILL' : null, this.nowMs);
    this.happen({ type: 'process.exited', service, generation, exit, roll: 0.5 });
  }

  answered(service: string, ok: boolean): void {
    const { generation } = this.service(service);
    this.happen({ type: 'probe.answered', service, generation, ok, message: ok ? 'status 200' : 'refused' });
  }

  /** Starts and, with a health check, passes it. */
  becomeReady(service: string): void {
    this.started(service);
    if (this.service(service).spec.readiness) this.answered(service, true);
  }

  /** Time passes; the core is woken whenever it wants to be. */
  pass(durationMs: number): void {
    const untilMs = this.nowMs + durationMs;
    for (let next = nextWakeAtMs(this.world); next !== null && next <= untilMs; next = nextWakeAtMs(this.world)) {
      this.nowMs = Math.max(this.nowMs, next);
      this.happen({ type: 'clock.ticked' });
    }
    this.nowMs = untilMs;
  }

  service(name: string): ServiceWorld {
    const service = this.world.services[name];
    if (!service) throw new Error(`the story has no service ${name}`);
    return service;
  }

  state(name: string): string {
    return this.service(name).state;
  }

  states(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.world.services).map(([name, service]) => [name, service.state]));
  }

  /** What the core has asked for since the last look, in short: `start web`, `SIGTERM db`, `kill db`, `fetch a b`, `end`. */
  asked(): readonly string[] {
    return this.#effects.splice(0).flatMap(shortly);
  }
}

const shortly = (effect: Effect): readonly string[] => {
  switch (effect.type) {
    case 'process.start':
      return [`start ${effect.service}`];
    case 'process.signal':
      return [`${effect.signal} ${effect.service}`];
    case 'process.kill':
      return [`kill ${effect.service}`];
    case 'probe.ask':
      return [`probe ${effect.service}`];
    case 'binary.fetch':
      return [`fetch ${effect.services.join(' ')}`];
    case 'stack.end':
      return ['end'];
    case 'change.tell':
      return [];
  }
};
