import { compareVersions } from '../core/upgrade/version.ts';
import type { ServiceOrder } from '../core/event.ts';
import type { StackWorld } from '../core/world.ts';
import { wayBackOf } from '../core/upgrade/way-back.ts';
import { outgrows } from '../lock/stale.ts';
import type { BinaryRequest } from '../stack/assemble.ts';
import { fits } from '../store/fits.ts';

/** Orders that say which running version is to give way, and what a person should know of those that stay all the same. */
export type Moved = { readonly orders: readonly ServiceOrder[]; readonly notes: readonly string[] };

/**
Holds what runs against the lock and booty.yaml: a version they still name stays, also when the range was written anew;
another one gives way at the next `up`, unless versions before it may not be able to read its data. Pure.
*/
export const withMoves = (
  orders: readonly ServiceOrder[],
  binaries: readonly BinaryRequest[],
  lockedOf: (service: string) => string | null,
  world: StackWorld,
): Moved => {
  const notes: string[] = [];
  const moved = orders.map((order): ServiceOrder => {
    const { name } = order.spec;
    const wish = binaries.find(({ service }) => service === name);
    const running = Object.hasOwn(world.services, name) ? (world.services[name]?.version ?? null) : null;
    if (wish === undefined || running === null) return order;
    const locked = lockedOf(name);
    if (locked === null)
      return fits(running, wish.range) || outgrows(wish, running)
        ? order
        : { ...order, moves: `${running} is outside ${wish.range}` };
    if (locked === running) return order;
    const isSafe = compareVersions(locked, running) > 0 || wayBackOf(wish.wayBack, locked, running).rollback === 'safe';
    if (isSafe) return { ...order, moves: `the lock names ${locked}, ${running} ran` };
    notes.push(
      `${name} is locked to ${locked}, which may not be able to read what ${running} wrote: ${running} goes on; back to the data of then: booty rollback ${name}`,
    );
    return order;
  });
  return { orders: moved, notes };
};
