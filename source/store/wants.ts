import { BootyError } from '../core/error.ts';
import type { Caution, Withheld } from '../registry/caution.ts';
import { componentNames, type Found, findComponent } from '../registry/find.ts';
import { inRange, isRange } from '../registry/range.ts';
import type { Registry, RegistryPackage } from '../registry/schema.ts';
import type { Pin } from './pin.ts';

/** One component that somebody wants installed. */
export type Want = {
  readonly component: string;
  /** With a pin: that very version. */
  readonly range: string | null;
  /** Without the versions that are withheld, unless one of them is pinned. */
  readonly found: Found;
  readonly pin: Pin | null;
  /** Versions in the range that may not be installed anew although a registry names them; null: there are none. */
  readonly withheld: { readonly versions: Withheld['versions']; readonly error: BootyError } | null;
};

/** What the wants are looked up in; `platform` is this machine's. */
export type Knowledge = { readonly registry: Registry; readonly caution: Caution; readonly platform: string };

/**
Looks the component up. Throws STORE_UNKNOWN_COMPONENT and STORE_BAD_RANGE.
*/
export const wantOf = (
  { registry, caution, platform }: Knowledge,
  component: string,
  range: string | null,
  pin: Pin | null = null,
): Want => {
  const found = findComponent(registry, component);
  if (found === null) throw unknownComponent(registry, caution, platform, component);
  if (range !== null && !isRange(range)) throw new BootyError('STORE_BAD_RANGE', { component, range });
  if (pin !== null) return { component, range: `=${pin.version}`, found, pin, withheld: null };
  const held = caution(found.package, platform);
  if (held === null) return { component, range, found, pin, withheld: null };
  const { versions: names } = held;
  if (names === 'all') {
    return { component, range, found, pin, withheld: { versions: 'all', error: held.refusal(component, []) } };
  }
  const missing = Object.keys(found.entry.versions).filter(
    (version) => names.includes(version) && inRange(version, range),
  );
  const withheld = missing.length === 0 ? null : { versions: missing, error: held.refusal(component, missing) };
  return { component, range, found: { ...found, entry: withoutWithheld(found.entry, held) }, pin, withheld };
};

/** What may be installed of a package. */
export const withoutWithheld = (entry: RegistryPackage, held: Withheld | null): RegistryPackage => {
  if (held === null) return entry;
  const versions = Object.entries(entry.versions).filter(
    ([version]) => held.versions !== 'all' && !held.versions.includes(version),
  );
  return { ...entry, versions: Object.fromEntries(versions) };
};

/** A registry that could not be read may be the one that knows it. */
export const unknownComponent = (
  registry: Registry,
  caution: Caution,
  platform: string,
  component: string,
): BootyError => {
  const cause = caution(component, platform)?.refusal(component, []);
  return new BootyError(
    'STORE_UNKNOWN_COMPONENT',
    { component, known: componentNames(registry), isAllRead: cause === undefined },
    cause ? { cause } : {},
  );
};
