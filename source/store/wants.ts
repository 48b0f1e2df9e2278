import { BootyError } from '../core/error.ts';
import { componentNames, type Found, findComponent } from '../registry/find.ts';
import { isRange } from '../registry/range.ts';
import type { Registry } from '../registry/schema.ts';
import type { Pin } from './pin.ts';

/** One component that somebody wants installed. */
export type Want = {
  readonly component: string;
  /** With a pin: that very version. */
  readonly range: string | null;
  readonly found: Found;
  readonly pin: Pin | null;
};

/** Looks the component up. Throws STORE_UNKNOWN_COMPONENT and STORE_BAD_RANGE. */
export const wantOf = (registry: Registry, component: string, range: string | null, pin: Pin | null = null): Want => {
  const found = findComponent(registry, component);
  if (found === null) {
    throw new BootyError('STORE_UNKNOWN_COMPONENT', { component, known: componentNames(registry) });
  }
  if (range !== null && !isRange(range)) throw new BootyError('STORE_BAD_RANGE', { component, range });
  return { component, range: pin === null ? range : `=${pin.version}`, found, pin };
};
