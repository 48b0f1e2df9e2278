import { commandErrors } from './errors/commands.ts';
import { configErrors } from './errors/config.ts';
import { curateErrors } from './errors/curate.ts';
import { daemonErrors } from './errors/daemon.ts';
import { lockErrors } from './errors/lock.ts';
import type { ErrorRow } from './errors/row.ts';
import { stackErrors } from './errors/stack.ts';
import { mirrorErrors } from './errors/mirror.ts';
import { storeErrors } from './errors/store.ts';
import { trustErrors } from './errors/trust.ts';
import { upgradeErrors } from './errors/upgrade.ts';

/** Every error booty can name, in one table: code → kind, exit code, message, hint. */
export const errorTable = {
  ...configErrors,
  ...stackErrors,
  ...storeErrors,
  ...mirrorErrors,
  ...trustErrors,
  ...lockErrors,
  ...upgradeErrors,
  ...daemonErrors,
  ...commandErrors,
  ...curateErrors,
};

export type ErrorCode = keyof typeof errorTable;
export type ErrorFacts<Code extends ErrorCode> =
  (typeof errorTable)[Code] extends ErrorRow<infer Facts> ? Facts : never;

/** The form of an error in `--json` output and in API answers. */
export type ErrorDocument = {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
  readonly facts: unknown;
  readonly cause: string | null;
};

/**
The one type of error booty throws: a code, the facts, the sentences made of them, and the cause kept as `cause`.
Anything else that reaches the top is a bug of booty and is reported as one.
*/
export class BootyError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'BootyError';
  readonly code: Code;
  readonly facts: ErrorFacts<Code>;
  readonly hint: string;
  readonly exitCode: number;
  readonly kind: 'user' | 'world' | 'bug';

  constructor(code: Code, facts: ErrorFacts<Code>, options?: { readonly cause?: unknown }) {
    // The table's rows differ in their facts; the constructor's type ties code and facts together for callers.
    const entry = errorTable[code] as ErrorRow<ErrorFacts<Code>>;
    super(entry.message(facts), options);
    this.code = code;
    this.facts = facts;
    this.hint = entry.hint(facts);
    this.exitCode = entry.exitCode;
    this.kind = entry.kind;
  }

  toJSON(): ErrorDocument {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      exitCode: this.exitCode,
      facts: this.facts,
      cause: this.cause === undefined ? null : reasonOf(this.cause),
    };
  }
}

/** The error a document came from, for a client that was handed one; an unknown code keeps its sentence. */
export const reviveError = (document: ErrorDocument): Error => {
  if (!(document.code in errorTable)) return new Error(document.message);
  const code = document.code as ErrorCode;
  const cause = document.cause === null ? undefined : new Error(document.cause);
  // Facts are plain JSON on both ends; the code tells their shape.
  return new BootyError(code, document.facts as never, cause ? { cause } : {});
};

/** One line that says what went wrong, whatever was thrown. */
export const reasonOf = (thrown: unknown): string => {
  if (thrown instanceof Error) return thrown.message.split('\n', 1)[0] ?? thrown.name;
  return String(thrown);
};

/** Throws ASSERTION when the claim does not hold; stays on in production. */
export function assert(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new BootyError('ASSERTION', { claim });
}
