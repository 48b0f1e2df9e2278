/** Makes of asynchronous functions ones that run one after the other, in the order they were called, whatever becomes of each. */
export type Turns = <Input, Result>(work: (input: Input) => Promise<Result>) => (input: Input) => Promise<Result>;

export const createTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => (input) => {
    const own = last.then(() => work(input));
    last = own.catch(() => undefined);
    return own;
  };
};
