import { lifecycle } from '../../source/core/lifecycle.ts';

/** Every cell of the lifecycle table that is held possible, as `state input`. Read before the watch begins. */
export const possibleCells = (): readonly string[] =>
  Object.entries(lifecycle).flatMap(([state, row]) =>
    Object.entries(row).flatMap(([input, cell]) => (cell === 'impossible' ? [] : [`${state} ${input}`])),
  );

/** Notes each cell that is asked from now on, and how often. For the whole process. */
export const watchCells = (): ReadonlyMap<string, number> => {
  const seen = new Map<string, number>();
  for (const [state, row] of Object.entries(lifecycle)) {
    for (const [input, cell] of Object.entries(row)) {
      const name = `${state} ${input}`;
      Object.defineProperty(row, input, {
        get: () => {
          seen.set(name, (seen.get(name) ?? 0) + 1);
          return cell;
        },
      });
    }
  }
  return seen;
};
