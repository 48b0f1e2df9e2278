import { faulty, parsed, type Parsed } from './fault.ts';

/** Reads a port: `auto`, or a number from 1 to 65535. Compose's `"8080:80"` is refused: there is no network to map. */
export const parsePort = (written: string | number): Parsed<number | 'auto'> => {
  const text = String(written).trim();
  if (text === 'auto') return parsed('auto');
  if (text.includes(':')) {
    const [host] = portsIn(text);
    return faulty(`${JSON.stringify(written)} maps a port`, noNetwork(host ?? 8080));
  }
  const port = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return parsed(port);
  const found = typeof written === 'number' ? written : JSON.stringify(written);
  return faulty(`${found} is no port`, 'write a number from 1 to 65535, or auto for any free one');
};

/** The sentence for everyone who comes from Compose. */
export const noNetwork = (port: number | string): string =>
  `there is no network to map: write \`ports: {http: ${port}}\``;

/** The host side of a Compose mapping such as `127.0.0.1:8080:80/tcp`, as far as it can be seen. */
export const hostPort = (entry: unknown): number | null => {
  if (typeof entry === 'number') return entry;
  if (typeof entry === 'object' && entry !== null && 'published' in entry) return hostPort(entry.published);
  return typeof entry === 'string' ? (portsIn(entry)[0] ?? null) : null;
};

const portsIn = (mapping: string): readonly number[] =>
  mapping
    .replace(/\/\w+$/, '')
    .split(':')
    .filter((part) => /^\d{1,5}$/.test(part))
    .map(Number);
