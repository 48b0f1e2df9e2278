import { bad, type Finding, ok, warn } from './finding.ts';

export type RegistryReading = {
  readonly name: string;
  /** Path or URL. */
  readonly place: string;
  /** Why it is left out, and what to type; null: it is in use. */
  readonly problem: { readonly found: string; readonly fix: string } | null;
  /** How old its metadata is; null where it has none. */
  readonly age: { readonly text: string; readonly isExpired: boolean } | null;
  /** Versions whose bytes it puts in the place of others', as it said it would. */
  readonly overrides: readonly string[];
};

/** One registry beside the one that came with booty. */
export const judgeRegistry = ({ name, place, problem, age, overrides }: RegistryReading): Finding => {
  const id = `registry.${name}`;
  const title = `Registry ${name}`;
  if (problem !== null) {
    return bad(id, title, `left out, so nothing is installed anew: ${problem.found}`, problem.fix);
  }
  const replaced = overrides.length === 0 ? '' : `; overrides the bytes of ${overrides.join(', ')}`;
  const found = `${place}${age === null ? '' : `, ${age.text}`}${replaced}`;
  return age?.isExpired ? warn(id, title, found, `booty registry update ${name}`) : ok(id, title, found);
};
