/** `; did you mean "x"?` or, without a near word, nothing. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near === null ? '' : `; did you mean ${JSON.stringify(near)}?`;
};

/** The fix for a mistyped word: the one near it, or all that are known, the first twenty. */
export const wordToWrite = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  if (near !== null) return `write ${near}`;
  return `remove it, or write one of: ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}`;
};

/** The known word nearest to a mistyped one, or null when none is near; a swap of neighbours counts as one slip. */
export const nearest = (word: string, known: readonly string[]): string | null => {
  const slipsMax = word.length <= 3 ? 1 : Math.min(3, Math.floor(word.length / 3) + 1);
  const ranked = known
    .filter((candidate) => Math.abs(candidate.length - word.length) <= slipsMax)
    .map((candidate) => ({ candidate, slips: slipsBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ slips }) => slips <= slipsMax)
    .sort((left, right) => left.slips - right.slips);
  return ranked[0]?.candidate ?? null;
};

/** Optimal string alignment distance, row by row. */
const slipsBetween = (left: string, right: string): number => {
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    before = above;
    above = current;
  }
  return above[right.length] ?? 0;
};
