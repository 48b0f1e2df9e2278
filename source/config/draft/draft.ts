/** A booty.yaml before it is written: what was recognised in a folder, service by service, and what was not taken over. */
export type Draft = {
  readonly services: readonly DraftService[];
  /** What the folder speaks of and the draft leaves out, each with the reason. */
  readonly skipped: readonly Skipped[];
};

export type Skipped = { readonly name: string; readonly from: string; readonly why: string };

/** One service of a draft. Values are what is written in booty.yaml, in its words and escapes. */
export type DraftService = {
  readonly name: string;
  /** File it was recognised in, seen from the folder. */
  readonly from: string;
  /** Lines above it, without their `#`. */
  readonly about: readonly string[];
  /** Its keys in the order they are written. */
  readonly keys: Readonly<Record<string, DraftValue>>;
  /** Lines below its keys that a person may take the `#` from, without it. */
  readonly hints: readonly string[];
};

/** null is a variable that is taken from the environment booty is called in. */
export type DraftValue =
  | null
  | string
  | number
  | boolean
  | readonly DraftValue[]
  | { readonly [key: string]: DraftValue };

/** A text in which booty would see variables, with every dollar doubled so that it stays what it is. */
export const escapeDollars = (text: string): string => text.replaceAll('$', '$$$$');

/** A name of another file made fit for a service; `booty` itself is taken. */
export const fittingName = (word: string): string => {
  const tidied = word
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 40);
  if (tidied === '') return 'service';
  return tidied === 'booty' ? 'app' : tidied;
};
