/** Lets at most `width` pieces of work run at once, the others in the order they came. Rejections pass through. */
export const createGate = (width: number): (<Result>(work: () => Promise<Result>) => Promise<Result>) => {
  let free = width;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    }
  };
};
