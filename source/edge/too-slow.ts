/** So long may it take until this much came, in times of the longest silence: scanners on the way let through a byte now and then. */
const windowStalls = 12;
const windowBytesMin = 1_024;

/**
Is told how much came each time something does, and answers true when a whole window brought next to nothing: that would come
to its end in no time anybody waits. Silence is watched by whoever reads.
*/
export const createTooSlow = (stallTimeoutMs: number): ((bytes: number) => boolean) => {
  let fromMs = performance.now();
  let windowBytes = 0;
  return (bytes) => {
    windowBytes += bytes;
    if (performance.now() - fromMs < stallTimeoutMs * windowStalls) return false;
    const isSlow = windowBytes < windowBytesMin;
    fromMs = performance.now();
    windowBytes = 0;
    return isSlow;
  };
};
