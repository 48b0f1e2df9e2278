/** The shutdown cascade as rows: who is waited for, for how long, and who comes after. */
import { stopLayers } from './graph.ts';
import { limits } from './limits.ts';
import { exitText } from './restart.ts';
import { isLive, type ServiceWorld, type StackWorld } from './world.ts';

/** One service of the cascade. */
export type StopLine = {
  readonly layer: number;
  readonly service: string;
  readonly state: 'waiting' | 'asked' | 'killed' | 'stopped';
  readonly signal: string | null;
  readonly pid: number | null;
  readonly elapsedMs: number;
  readonly graceMs: number;
  readonly detail: string;
};

/** The whole cascade; `atMostMs` is the longest it can still take if everybody uses all its grace. */
export type StopLines = {
  readonly force: 0 | 1 | 2;
  readonly layers: number;
  readonly atMostMs: number;
  readonly rows: readonly StopLine[];
};

/** null unless the stack is stopping (or has just stopped). Layer 1 is stopped first. */
export const stopLines = (world: StackWorld, nowMs: number): StopLines | null => {
  if (world.stopStartedAtMs === null) return null;
  const members = world.stopping.flatMap((name) => world.services[name] ?? []);
  const names = new Set(world.stopping);
  const layers = stopLayers(
    members.map(({ spec }) => ({
      name: spec.name,
      dependencies: spec.dependencies.filter((dependency) => names.has(dependency.service)),
    })),
  );
  const rows = members
    .map((service) => lineOf(service, layers.get(service.spec.name) ?? 1, world, nowMs))
    .sort((a, b) => a.layer - b.layer);
  return { force: world.force, layers: Math.max(0, ...layers.values()), atMostMs: atMost(rows), rows };
};

const lineOf = (service: ServiceWorld, layer: number, world: StackWorld, nowMs: number): StopLine => {
  const { stop } = service;
  const base = { layer, service: service.spec.name, pid: service.identity?.pid ?? null };
  if (service.state === 'stopping' && stop) {
    const killed = stop.killedAtMs !== null;
    return {
      ...base,
      state: killed ? 'killed' : 'asked',
      signal: killed ? 'SIGKILL' : service.spec.stop.signal,
      elapsedMs: Math.max(0, nowMs - stop.askedAtMs),
      graceMs: stop.graceMs,
      detail: service.reason ?? '',
    };
  }
  if (!isLive(service.state)) {
    const exit = service.lastExit;
    const askedAtMs = stop?.askedAtMs ?? world.stopStartedAtMs ?? nowMs;
    // One that does not die is given up, not over.
    const state = service.identity ? 'killed' : 'stopped';
    const endAtMs = service.identity ? nowMs : (exit?.atMs ?? askedAtMs);
    const detail = service.reason ?? (exit ? exitText(exit) : '');
    return { ...base, state, signal: null, elapsedMs: Math.max(0, endAtMs - askedAtMs), graceMs: 0, detail };
  }
  const graceMs = Math.min(
    service.spec.stop.graceMs,
    world.graceMsMax ?? Number.POSITIVE_INFINITY,
    world.force === 0 ? Number.POSITIVE_INFINITY : limits.shortenedGraceMs,
  );
  return {
    ...base,
    state: 'waiting',
    signal: service.spec.stop.signal,
    elapsedMs: 0,
    graceMs,
    detail: `after layer ${layer - 1}`,
  };
};

/** The longest the rest can take: each layer's longest remaining grace, one layer after the other. */
const atMost = (rows: readonly StopLine[]): number => {
  const longest = new Map<number, number>();
  for (const row of rows) {
    if (row.state === 'stopped') continue;
    const leftMs = row.state === 'killed' ? 0 : Math.max(0, row.graceMs - row.elapsedMs);
    longest.set(row.layer, Math.max(longest.get(row.layer) ?? 0, leftMs));
  }
  return [...longest.values()].reduce((sum, leftMs) => sum + leftMs, 0);
};
