import { reasonOf } from '../core/error.ts';
import type { Credentials } from './credentials.ts';

/** How often one request is sent on. */
export const redirectsMax = 8;

/** Whoever was asked is not to be blamed for a proxy on the way, or for the host it redirects to. */
class Elsewhere extends Error {
  readonly where: string;
  constructor(where: string, cause: Error) {
    super(cause.message, { cause });
    this.where = where;
  }
}

/** What a request for `from` met, which by redirects had come to `at`, with who it was that failed. */
export const onTheWay = (
  from: string,
  at: string,
  error: Error,
  environment: Readonly<Record<string, string>>,
): Error => {
  const proxy = failedProxy(at, error, environment);
  if (proxy !== null) return new Elsewhere(`the proxy ${proxy}`, error);
  const host = URL.parse(at)?.host ?? '';
  return host === URL.parse(from)?.host ? error : new Elsewhere(`it redirects to ${host}, which`, error);
};

/** The proxy a connection was not made to; null where it was another host. What Node tells of it is its port, or its name. */
const failedProxy = (url: string, { cause }: Error, environment: Readonly<Record<string, string>>): string | null => {
  const { protocol = '', hostname = '', port = '' } = URL.parse(url) ?? {};
  const name = `${protocol.replace(':', '')}_proxy`;
  const proxy = URL.parse(environment[name] || environment[name.toUpperCase()] || '');
  if (proxy === null || (proxy.hostname === hostname && proxy.port === port)) return null;
  // What got wraps.
  const error = (cause ?? {}) as { readonly port?: number; readonly hostname?: string };
  const isUnknown = error.hostname === proxy.hostname && proxy.hostname !== hostname;
  const proxyPort = Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80));
  const ownPort = Number(port || (protocol === 'https:' ? 443 : 80));
  return isUnknown || (error.port === proxyPort && proxyPort !== ownPort) ? proxy.host : null;
};

/** In words a user knows; the code alone says little to most. */
export const explained = (credentials: Credentials, error: unknown): string => {
  if (error instanceof Elsewhere) {
    return `${credentials.hide(error.where)} fails: ${explained(credentials, error.cause)}`;
  }
  const { code = '', event } = error as { readonly code?: string; readonly event?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known here (DNS)';
  if (code === 'ECONNREFUSED') return 'it refuses the connection';
  if (code === 'ETIMEDOUT') return event === 'socket' ? 'it went silent' : `it does not answer (${event ?? 'timeout'})`;
  if (['ECONNRESET', 'EPIPE', 'ERR_HTTP_CONTENT_LENGTH_MISMATCH'].includes(code)) return 'it broke off';
  const tls = tlsTrouble(code, error);
  if (tls !== null) return tls;
  if (code.startsWith('HPE_')) return `what it answers is no HTTP (${credentials.hide(reasonOf(error))})`;
  // What is asked for first is one that is fetched.
  if (code === 'ERR_UNSUPPORTED_PROTOCOL') return 'it redirects to what is neither http nor https';
  if (code === 'ERR_INVALID_URL') return 'it redirects to what is no URL';
  if (code === 'ERR_TOO_MANY_REDIRECTS') return `it redirects more than ${redirectsMax} times`;
  return credentials.hide(reasonOf(error));
};

/** Node's codes are those of OpenSSL (X509_verify_cert_error_string(3)), its sentences advice to programmers. */
const tlsTrouble = (code: string, error: unknown): string | null => {
  if (code === 'CERT_HAS_EXPIRED') return "its certificate has expired, or this machine's clock is wrong";
  if (code === 'CERT_NOT_YET_VALID') return "its certificate does not count yet, or this machine's clock is wrong";
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another name';
  if (code === 'EPROTO')
    return `it does not speak TLS (${/SSL routines:[^:]*:([^:]+)/.exec(reasonOf(error))?.[1] ?? code})`;
  if (!/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/.test(code)) return null;
  return "its certificate is by nobody this machine trusts (the machine's own authorities count, and NODE_EXTRA_CA_CERTS)";
};
