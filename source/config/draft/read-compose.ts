import { parseDocument } from 'yaml';
import { composeService, peerOf, type ComposeMap, type ComposeWorld } from './compose-service.ts';
import { fittingName, type Draft, type DraftService, type DraftValue, type Skipped } from './draft.ts';

/**
The services a compose file tells of, as far as they can run without containers: those with a command of their own, and
images of systems booty knows, which become components. What can not is among the skipped, and nobody depends on it any
more. null when the text is no map with services.
*/
export const readCompose = (text: string, from: string, world: ComposeWorld): Draft | null => {
  const document = parseDocument(text, { merge: true, uniqueKeys: false });
  if (document.errors.length > 0) return null;
  const services = mapOf(mapOf(document.toJS({ maxAliasCount: 1_000 }))?.['services']);
  if (services === null) return null;
  const names = namesOf(Object.keys(services));
  const maps = Object.entries(services).map(([written, service]) => [written, mapOf(service) ?? {}] as const);
  const peers = new Map(
    maps.map(([written, service]) => [written, peerOf(names.get(written) ?? written, service, world)]),
  );
  const read = maps.map(([written, service]) => composeService({ written, from, service }, peers, world));
  const kept = read.flatMap((each) => ('why' in each ? [] : [each]));
  const skipped = read.flatMap((each) => ('why' in each ? [each] : []));
  return { services: withFreePorts(kept.map((service) => withoutSkipped(service, kept, skipped))), skipped };
};

/** Two names of Compose may become one of booty's: the second gets a number. */
const namesOf = (written: readonly string[]): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of written) {
    const base = fittingName(name);
    let fitting = base;
    for (let number = 2; taken.has(fitting); number++) fitting = `${base.slice(0, 36)}-${number}`;
    taken.add(fitting);
    names.set(name, fitting);
  }
  return names;
};

/** Takes away dependencies on what is not there, and waits for health only where somebody tells. */
const withoutSkipped = (
  service: DraftService,
  kept: readonly DraftService[],
  skipped: readonly Skipped[],
): DraftService => {
  const { depends_on: written, ...rest } = service.keys;
  if (written === undefined) return service;
  const wanted = Object.entries(written as Readonly<Record<string, Readonly<Record<string, DraftValue>>>>);
  const there = wanted.flatMap(([name, how]) => {
    const other = kept.find((each) => each.name === name);
    if (other === undefined) return [];
    const isAsked = 'component' in other.keys || 'healthcheck' in other.keys;
    const condition = how['condition'] === 'service_healthy' && !isAsked ? 'service_started' : how['condition'];
    return [[name, { ...how, condition: condition ?? 'service_started' }] as const];
  });
  const gone = wanted.map(([name]) => name).filter((name) => !there.some(([kept_]) => kept_ === name));
  const about = gone.map((name) => {
    const why = skipped.find((each) => each.name === name)?.why ?? 'it is no service of the file';
    return `It depended on ${name}, which is left out: ${why}.`;
  });
  const isPlain = there.every(([, how]) => how.condition === 'service_started' && Object.keys(how).length === 1);
  const dependsOn = isPlain ? there.map(([name]) => name) : Object.fromEntries(there);
  return {
    ...service,
    about: [...service.about, ...about],
    keys: there.length > 0 ? { ...rest, depends_on: dependsOn } : rest,
  };
};

/** In Compose every container has all ports to itself; here a number is taken once. */
const withFreePorts = (services: readonly DraftService[]): readonly DraftService[] => {
  const holders = new Map<number, string>();
  return services.map((service) => {
    const taken: string[] = [];
    const ports = Object.entries((service.keys['ports'] ?? {}) as Readonly<Record<string, number>>).map(
      ([name, number]) => {
        const holder = holders.get(number);
        if (holder === undefined) holders.set(number, service.name);
        else taken.push(`Port ${number} is that of ${holder} already: it gets a free one, see PORT.`);
        return [name, holder === undefined ? number : 'auto'] as const;
      },
    );
    if (taken.length === 0) return service;
    const keys = { ...service.keys, ports: Object.fromEntries(ports) };
    return { ...service, about: [...service.about, ...taken], keys };
  });
};

const mapOf = (value: unknown): ComposeMap | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ComposeMap) : null;
