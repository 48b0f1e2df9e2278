import { authority } from '../catalog/address.ts';
import type { OfferKind, Provider, Wiring } from '../catalog/recipe.ts';
import { secretOf } from './secrets.ts';
import { bootyProvider, providerOf, siteOf } from './site.ts';
import type { Scope } from './substitute.ts';
import { match } from './wire.ts';

/** What all services of a stack have in common. */
export type Place = {
  readonly stack: string;
  /** Node's name of it: `linux`, `darwin`. */
  readonly platform: string;
  /** What every service's environment begins with. */
  readonly environment: Readonly<Record<string, string>>;
};

/** What a member's recipe may know, with the numbers of the port table. */
export const wiringOf = (scope: Scope, place: Place, version: string): Wiring => {
  const { member, ports } = scope;
  const { bind, name } = member.service;
  return {
    stack: place.stack,
    platform: place.platform,
    service: name,
    version,
    dirs: scope.dirs,
    bind,
    listen: (port) => authority(bind, siteOf(member, port, ports).port),
    port: (port) => siteOf(member, port, ports).port,
    url: (port) => siteOf(member, port, ports).origin,
    secret: (secret) => secretOf(member, secret, scope.secrets),
    providers: (kind) => providersFor(kind, scope),
  };
};

const providersFor = (kind: OfferKind, { member, members, ports }: Scope): readonly Provider[] => {
  const need = member.recipe?.needs.find((candidate) => candidate.kind === kind);
  if (!need) return [];
  const found = match(member, need, members).chosen.flatMap((other) =>
    other.offers.filter((offer) => offer.kind === kind).map((offer) => providerOf(other, offer, ports)),
  );
  return kind === 'metrics' ? [...found, bootyProvider(ports)] : found;
};
