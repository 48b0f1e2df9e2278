import { findRecipe } from '../catalog/catalog.ts';
import { offerKinds, type Offer, type OfferKind, type PortLogin, type Recipe } from '../catalog/recipe.ts';
import type { ServiceDefinition, StackDefinition } from '../core/model.ts';

/** A port of a service before a number is chosen for it. */
type MemberPort = {
  readonly wanted: number | 'auto';
  /** Written by the user: this number or none. */
  readonly strict: boolean;
  readonly scheme: 'http' | 'nats';
  readonly login: PortLogin | null;
};

/** A service of the stack joined with its recipe, if it has one. */
export type Member = {
  readonly service: ServiceDefinition;
  readonly recipe: Recipe | null;
  readonly title: string;
  /** The first is the service's main one. */
  readonly ports: Readonly<Record<string, MemberPort>>;
  /** The recipe's, where the definition does not say otherwise, and the definition's own. */
  readonly offers: readonly Offer[];
};

/** Joins each service with its recipe; one whose component is unknown has none (checkDefinition tells). */
export const membersOf = (definition: StackDefinition): readonly Member[] => definition.services.map(memberOf);

/** True when the kind is one the catalog knows. */
export const isOfferKind = (kind: string): kind is OfferKind => offerKinds.some((known) => known === kind);

const memberOf = (service: ServiceDefinition): Member => {
  const recipe = service.component === null ? null : findRecipe(service.component);
  const written = Object.entries(service.ports).map(([name, wanted]) => {
    const { scheme = 'http', login = null } = recipe?.ports[name] ?? {};
    return [name, { wanted, strict: wanted !== 'auto', scheme, login }] as const;
  });
  const defaults = Object.entries(recipe?.ports ?? {}).map(([name, port]) => {
    const { scheme, login = null } = port;
    return [name, { wanted: port.default, strict: false, scheme, login }] as const;
  });
  const own = (service.offers ?? []).flatMap(({ kind, port, path }) =>
    isOfferKind(kind) ? [{ kind, port, path }] : [],
  );
  const inherited = (recipe?.offers ?? []).filter((offer) => !own.some(({ kind }) => kind === offer.kind));
  return {
    service,
    recipe,
    title: recipe?.title ?? service.name,
    ports: { ...Object.fromEntries(defaults), ...Object.fromEntries(written) },
    offers: [...inherited, ...own],
  };
};
