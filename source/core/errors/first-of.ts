const shownMax = 5;

/** The first few of what is wrong, and how many more there are. */
export const firstOf = (problems: readonly string[]): string => {
  const more = problems.length > shownMax ? [`and ${problems.length - shownMax} more`] : [];
  return [...problems.slice(0, shownMax), ...more].join('; ');
};
