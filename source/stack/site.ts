import { authority, reachableHost } from '../catalog/address.ts';
import type { Offer, Provider } from '../catalog/recipe.ts';
import { assert } from '../core/error.ts';
import type { Member } from './member.ts';
import { bootyPort, type PortTable } from './ports.ts';

/** A port as others reach it. */
export type Site = {
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  /** `http://host:port`; without the login the port may ask for. */
  readonly origin: string;
};

/** Where others find a port of a member. The table must have a number for it. */
export const siteOf = (member: Member, name: string, table: PortTable): Site => {
  const port = table[member.service.name]?.[name];
  assert(port !== undefined, `a number was chosen for port ${name} of ${member.service.name}`);
  return site(member.ports[name]?.scheme ?? 'http', reachableHost(member.service.bind), port);
};

/** An offer of a member, with the numbers of the table. */
export const providerOf = (member: Member, offer: Offer, table: PortTable): Provider => {
  const found = siteOf(member, offer.port, table);
  return {
    service: member.service.name,
    title: member.title,
    kind: offer.kind,
    ...found,
    path: offer.path,
    url: `${found.origin}${offer.path}`,
  };
};

/** booty's own metrics, as the daemon serves them. */
export const bootyProvider = (table: PortTable): Provider => {
  const port = table[bootyPort.service]?.[bootyPort.port];
  assert(port !== undefined, 'a number was chosen for the metrics of booty itself');
  const found = site('http', '127.0.0.1', port);
  return {
    service: 'booty',
    title: 'booty',
    kind: 'metrics',
    ...found,
    path: '/metrics',
    url: `${found.origin}/metrics`,
  };
};

const site = (scheme: string, host: string, port: number): Site => {
  const address = authority(host, port);
  return { host, port, address, origin: `${scheme}://${address}` };
};
