import { routePrefix } from '../catalog/route.ts';
import type { Member } from './member.ts';
import type { PortTable } from './ports.ts';
import { providerOf, siteOf } from './site.ts';
import { match } from './wire.ts';

/** A page a person can open; `UiLink` of the protocol. */
export type Link = { readonly service: string; readonly title: string; readonly url: string };

/** The front door first, then each service's page: by its route where a front door has one, else at its own port. */
export const linksOf = (members: readonly Member[], ports: PortTable): readonly Link[] => {
  const doors = members.filter(({ recipe }) => recipe?.needs.some(({ kind }) => kind === 'http-route'));
  const doorLinks = doors.map((door) => ({
    service: door.service.name,
    title: 'Front door',
    url: `${doorOrigin(door, ports)}/`,
  }));
  const pages = members.flatMap((member) =>
    member.offers
      .filter(({ kind }) => kind === 'http-route')
      .map((offer) => {
        const provider = providerOf(member, offer, ports);
        const door = doors.find((candidate) => opens(candidate, member, members));
        const url = door ? `${doorOrigin(door, ports)}${routePrefix(provider.service)}${provider.path}` : provider.url;
        return { service: provider.service, title: provider.title, url };
      }),
  );
  return [...doorLinks, ...pages];
};

const opens = (door: Member, member: Member, members: readonly Member[]): boolean =>
  (door.recipe?.needs ?? []).some(
    (need) => need.kind === 'http-route' && match(door, need, members).chosen.includes(member),
  );

const doorOrigin = (door: Member, ports: PortTable): string =>
  siteOf(door, Object.keys(door.ports)[0] ?? '', ports).origin;
