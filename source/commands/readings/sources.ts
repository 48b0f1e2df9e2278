import { reasonOf } from '../../core/error.ts';
import type { StackDefinition } from '../../core/model.ts';
import { bootyHome } from '../../core/paths.ts';
import type { Finding } from '../../doctor/finding.ts';
import { judgePackage, judgeSource, type SourceReading } from '../../doctor/sources.ts';
import { findComponent } from '../../registry/find.ts';
import { distinctVersions, newestFirst } from '../../registry/range.ts';
import type { Registry } from '../../registry/schema.ts';
import { storeFolder } from '../../store/layout.ts';
import { createSources } from '../../store/sources/all.ts';
import type { Offer, Source, Wanted } from '../../store/sources/source.ts';
import type { Context } from '../context.ts';
import { registriesOf } from '../registries-of.ts';
import { checkMsMax } from './check.ts';

/** Every source, and what the newest version of each package is that the stack needs; without a stack, of all there are. */
export const lookAtSources = async (
  context: Context,
  definition: StackDefinition | null,
  /** Told of each source as soon as it is known. */
  heard: (finding: Finding) => void,
): Promise<readonly Finding[]> => {
  const { registry } = await registriesOf(context, definition?.folder);
  const wanted = wantedOf(registry, definition);
  const { files, host } = context.ports;
  const { packageFolder } = context;
  const carried = (await files.stat(storeFolder(packageFolder))) === null ? null : packageFolder;
  const sources = createSources(context.ports, bootyHome(host), carried);
  const readings = await Promise.all(
    sources.map(async (source) => {
      const reading = await ask(context, source, wanted);
      heard(judgeSource(reading));
      return reading;
    }),
  );
  const findings = readings.map(judgeSource);
  if (definition === null) return findings;
  const store = await context.openStore(definition.folder);
  for (const { package: name, range } of wanted) {
    const offered = readings.flatMap(({ name: source, versions }) =>
      (versions.get(name) ?? []).map((version) => ({ source, version })),
    );
    const installed = await store.find(name, range).catch(() => null);
    findings.push(
      judgePackage({
        package: name,
        range,
        installed: installed?.version ?? null,
        newest: readings.flatMap(({ name: source }) => {
          const [best] = newestFirst(
            offered.filter((each) => each.source === source),
            range,
          );
          return best ?? [];
        }),
        others: distinctVersions(offered.map(({ version }) => version)),
      }),
    );
  }
  return findings;
};

/** Each package once for each range somebody wrote. */
const wantedOf = (registry: Registry, definition: StackDefinition | null): readonly Wanted[] => {
  if (definition === null) {
    return Object.entries(registry.packages).map(([name, entry]) => ({ package: name, entry, range: null }));
  }
  const wanted = new Map<string, Wanted>();
  for (const { component, version: range } of definition.services) {
    const found = component === null ? null : findComponent(registry, component);
    if (found) wanted.set(`${found.package} ${range}`, { package: found.package, entry: found.entry, range });
  }
  return [...wanted.values()];
};

/** A source that is slow to answer has trouble, as far as anybody who waits for it is concerned. */
const ask = async ({ ports }: Context, source: Source, wanted: readonly Wanted[]): Promise<SourceReading> => {
  const { clock } = ports;
  const { name } = source;
  const none = new Map(wanted.map((one) => [one.package, [] as readonly string[]]));
  const startedAtMs = clock.nowMs();
  const abort = new AbortController();
  const patienceMs = checkMsMax - 500;
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(patienceMs, () => {
    abort.abort();
    // It may take a moment to end what it runs; the answer does not wait for that.
    late.reject(new Error('late'));
  });
  try {
    const unusable = await Promise.race([source.unusable(), late.promise]);
    if (unusable !== null) return { name, unusable, trouble: null, tookMs: 0, versions: none, refused: new Map() };
    // Ranges are looked at afterwards: one that nothing satisfies would make apt renew its lists first.
    const anything = wanted.map((one) => ({ ...one, range: null }));
    const offer = await Promise.race([source.offer(anything, () => {}, abort.signal), late.promise]);
    const trouble = offer.trouble === null ? null : reasonOf(offer.trouble);
    const tookMs = clock.nowMs() - startedAtMs;
    const refused = refusedBy(offer, anything);
    return { name, unusable: null, trouble, tookMs, versions: versionsOf(offer, wanted, refused), refused };
  } catch (error) {
    const late = `no answer within ${patienceMs / 1_000} s (an installation waits longer)`;
    const trouble = abort.signal.aborted ? late : reasonOf(error);
    return { name, unusable: null, trouble, tookMs: clock.nowMs() - startedAtMs, versions: none, refused: new Map() };
  } finally {
    cancel();
  }
};

const refusedBy = (offer: Offer, wanted: readonly Wanted[]): ReadonlyMap<string, string> =>
  new Map(
    wanted.flatMap(({ package: name, range }) => {
      const error = offer.refusal?.(name, range) ?? null;
      return error === null ? [] : [[name, reasonOf(error)] as const];
    }),
  );

const versionsOf = (
  offer: Offer,
  wanted: readonly Wanted[],
  refused: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    wanted.map(({ package: name }) => {
      const candidates = refused.has(name) ? [] : (offer.candidates.get(name) ?? []);
      return [name, distinctVersions(newestFirst(candidates, null).map(({ version }) => version))];
    }),
  );
