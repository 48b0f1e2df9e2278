import { rcompare } from 'semver';
import { BootyError, reasonOf } from '../core/error.ts';
import { findComponent } from '../registry/find.ts';
import type { Offer, Source, Wanted } from './sources/source.ts';
import type { Offered, Offers } from './store.ts';
import { type Knowledge, withoutWithheld } from './wants.ts';

/**
`Store.offers`: asks every source for all versions it has. What the registry does not name has no offers. A source that
cannot be asked, or whose host is away, is a trouble of those who might have found something there; so is a registry whose
versions are withheld.
*/
export const offers = async (
  { registry, caution, platform }: Knowledge,
  sources: readonly Source[],
  components: readonly string[],
  wide: boolean,
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Offers>> => {
  const wanted = new Map<string, Wanted>();
  const withheld = new Map<string, Offers['troubles'][number]>();
  for (const component of components) {
    const found = findComponent(registry, component);
    if (found === null) continue;
    const held = caution(found.package, platform);
    const entry = withoutWithheld(found.entry, held);
    if (held !== null) {
      const versions = held.versions === 'all' ? [] : held.versions;
      withheld.set(component, { source: 'registry', reason: held.refusal(component, versions).message });
    }
    if (held?.versions !== 'all') wanted.set(component, { package: found.package, entry, range: null, wide });
  }
  const each = [...new Map([...wanted.values()].map((want) => [want.package, want])).values()];
  const answers =
    each.length === 0 ? [] : await Promise.all(sources.map((source) => ask(source, each, onMessage, signal)));
  return new Map(
    components.map((component) => {
      const { versions, troubles } = offersOf(wanted.get(component), answers);
      const own = withheld.get(component);
      return [component, { versions, troubles: own === undefined ? troubles : [own, ...troubles] }];
    }),
  );
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
