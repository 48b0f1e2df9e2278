/** What is said to a host beside the request, by the URL that is asked; empty: nothing. Rejects when it may not be said. */
export type HeadersFor = (url: string, signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;

export type Credentials = {
  /** The headers of `HeadersFor`; remembered, so that their values can be hidden. */
  readonly headers: HeadersFor;
  /** The text without any of what was ever said, as servers like to repeat what they were told. */
  readonly hide: (text: string) => string;
  readonly hideIn: (bytes: Uint8Array) => Uint8Array;
};

const shortestSecretCharacters = 4;

/** Keeps what is said to hosts out of everything that is said about them. */
export const createCredentials = (headersFor: HeadersFor): Credentials => {
  const secrets = new Set<string>();
  const remember = (value: string): void => {
    // `Bearer TOKEN`: the second word alone is the secret.
    for (const secret of [value, ...value.split(' ')]) {
      if (secret.length >= shortestSecretCharacters && !/^(Bearer|Basic)$/i.test(secret)) secrets.add(secret);
    }
  };
  const hide = (text: string): string => [...secrets].reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  return {
    headers: async (url, signal) => {
      const headers = await headersFor(url, signal);
      for (const value of Object.values(headers)) remember(value);
      return headers;
    },
    hide,
    hideIn: (bytes) =>
      secrets.size === 0 ? bytes : Buffer.from(hide(Buffer.from(bytes).toString('latin1')), 'latin1'),
  };
};
