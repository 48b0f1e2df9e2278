/** The address others connect to when a server listens on `bind`: a wildcard is no address to connect to. */
export const reachableHost = (bind: string): string => {
  if (bind === '0.0.0.0') return '127.0.0.1';
  if (bind === '::') return '::1';
  return bind;
};

/** `host:port`, an IPv6 address in brackets. */
export const authority = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
