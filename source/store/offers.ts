import { rcompare } from 'semver';
import { BootyError, reasonOf } from '../core/error.ts';
import { findComponent } from '../registry/find.ts';
import type { Registry } from '../registry/schema.ts';
import type { Offer, Source, Wanted } from './sources/source.ts';
import type { Offered, Offers } from './store.ts';

/**
`Store.offers`: asks every source for all versions it has. What the registry does not name has no offers. A source that
cannot be asked, or whose host is away, is a trouble of those who might have found something there.
*/
export const offers = async (
  registry: Registry,
  sources: readonly Source[],
  components: readonly string[],
  wide: boolean,
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Offers>> => {
  const wanted = new Map<string, Wanted>();
  for (const component of components) {
    const found = findComponent(registry, component);
    if (found) wanted.set(component, { package: found.package, entry: found.entry, range: null, wide });
  }
  const each = [...new Map([...wanted.values()].map((want) => [want.package, want])).values()];
  const answers =
    each.length === 0 ? [] : await Promise.all(sources.map((source) => ask(source, each, onMessage, signal)));
  return new Map(components.map((component) => [component, offersOf(wanted.get(component), answers)]));
};

type Answer = { readonly source: string; readonly offer: Offer | null; readonly trouble: string | null };

const ask = async (
  source: Source,
  wanted: readonly Wanted[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Answer> => {
  const reason = await source.unusable();
  if (reason !== null) return { source: source.name, offer: null, trouble: reason };
  try {
    const offer = await source.offer(wanted, onMessage, signal);
    return { source: source.name, offer, trouble: offer.trouble === null ? null : reasonOf(offer.trouble) };
  } catch (error) {
    if (signal.aborted || !(error instanceof BootyError)) throw error;
    return { source: source.name, offer: null, trouble: reasonOf(error) };
  }
};

const offersOf = (want: Wanted | undefined, answers: readonly Answer[]): Offers => {
  const versions = new Map<string, Offered>();
  const troubles: { source: string; reason: string }[] = [];
  for (const { source, offer, trouble } of want === undefined ? [] : answers) {
    const refusal = offer?.refusal?.(want?.package ?? '', null) ?? null;
    // That PATH lacks it is no trouble: nobody expected it there.
    const reason = trouble ?? (refusal === null || refusal.code === 'STORE_NOT_ON_PATH' ? null : reasonOf(refusal));
    if (reason !== null) troubles.push({ source, reason });
    if (refusal !== null) continue;
    for (const { version, sourceVersion, suite } of offer?.candidates.get(want?.package ?? '') ?? []) {
      if (!versions.has(version)) versions.set(version, { version, source, sourceVersion, suite });
    }
  }
  return { versions: [...versions.values()].toSorted((one, other) => rcompare(one.version, other.version)), troubles };
};
