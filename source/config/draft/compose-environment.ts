import type { Peer } from './compose-service.ts';
import { escapeDollars, type DraftValue } from './draft.ts';

/**
A text of a compose file whose variables all have a value: one that is not set anywhere, or has to be, becomes
`${NAME:-}`, so that the draft loads without it. Everything else stays as written; booty reads it by the same rules.
*/
export const fillVariables = (text: string, isSet: (variable: string) => boolean): string =>
  text.replaceAll(
    /\$\$|\$\{\{|\$\{([a-z_]\w*)(?::?\?[^}]*)?\}|\$([a-z_]\w*)|\$\{|\$/gi,
    (found: string, braced: string | undefined, plain: string | undefined) => {
      const name = braced ?? plain;
      if (name !== undefined) return isSet(name) ? found : `\${${name}:-}`;
      return found === '$$' || found === '${' ? found : escapeDollars(found);
    },
  );

/** The same for every text of a value. */
export const fillAll = (value: unknown, isSet: (variable: string) => boolean): DraftValue => {
  if (typeof value === 'string') return fillVariables(value, isSet);
  if (Array.isArray(value)) return value.map((item) => fillAll(item, isSet));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillAll(item, isSet)]));
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
};

/**
`environment` of a compose service as a map. Its services call each other by name and port (`db:5432`); here all are on
one machine, and the ports of those in the stack are known to booty alone.
*/
export const environmentOf = (
  written: unknown,
  peers: ReadonlyMap<string, Peer>,
  isSet: (variable: string) => boolean,
): Readonly<Record<string, DraftValue>> =>
  Object.fromEntries(
    entriesOf(written).map(([name, value]) => [
      name,
      value === null ? null : withAddresses(fillVariables(value, isSet), peers),
    ]),
  );

const entriesOf = (written: unknown): readonly (readonly [string, string | null])[] => {
  if (Array.isArray(written)) {
    return written.map(String).map((entry) => {
      const equals = entry.indexOf('=');
      return equals === -1 ? [entry, null] : [entry.slice(0, equals), entry.slice(equals + 1)];
    });
  }
  if (typeof written !== 'object' || written === null) return [];
  return Object.entries(written).map(([name, value]) => [name, value === null ? null : String(value)]);
};

/**
Only where a port follows is a word surely a host. A whole URL of a service's first port becomes its `url`, which knows
the login as well, where there is one.
*/
const withAddresses = (text: string, peers: ReadonlyMap<string, Peer>): string =>
  text.replaceAll(
    /(?:(?<![\w+.-])([a-z][a-z0-9+.-]*):\/\/)?(?<![\w.-])([a-z0-9][\w.-]*):(\d{1,5})\b/gi,
    (found, scheme: string | undefined, host: string, port: string) => {
      const peer = peers.get(host);
      if (peer === undefined) return found;
      const names = Object.keys(peer.ports);
      const name = names.find((each) => peer.ports[each] === Number(port));
      const start = scheme === undefined ? '' : `${scheme}://`;
      if (!peer.isKept || name === undefined) return `${start}127.0.0.1:${port}`;
      if (scheme === peer.scheme && name === names[0]) return `\${{ services.${peer.name}.url }}`;
      return `${start}\${{ services.${peer.name}.host }}:\${{ services.${peer.name}.ports.${name} }}`;
    },
  );
