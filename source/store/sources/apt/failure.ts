import { BootyError } from '../../../core/error.ts';
import type { CommandResult } from '../../../ports.ts';
import { type Failure, parseErrors, parseFailures, withoutCredentials } from './parse.ts';

/** The error that best says what apt reported; the first cause counts, as later lines follow from it. */
export const errorOf = (failures: readonly Failure[], doing: string, result: CommandResult): BootyError => {
  const first = failures.find((failure) => failure.kind === 'signature') ?? failures[0];
  if (first?.kind === 'signature') {
    return new BootyError('STORE_SIGNATURE', { source: 'apt', address: first.address, found: first.found });
  }
  if (first?.kind === 'unreachable') {
    return new BootyError('STORE_MIRROR_UNREACHABLE', { source: 'apt', address: first.address, found: first.found });
  }
  const found = first ? `${first.address}: ${first.found}` : lastWords(result);
  return new BootyError('STORE_SOURCE_FAILED', { source: 'apt', doing, found });
};

/** The failures in what a command said; of one that was ended early, those it had met by then. */
export const failuresOf = ({ stderr, stdout }: CommandResult): readonly Failure[] => {
  const failures = parseFailures(stderr);
  return failures.length > 0 ? failures : parseErrors(stdout);
};

const lastWords = (result: CommandResult): string => {
  if (result.timedOut) return 'it did not end in time';
  const errors = result.stderr.split('\n').filter((line) => line.startsWith('E: '));
  const line = errors[0] ?? result.stderr.trim().split('\n').at(-1);
  return withoutCredentials(line || `exit code ${result.code}, signal ${result.signal}`);
};
