import { BootyError } from '../../../core/error.ts';

/** Where what the registry names is fetched in truth. */
export type Mirror = {
  /** Of a URL of the registry. */
  readonly at: (url: string) => string;
  /** URL of the folder that stands for all hosts, without a slash at the end; null: there is none. */
  readonly base: string | null;
};

/** Where a URL lies below the folder of a mirror: `<host>/<path>`, decoded. */
export const mirroredPath = (url: string): string => {
  const { host, pathname, search } = new URL(url);
  return `${host}${decodeURI(pathname)}${search}`;
};

/**
Reads BOOTY_MIRROR: items divided by commas, each a URL (http, https, file), an absolute folder, or `HOST=` before one
of them; a comma before anything else is part of a name. `HOST=BASE` puts the base in the place of `https://HOST`; a base without host serves all hosts, each below a
folder of its name: `BASE/github.com/nats-io/…`. Pairs come first. A mirror replaces its host: where it lacks something
the host itself is not asked, as a machine with a mirror is not meant to reach out. Hashes stay those of the registry, so
a mirror need not be trusted. Throws STORE_BAD_SETTING.
*/
export const parseMirror = (value: string): Mirror => {
  const pairs = new Map<string, string>();
  let base: string | null = null;
  for (const item of itemsOf(value)) {
    if (item === '') continue;
    const [, host, target = item] = /^([\w.-]+(?::\d+)?)=(.*)$/.exec(item) ?? [];
    const url = baseOf(target, value);
    if (host !== undefined) pairs.set(host.toLowerCase(), url);
    else if (base === null) base = url;
    else throw bad(value, 'it names two mirrors for all hosts');
  }
  const at = (url: string): string => {
    const { host, pathname, search } = new URL(url);
    const own = pairs.get(host);
    if (own !== undefined) return `${own}${pathname}${search}`;
    return base === null ? url : `${base}/${host}${pathname}${search}`;
  };
  return { at, base };
};

const itemsOf = (value: string): readonly string[] =>
  value.split(/,(?=\s*(?:$|,|\/|[a-z]+:|[\w.-]+(?::\d+)?=))/i).map((part) => part.trim());

/** apt prints addresses in single quotes: one within them is written in the other way a URL has for it. */
const baseOf = (target: string, value: string): string => urlOf(target, value).replaceAll("'", '%27');

const urlOf = (target: string, value: string): string => {
  if (target.startsWith('/'))
    return `file://${encodeURI(target).replace(/[?#]/g, encodeURIComponent).replace(/\/+$/, '')}`;
  const url = URL.parse(target);
  if (url === null || !['http:', 'https:', 'file:'].includes(url.protocol)) {
    throw bad(value, `${JSON.stringify(target)} is neither an http(s) URL nor an absolute folder`);
  }
  return url.href.replace(/\/+$/, '');
};

const bad = (value: string, problem: string): BootyError =>
  new BootyError('STORE_BAD_SETTING', {
    variable: 'BOOTY_MIRROR',
    value: value.replace(/\/\/[^/@]*@/g, '//'),
    problem,
  });
