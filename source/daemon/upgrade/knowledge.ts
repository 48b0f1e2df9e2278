import type { UpgradeAsk, UpgradeLook, UpgradeRow } from '../../api/upgrade-protocol.ts';
import { type Rollback, wayBackOf, worseOf } from '../../core/upgrade/way-back.ts';
import type { Clock } from '../../ports.ts';
import type { BinaryRequest } from '../../stack/assemble.ts';
import type { Store } from '../../store/store.ts';
import type { Supervisor } from '../supervisor.ts';
import type { Deferrals } from './deferrals.ts';
import type { Offered } from './offered.ts';
import type { Past, PastEntry } from './past.ts';
import { blockedBy, ownRow, upgradeRow } from './rows.ts';
import type { Snapshots } from './snapshots.ts';
import { type Subjects, subjectsOf } from './subjects.ts';

/** What is known of the versions of a stack's services, put together from all who know a part of it. */
export type Knowledge = {
  readonly binaries: () => readonly BinaryRequest[];
  readonly packages: () => readonly string[];
  readonly view: () => UpgradeLook;
  readonly rowOf: (service: string) => UpgradeRow | null;
  /** Why one cannot go back to what an entry replaced; null when one can. */
  readonly blocked: (entry: PastEntry) => string | null;
  /** Looks anew which snapshots are there. */
  readonly findSnapshots: () => Promise<void>;
  /** What an ask comes to; asks the sources first where nobody has looked yet. */
  readonly prepare: (ask: UpgradeAsk, id: string) => Promise<Subjects>;
};

export const createKnowledge = (of: {
  readonly supervisor: Supervisor;
  readonly store: Store;
  readonly clock: Clock;
  readonly past: Past;
  readonly deferrals: Deferrals;
  readonly offered: Offered;
  readonly snapshots: Snapshots;
}): Knowledge => {
  const { supervisor, store, clock, past, deferrals, offered, snapshots } = of;
  const { loop, fetches, lock } = supervisor;
  let whole: ReadonlySet<string> = new Set();

  const binaries = (): readonly BinaryRequest[] => supervisor.held()?.assembled.binaries ?? [];
  const currentOf = (service: string): string | null =>
    loop.world().services[service]?.version ??
    fetches.binaryOf(service)?.version ??
    lock.entryOf(service)?.version ??
    null;

  /** What it takes from what runs now, which may be further than the entry went. */
  const needs = (entry: PastEntry): Rollback => {
    const wish = binaries().find(({ service }) => service === entry.service);
    const current = currentOf(entry.service);
    if (wish === undefined || current === null || entry.from === null) return entry.rollback;
    return worseOf(entry.rollback, wayBackOf(wish.wayBack, entry.from, current).rollback);
  };
  const blocked = (entry: PastEntry): string | null => blockedBy(entry, whole, needs(entry));

  const findSnapshots = async (): Promise<void> => {
    const found = new Set<string>();
    for (const { snapshot } of past.entries()) {
      if (snapshot !== null && (await snapshots.isWhole(snapshot))) found.add(snapshot);
    }
    whole = found;
  };

  const rows = (): readonly UpgradeRow[] => [
    ...binaries().map((wish) =>
      upgradeRow({
        wish,
        world: loop.world().services[wish.service] ?? null,
        installed: fetches.binaryOf(wish.service),
        locked: lock.entryOf(wish.service)?.version ?? null,
        offers: offered.of(wish.package),
        entries: past.entries(),
        deferrals,
        nowMs: clock.nowMs(),
        entry: store.entry(wish.component),
        blocked,
      }),
    ),
    ...ownRow(offered.own(), deferrals),
  ];
  const view = (): UpgradeLook => ({
    atMs: offered.atMs(),
    looking: offered.looking(),
    troubles: offered.troubles(),
    rows: rows(),
  });
  const packages = (): readonly string[] => binaries().map((wish) => wish.package);

  const prepare: Knowledge['prepare'] = async (ask, id) => {
    const unseen = packages().some((name) => offered.of(name).versions.length === 0);
    // Of a range nobody has looked at, or of nothing at all: whoever asks now wants to know now.
    if (ask.kind === 'upgrade' && (unseen || offered.atMs() === null)) await offered.look(packages());
    await findSnapshots();
    const parts = {
      binaries: binaries(),
      world: loop.world(),
      currentOf,
      offersOf: offered.of,
      entries: past.entries(),
      blocked,
      lockEntryOf: lock.entryOf,
      dataVersionOf: supervisor.dataVersions.lastOf,
      snapshots,
      store,
    };
    return subjectsOf(parts, ask, id, supervisor.stack);
  };

  return {
    binaries,
    packages,
    view,
    rowOf: (service) => rows().find((row) => row.service === service) ?? null,
    blocked,
    findSnapshots,
    prepare,
  };
};
