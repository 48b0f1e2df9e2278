/** What is wrong with a piece of text, not yet knowing where it stands. */
export type Fault = {
  /** What was found and what was expected. */
  readonly message: string;
  /** The change to make. */
  readonly fix: string;
  /** The part of the text that is meant, as written; lets the position point into the middle of a value. */
  readonly excerpt?: string;
};

/** The outcome of reading a piece of text: its value, or why it has none. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: Fault };

/** Wraps a value that was read. */
export const parsed = <Value>(value: Value): Parsed<Value> => ({ ok: true, value });

/** Says why a text could not be read. */
export const faulty = (message: string, fix: string, excerpt?: string): Parsed<never> => ({
  ok: false,
  fault: excerpt === undefined ? { message, fix } : { message, fix, excerpt },
});

/** Names a value as found, short enough for one line: `"8080:80"`, `70000`, `a list`, `nothing`. */
export const describeFound = (found: unknown): string => {
  if (found === null || found === undefined) return 'nothing';
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object') return 'a map';
  if (typeof found === 'string') return JSON.stringify(found.length > 60 ? `${found.slice(0, 57)}...` : found);
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : typeof found;
};
