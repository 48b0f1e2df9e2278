import { BootyError } from '../core/error.ts';

const codes: readonly string[] = [
  'STORE_MIRROR_UNREACHABLE',
  'STORE_DOWNLOAD_REFUSED',
  'STORE_DOWNLOAD_BROKEN',
  'STORE_SOURCE_FAILED',
  'STORE_BUILD_FAILED',
  'STORE_NO_BUILD',
];

/** Whether what a source failed with is reason to ask the next one: not to be had is, wrong bytes are for somebody to look at. */
export const mayBeElsewhere = (error: unknown): error is BootyError =>
  error instanceof BootyError && codes.includes(error.code);
