import type { OfferKind } from '../catalog/recipe.ts';
import { assert } from '../core/error.ts';
import type { StackDefinition } from '../core/model.ts';
import { membersOf, type Member } from './member.ts';
import { hasScraper, match } from './wire.ts';

/** How one service is joined to the others of its stack. */
export type Joints = {
  /** What it takes of others, for each of its needs; empty where nobody offers it yet. */
  readonly takes: readonly { readonly kind: OfferKind; readonly from: readonly string[] }[];
  /** What others take of it, for each of its offers; empty where nobody asks for it yet. */
  readonly gives: readonly { readonly kind: OfferKind; readonly to: readonly string[] }[];
};

/** Tells who takes what of whom around a service, which must be one of the stack. */
export const jointsOf = (definition: StackDefinition, service: string): Joints => {
  const members = membersOf(definition);
  const member = members.find((each) => each.service.name === service);
  assert(member !== undefined, `service ${service} is one of the stack`);
  return {
    takes: (member.recipe?.needs ?? []).map((need) => {
      const from = match(member, need, members).chosen.map((other) => other.service.name);
      // Where metrics are asked for, booty has some as well.
      return { kind: need.kind, from: need.kind === 'metrics' && hasScraper(members) ? [...from, 'booty'] : from };
    }),
    gives: member.offers.map(({ kind }) => ({
      kind,
      to: members.filter((other) => takes(other, kind, member, members)).map((other) => other.service.name),
    })),
  };
};

const takes = (other: Member, kind: OfferKind, member: Member, members: readonly Member[]): boolean =>
  (other.recipe?.needs ?? []).some((need) => need.kind === kind && match(other, need, members).chosen.includes(member));
