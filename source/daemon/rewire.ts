import type { UpRequest } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import type { PortNumbers } from './port-table.ts';
import type { Held } from './held.ts';
import type { Fact } from './loop.ts';
import type { Turns } from './turns.ts';

/** What moving a service off its ports needs of the daemon. */
export type Rewiring = {
  /** Only one definition is made whole at a time. */
  readonly inTurn: Turns;
  readonly held: () => Held | null;
  readonly request: () => UpRequest | null;
  readonly prepare: (request: UpRequest, numbers: PortNumbers) => Promise<Held>;
  readonly adoptDefinition: (next: Held, request: UpRequest) => Promise<void>;
  /** Services that are to be up. */
  readonly wanted: () => readonly string[];
  /** Resolves when all that was asked has been decided. */
  readonly taken: () => Promise<void>;
  readonly post: (fact: Fact) => void;
};

/**
Moves a service to free ports when a default of it was taken by somebody else while it was not running: the next free
ones are chosen, whatever is wired to them is made anew and restarted in order. Nothing happens for a port the user wrote;
that is for the user to solve, nor for a service that was asked to stop meanwhile, alone or with the stack, which the order
would bring up again. Moves are made one after the other.
*/
export const createRewire = (of: Rewiring): ((service: string, lost: unknown) => Promise<void>) => {
  const isWanted = async (service: string): Promise<boolean> => {
    await of.taken();
    return of.wanted().includes(service);
  };
  const move = async (service: string): Promise<void> => {
    const [held, request] = [of.held(), of.request()];
    if (!held || !request || !(await isWanted(service))) return;
    const { [service]: _lost, ...kept } = held.ports.numbers;
    const next = await of.prepare(request, kept);
    await of.adoptDefinition(next, request);
    if (await isWanted(service)) of.post({ type: 'up.requested', orders: next.orders, start: of.wanted() });
  };
  const moved = of.inTurn(move);
  return (service, lost) => {
    if (!(lost instanceof BootyError) || lost.code !== 'PORT_TAKEN') return Promise.resolve();
    // A strict port throws once more here, and the refusal that was told already stands.
    return moved(service).catch(() => {});
  };
};
