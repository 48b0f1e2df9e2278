/**
Every cycle of a graph that a depth-first search meets, as the names in order with the first repeated at the end:
`['web', 'api', 'db', 'web']`. Empty exactly when there is no cycle. Names without an entry have no edges.
*/
export const findCycles = (edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] => {
  const cycles: (readonly string[])[] = [];
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const again = trail.indexOf(name);
    if (again !== -1) {
      cycles.push([...trail.slice(again), name]);
      return;
    }
    if (done.has(name)) return;
    for (const next of edges.get(name) ?? []) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const name of edges.keys()) visit(name, []);
  return cycles;
};
