/**
Tells frames of after an order from those of before, by the time each was told at, in the order they come. One that was told
earlier than the one before it shows that the clock was set back: the time of the order says nothing any more, and that
frame is newer, as all that follow.
*/
export const newerThan = (orderedAtMs: number): ((atMs: number) => boolean) => {
  let fromMs = orderedAtMs;
  let lastAtMs = Number.NEGATIVE_INFINITY;
  return (atMs) => {
    if (atMs < lastAtMs) fromMs = Number.NEGATIVE_INFINITY;
    lastAtMs = atMs;
    return atMs >= fromMs;
  };
};
