/** Values of one case, by contender, in the order they were measured. */
export type Samples = Map<string, number[]>;

/** A case that did not come to its end under a contender. */
export type Failure = { readonly contender: string; readonly what: string; readonly why: string };

export const add = (samples: Samples, contender: string, value: number): void => {
  const before = samples.get(contender);
  if (before) before.push(value);
  else samples.set(contender, [value]);
};

/** The middle value, or the mean of the two in the middle. NaN of nothing. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] =
    sorted.length % 2 === 0 ? sorted.slice(middle - 1, middle + 1) : [sorted[Math.floor(middle)]];
  return (low + high) / 2;
};

/** Median of one contender; NaN where nothing was measured. */
export const medianOf = (samples: Samples, contender: string): number => median(samples.get(contender) ?? []);
