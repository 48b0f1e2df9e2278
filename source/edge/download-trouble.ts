import { reasonOf } from '../core/error.ts';
import type { Credentials } from './credentials.ts';

/** How often one request is sent on. */
export const redirectsMax = 8;

/** Who redirects to a host that fails is not to be blamed for it, and the host to let through is the other one. */
class Redirected extends Error {
  readonly host: string;
  constructor(host: string, cause: Error) {
    super(cause.message, { cause });
    this.host = host;
  }
}

/** What a request met that was redirected from one host to another on its way. */
export const onTheWay = (from: string, at: string, error: Error): Error => {
  const host = URL.parse(at)?.host ?? '';
  return host === URL.parse(from)?.host ? error : new Redirected(host, error);
};

/** In words a user knows; the code alone says little to most. */
export const explained = (credentials: Credentials, error: unknown): string => {
  if (error instanceof Redirected) {
    return `it redirects to ${credentials.hide(error.host)}, which fails: ${explained(credentials, error.cause)}`;
  }
  const { code = '', event } = error as { readonly code?: string; readonly event?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known here (DNS)';
  if (code === 'ECONNREFUSED') return 'it refuses the connection';
  if (code === 'ETIMEDOUT') return event === 'socket' ? 'it went silent' : `it does not answer (${event ?? 'timeout'})`;
  if (['ECONNRESET', 'EPIPE', 'ERR_HTTP_CONTENT_LENGTH_MISMATCH'].includes(code)) return 'it broke off';
  if (code === 'ERR_TOO_MANY_REDIRECTS') return `it redirects more than ${redirectsMax} times`;
  return credentials.hide(reasonOf(error));
};
