/** What a code means: who can mend it, the exit code, and its two sentences made from the facts. */
export type ErrorRow<Facts> = {
  /** `user`: something written wrongly; `world`: the machine or network; `bug`: booty itself. */
  readonly kind: 'user' | 'world' | 'bug';
  /** 1 failed, 2 usage or config, 3 daemon not reachable, 4 a service failed, 130 cut short. */
  readonly exitCode: 1 | 2 | 3 | 4 | 130;
  /** What booty tried and what it found. */
  readonly message: (facts: Facts) => string;
  /** What to type or change next. */
  readonly hint: (facts: Facts) => string;
};

/** Types a row; the identity function otherwise. */
export const row = <Facts>(value: ErrorRow<Facts>): ErrorRow<Facts> => value;

/** `file:line:column` in the form editors and terminals make clickable. */
export const at = (where: { readonly file: string; readonly line: number; readonly column: number }): string =>
  `${where.file}:${where.line}:${where.column}`;
