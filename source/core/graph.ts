import type { Dependency } from './model.ts';

/** What the functions here need to know of a service. */
export type Node = { readonly name: string; readonly dependencies: readonly Dependency[] };

/** The names of a dependency cycle in order, first repeated at the end; null when there is none. */
export const findCycle = (nodes: readonly Node[]): readonly string[] | null => {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] | null => {
    const start = path.indexOf(name);
    if (start !== -1) return [...path.slice(start), name];
    if (done.has(name)) return null;
    for (const { service } of byName.get(name)?.dependencies ?? []) {
      const cycle = visit(service, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const node of nodes) {
    const cycle = visit(node.name, []);
    if (cycle) return cycle;
  }
  return null;
};

/** The chosen names and everything they need, directly or not; unknown names are left out. */
export const withDependencies = (nodes: readonly Node[], chosen: readonly string[]): ReadonlySet<string> => {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const found = new Set<string>();
  const queue = [...chosen];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const node = byName.get(name);
    if (!node || found.has(name)) continue;
    found.add(name);
    queue.push(...node.dependencies.map((dependency) => dependency.service));
  }
  return found;
};

/** Who depends on each service directly, by name. */
export const dependantsOf = (nodes: readonly Node[]): ReadonlyMap<string, readonly string[]> => {
  const dependants = new Map<string, string[]>(nodes.map((node) => [node.name, []]));
  for (const node of nodes) {
    for (const { service } of node.dependencies) dependants.get(service)?.push(node.name);
  }
  return dependants;
};

/**
The layer of each service in a stop, counted from 1: it is one above the highest layer of those that depend on it, so
nothing stops before what uses it. A cycle (two definitions at once may make one) is cut where it is met first.
*/
export const stopLayers = (nodes: readonly Node[]): ReadonlyMap<string, number> => {
  const dependants = dependantsOf(nodes);
  const layers = new Map<string, number>();
  const layerOf = (name: string): number => {
    const known = layers.get(name);
    if (known !== undefined) return known;
    layers.set(name, 1);
    const layer = 1 + Math.max(0, ...(dependants.get(name) ?? []).map(layerOf));
    layers.set(name, layer);
    return layer;
  };
  for (const node of nodes) layerOf(node.name);
  return layers;
};
