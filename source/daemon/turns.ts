/** Makes asynchronous functions that run one after the other, in the order they were called, whatever becomes of each. */
export const createTurns = (): (<Input, Result>(
  work: (input: Input) => Promise<Result>,
) => (input: Input) => Promise<Result>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => (input) => {
    const own = last.then(() => work(input));
    last = own.catch(() => undefined);
    return own;
  };
};
