/** The order in which services are upgraded. Pure. */

/**
Components of systems that are upgraded in an order of their own, whatever their services depend on; the first goes first.
TiDB: `ComponentsByUpdateOrder` of https://github.com/pingcap/tiup/blob/master/pkg/cluster/spec/spec.go
*/
const families: readonly (readonly string[])[] = [['tiflash', 'pd', 'tikv', 'tidb']];

export type Ordered = {
  readonly name: string;
  readonly component: string | null;
  readonly dependencies: readonly { readonly service: string }[];
};

/**
What others depend on first, within it as written. Between components of one system its own order holds, also against what
is written. All instances of a component stand one after the other; each service is one step of its own.
*/
export const upgradeOrder = (chosen: readonly string[], services: readonly Ordered[]): readonly string[] => {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered = new Set<string>();
  const entered = new Set<string>();
  const visit = (name: string): void => {
    const own = byName.get(name);
    // Entered and not ordered: the two orders contradict each other, and the one that was gone into first holds.
    if (own === undefined || entered.has(name)) return;
    entered.add(name);
    for (const before of earlierOf(own, services)) visit(before);
    for (const { service } of own.dependencies) if (!isEarlier(own, byName.get(service))) visit(service);
    ordered.add(name);
  };
  for (const { name } of services) visit(name);
  return [...ordered].filter((name) => chosen.includes(name));
};

const placeOf = (component: string | null): readonly [family: number, rank: number] => {
  const family = families.findIndex((names) => component !== null && names.includes(component));
  return [family, component === null ? -1 : (families[family]?.indexOf(component) ?? -1)];
};

/** True when its system wants the one upgraded before the other. */
const isEarlier = (one: Ordered, other: Ordered | undefined): boolean => {
  if (other === undefined) return false;
  const [[family, rank], [otherFamily, otherRank]] = [placeOf(one.component), placeOf(other.component)];
  return family >= 0 && family === otherFamily && rank < otherRank;
};

const earlierOf = (service: Ordered, services: readonly Ordered[]): readonly string[] =>
  services.filter((other) => isEarlier(other, service)).map(({ name }) => name);
