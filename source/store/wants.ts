import { BootyError } from '../core/error.ts';
import { componentNames, type Found, findComponent } from '../registry/find.ts';
import { isRange } from '../registry/range.ts';
import type { Registry } from '../registry/schema.ts';

/** One component that somebody wants installed. */
export type Want = { readonly component: string; readonly range: string | null; readonly found: Found };

/** Looks the component up. Throws STORE_UNKNOWN_COMPONENT and STORE_BAD_RANGE. */
export const wantOf = (registry: Registry, component: string, range: string | null): Want => {
  const found = findComponent(registry, component);
  if (found === null) {
    throw new BootyError('STORE_UNKNOWN_COMPONENT', { component, known: componentNames(registry) });
  }
  if (range !== null && !isRange(range)) throw new BootyError('STORE_BAD_RANGE', { component, range });
  return { component, range, found };
};
