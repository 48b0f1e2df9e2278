import type { StackDefinition } from '../core/model.ts';
import { portRequests, type PortTable } from './ports.ts';

/** A port as far as it is known before, or while, the stack runs. */
export type ExpectedPort = {
  /** null: any free one, chosen at the start. */
  readonly number: number | null;
  readonly from: 'running' | 'written' | 'default' | 'any free';
};

/** Ports of a stack as they are or will most likely be. */
export type ExpectedPorts = {
  readonly ports: Readonly<Record<string, Readonly<Record<string, ExpectedPort>>>>;
  /** A number for each, also for those that have none yet: what is assembled with it speaks of stand-ins. */
  readonly table: PortTable;
  /** Puts `<service.port>` in the place of the stand-ins of a text. */
  readonly withoutStandIns: (text: string) => string;
};

/**
Works out the ports of a stack: those it runs with where `running` knows them, else those written and the defaults. A
default that another service has already moves up, as it does at a start; what other programs hold is not looked at.
*/
export const expectedPorts = (definition: StackDefinition, running: PortTable): ExpectedPorts => {
  const ports: Record<string, Record<string, ExpectedPort>> = {};
  const table: Record<string, Record<string, number>> = {};
  const standIns = new Map<number, string>();
  const requests = portRequests(definition);
  const taken = new Set(requests.flatMap(({ wanted }) => (wanted === 'auto' ? [] : [wanted])));
  const given = new Set<number>();
  const text = JSON.stringify(definition);
  let standIn = 65_535;
  for (const { service, port, wanted, strict } of requests) {
    const known = running[service]?.[port];
    let number = known ?? (wanted === 'auto' ? null : wanted);
    if (known === undefined && number !== null && !strict && given.has(number)) {
      while (taken.has(number) || given.has(number)) number += 1;
    }
    if (number !== null) given.add(number);
    const from = known !== undefined ? 'running' : wanted === 'auto' ? 'any free' : strict ? 'written' : 'default';
    (ports[service] ??= {})[port] = { number, from };
    if (number === null) {
      // A number that nothing in the definition speaks of.
      while (taken.has(standIn) || given.has(standIn) || text.includes(String(standIn))) standIn -= 1;
      standIns.set(standIn, `<${service}.${port}>`);
      number = standIn;
      standIn -= 1;
    }
    (table[service] ??= {})[port] = number;
  }
  const pattern = new RegExp(`(?<!\\d)(?:${[...standIns.keys()].join('|')})(?!\\d)`, 'g');
  return {
    ports,
    table,
    withoutStandIns: (whole) =>
      standIns.size === 0 ? whole : whole.replace(pattern, (found) => standIns.get(Number(found)) ?? found),
  };
};
