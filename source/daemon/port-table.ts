import { BootyError } from '../core/error.ts';
import type { Sockets } from '../ports.ts';

export type PortWish = {
  readonly service: string;
  readonly port: string;
  readonly wanted: number | 'auto';
  /** Written by the user: it is this number or an error. */
  readonly strict: boolean;
  readonly bind: string;
  /** `file:line:column`, for the error. */
  readonly where: string | null;
};

/** Service → name of a port → number. */
export type PortNumbers = Readonly<Record<string, Readonly<Record<string, number>>>>;

export type PortTable = {
  readonly numbers: PortNumbers;
  /** One sentence for each default that moved. */
  readonly notes: readonly string[];
  /** Numbers that are held here still: their services have not been started. */
  readonly held: () => PortNumbers;
  /** Gives a service's ports free right before it starts. */
  readonly release: (service: string) => Promise<void>;
  readonly releaseAll: () => Promise<void>;
};

/** How far a default may move before booty gives up. */
const movesMax = 200;

/**
Chooses a number for every port and holds it by listening, so that neither another program nor another stack that
starts at this moment takes it. `kept` are the numbers of services that run already: they hold theirs themselves.
Throws PORT_TAKEN for a strict port that is not free; nothing stays reserved then.
*/
export const reservePorts = async (
  sockets: Sockets,
  wishes: readonly PortWish[],
  kept: PortNumbers,
): Promise<PortTable> => {
  const numbers: Record<string, Record<string, number>> = {};
  const notes: string[] = [];
  const releases = new Map<string, (() => Promise<void>)[]>();
  const wanted = new Set(wishes.map((wish) => wish.wanted));
  const release = async (service: string): Promise<void> => {
    const held = releases.get(service) ?? [];
    releases.delete(service);
    await Promise.all(held.map((free) => free()));
  };
  const releaseAll = async (): Promise<void> => {
    await Promise.all([...releases.keys()].map(release));
  };

  const keepOf = (wish: PortWish): number | null => {
    const keep = kept[wish.service]?.[wish.port];
    return keep !== undefined && (wish.wanted === 'auto' || !wish.strict || keep === wish.wanted) ? keep : null;
  };
  /** Who keeps a number has it though it may not listen on it yet, or for the moment. */
  const keepers = new Map(wishes.map((wish) => [keepOf(wish), wish.service]));
  const holderOf = async (port: number): Promise<string> => {
    const keeper = keepers.get(port);
    return keeper === undefined ? sockets.holderOf(port) : `${keeper} of this stack`;
  };

  const choose = async (wish: PortWish): Promise<number> => {
    const keep = keepOf(wish);
    if (keep !== null) {
      if (wish.wanted !== 'auto' && keep !== wish.wanted) {
        notes.push(`${wish.service} ${wish.port} ${keep} (${wish.wanted} was taken when it started)`);
      }
      return keep;
    }
    const first = wish.wanted === 'auto' ? 0 : wish.wanted;
    for (let number = first; number <= first + movesMax && number <= 65_535; number += 1) {
      // A default that moves must not push the next service off its own default.
      if (number !== first && wanted.has(number)) continue;
      const held = keepers.has(number) ? null : await sockets.reserve(wish.bind, number);
      if (held) {
        releases.set(wish.service, [...(releases.get(wish.service) ?? []), held.release]);
        if (number !== first && first !== 0) {
          notes.push(`${wish.service} ${wish.port} ${held.port} (${first} is held by ${await holderOf(first)})`);
        }
        return held.port;
      }
      if (wish.strict) break;
    }
    const { service, where } = wish;
    throw new BootyError('PORT_TAKEN', { service, port: first, holder: await holderOf(first), where });
  };

  try {
    // Strict ones first, so that no default that moves sits down on one of them.
    for (const wish of [...wishes].sort((a, b) => Number(b.strict) - Number(a.strict))) {
      (numbers[wish.service] ??= {})[wish.port] = await choose(wish);
    }
  } catch (error) {
    await releaseAll();
    throw error;
  }
  const held = (): PortNumbers =>
    Object.fromEntries(Object.entries(numbers).filter(([service]) => releases.has(service)));
  return { numbers, notes, held, release, releaseAll };
};
