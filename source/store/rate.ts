const windowMs = 3_000;

/** How fast something grows. */
export type Rate = {
  /** Notes the whole amount so far and answers with the speed over the last 3 s; null until two looks were taken. */
  bytesPerSecond(atMs: number, doneBytes: number): number | null;
};

/** Starts with nothing known, and anew when the clock is set back; looks within one instant are one. */
export const createRate = (): Rate => {
  const looks: { atMs: number; doneBytes: number }[] = [];
  return {
    bytesPerSecond: (atMs, doneBytes) => {
      // A clock that was set back: what was seen before it says nothing any more.
      if (atMs < (looks.at(-1)?.atMs ?? atMs)) looks.length = 0;
      looks.push({ atMs, doneBytes });
      // One look older than the window stays, so that the window is always covered whole.
      while ((looks[1]?.atMs ?? atMs) < atMs - windowMs) looks.shift();
      const first = looks[0];
      if (first === undefined || atMs <= first.atMs) return null;
      return Math.max(0, Math.round(((doneBytes - first.doneBytes) * 1_000) / (atMs - first.atMs)));
    },
  };
};

/** Null while the speed is unknown or nothing moves. */
export const etaMsOf = (leftBytes: number, bytesPerSecond: number | null): number | null =>
  bytesPerSecond ? Math.ceil((leftBytes * 1_000) / bytesPerSecond) : null;
