import { reasonOf } from '../core/error.ts';
import type { World } from '../ports.ts';
import { newestFirst } from '../registry/range.ts';
import type { Registry } from '../registry/schema.ts';
import { createAptSource } from '../store/sources/apt.ts';
import { createGoSource } from '../store/sources/go.ts';
import type { Source } from '../store/sources/source.ts';
import type { Wish } from './bump.ts';

/** What a source that asks by itself at every installation has of a package: nothing of it stands in the registry. */
export type Elsewhere = {
  readonly package: string;
  readonly source: 'apt' | 'go';
  /** Newest it has in the range, and as the source names it; null: none. */
  readonly newest: string | null;
  readonly sourceVersion: string | null;
  /** Why it could not be asked; null: it could. */
  readonly trouble: string | null;
};

/** Asks Debian's archive (the releases this machine is configured with) and Go's module proxy for what they have. */
export const askElsewhere = async (
  world: Pick<World, 'files' | 'host' | 'clock' | 'downloads'>,
  home: string,
  registry: Registry,
  wishes: readonly Wish[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<readonly Elsewhere[]> => {
  const sources = { apt: createAptSource(world, home), go: createGoSource(world, home) };
  const both = await Promise.all(
    (['apt', 'go'] as const).map((name) => askSource(name, sources[name], registry, wishes, onMessage, signal)),
  );
  return both.flat();
};

const askSource = async (
  name: 'apt' | 'go',
  source: Source,
  registry: Registry,
  wishes: readonly Wish[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<readonly Elsewhere[]> => {
  const wanted = wishes.flatMap((wish) => {
    const entry = registry.packages[wish.package];
    return entry?.[name] === undefined ? [] : [{ ...wish, entry }];
  });
  if (wanted.length === 0) return [];
  const none = { source: name, newest: null, sourceVersion: null } as const;
  const all = (trouble: string): readonly Elsewhere[] =>
    wanted.map((wish) => ({ package: wish.package, ...none, trouble }));
  const unusable = await source.unusable();
  if (unusable !== null) return all(unusable);
  try {
    const { candidates, trouble, refusal } = await source.offer(wanted, onMessage, signal);
    return wanted.map((wish): Elsewhere => {
      const [best] = newestFirst(candidates.get(wish.package) ?? [], wish.range);
      if (best) {
        return {
          package: wish.package,
          source: name,
          newest: best.version,
          sourceVersion: best.sourceVersion,
          trouble: null,
        };
      }
      const why = refusal?.(wish.package, wish.range) ?? trouble;
      return { package: wish.package, ...none, trouble: why?.message ?? null };
    });
  } catch (error) {
    signal.throwIfAborted();
    return all(reasonOf(error));
  }
};
