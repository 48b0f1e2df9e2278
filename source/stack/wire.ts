import type { Need, OfferKind } from '../catalog/recipe.ts';
import type { Member } from './member.ts';

/** Who meets a need: those chosen, out of those who could. */
export type Match = { readonly chosen: readonly Member[]; readonly candidates: readonly Member[] };

/**
Joins a need to the members that offer it. A need for one that several offer goes to the one the member depends on.
Nobody provides for itself, but a scraper does scrape itself.
*/
export const match = (member: Member, need: Need, members: readonly Member[]): Match => {
  const candidates = members.filter(
    (other) => offers(other, need.kind) && (other !== member || need.kind === 'metrics'),
  );
  if (need.count === 'many' || candidates.length < 2) return { chosen: candidates, candidates };
  const named = member.service.dependencies.map(({ service }) => service);
  return { chosen: candidates.filter(({ service }) => named.includes(service.name)), candidates };
};

/** True when something in the stack asks others for metrics; then booty offers its own. */
export const hasScraper = (members: readonly Member[]): boolean =>
  members.some(({ recipe }) => recipe?.needs.some(({ kind }) => kind === 'metrics'));

const offers = (member: Member, kind: OfferKind): boolean => member.offers.some((offer) => offer.kind === kind);
