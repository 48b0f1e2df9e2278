import { bootyItself, type HistoryEntry, type UpgradeRow } from '../../api/upgrade-protocol.ts';
import { exitText } from '../../core/restart.ts';
import { compareVersions } from '../../core/upgrade/version.ts';
import { type Rollback, wayBackOf } from '../../core/upgrade/way-back.ts';
import type { ServiceWorld } from '../../core/world.ts';
import type { BinaryRequest } from '../../stack/assemble.ts';
import { fits } from '../../store/fits.ts';
import { noticesOf, notesUrl } from '../../store/knowledge.ts';
import type { Installed, Offers, Store } from '../../store/store.ts';
import type { Deferrals } from './deferrals.ts';
import type { OwnVersion } from './offered.ts';
import { failedTryOf, lastChangeOf, type PastEntry } from './past.ts';

/** A failure within this time after an upgrade names it as suspect. */
const suspectMs = 86_400_000;

/** What is known about one service, from all who know something. */
export type RowInput = {
  readonly wish: BinaryRequest;
  readonly world: ServiceWorld | null;
  /** What its next start runs. */
  readonly installed: Installed | null;
  /** What the lock says, where nothing was started yet. */
  readonly locked: string | null;
  readonly offers: Offers;
  readonly entries: readonly PastEntry[];
  readonly deferrals: Pick<Deferrals, 'of'>;
  readonly nowMs: number;
  readonly entry: ReturnType<Store['entry']>;
  readonly blocked: (entry: PastEntry) => string | null;
};

/** One row of `UpgradeLook`; pure. */
export const upgradeRow = (input: RowInput): UpgradeRow => {
  const { wish, world, installed, locked, offers, entries, deferrals, nowMs, entry } = input;
  const current = world?.version ?? installed?.version ?? locked;
  const newer = offers.versions
    .map(({ version }) => version)
    .filter((version) => current === null || compareVersions(version, current) > 0)
    .toSorted(compareVersions);
  const inRange = newer.filter((version) => fits(version, wish.range)).at(-1) ?? null;
  const newest = newer.at(-1) ?? null;
  const last = lastChangeOf(entries, wish.service, current);
  const tried = inRange === null ? null : failedTryOf(entries, wish.service, inRange);
  const offered = inRange ?? newest ?? current;
  const way = current === null || offered === null ? null : wayBackOf(wish.wayBack, current, offered);
  return {
    service: wish.service,
    component: wish.component,
    package: wish.package,
    range: wish.range,
    current,
    currentSource: installed?.version === current ? (installed?.source ?? null) : null,
    inRange,
    newest,
    rollback: way?.rollback ?? wish.wayBack.usual,
    notices: [
      ...(current === null || fits(current, wish.range)
        ? []
        : [`${current} is outside ${wish.range} of booty.yaml: change version: there`]),
      ...(way?.why == null ? [] : [way.why]),
      ...noticesOf(entry, current, inRange ?? newest),
    ],
    releaseNotes: notesUrl(entry, inRange ?? newest),
    deferred: deferrals.of(wish.service, inRange),
    ...(tried === null ? {} : { tried }),
    back:
      last?.from == null || last.to !== current || last.kind === 'install'
        ? null
        : {
            version: last.from,
            atMs: last.endedAtMs,
            blockedBy: input.blocked(last),
            rollback: wayBackOf(wish.wayBack, last.from, last.to).rollback,
          },
    suspect: suspectOf(last, world, nowMs),
  };
};

/** The row of booty itself, where a newer one is known. */
export const ownRow = (own: OwnVersion, deferrals: Pick<Deferrals, 'of'>): readonly UpgradeRow[] =>
  own === null
    ? []
    : [
        {
          service: bootyItself,
          component: 'booty',
          package: 'booty',
          range: null,
          current: own.current,
          currentSource: null,
          inRange: own.newest,
          newest: own.newest,
          rollback: 'safe',
          notices: ['in a shell: booty self upgrade; services run on, and this screen finds the new daemon by itself'],
          releaseNotes: null,
          deferred: deferrals.of(bootyItself, own.newest),
          back: null,
          suspect: null,
        },
      ];

const suspectOf = (last: PastEntry | null, world: ServiceWorld | null, nowMs: number): UpgradeRow['suspect'] => {
  if (last === null || last.result !== 'done' || last.kind === 'install') return null;
  if (last.from === null || world === null) return null;
  if (nowMs - last.endedAtMs > suspectMs || world.version !== last.to) return null;
  const what = failureOf(world, last.endedAtMs);
  return what === null ? null : { from: last.from, to: last.to, atMs: last.endedAtMs, what };
};

/** What is wrong with it, or went wrong since then without anybody asking, also where it runs again by now; null: nothing. */
const failureOf = ({ state, reason, endsInRow, lastExit }: ServiceWorld, sinceMs: number): string | null => {
  if (state === 'failed') return reason ?? 'it failed';
  if (state === 'unhealthy') return `unhealthy: ${reason ?? 'its health check fails'}`;
  return endsInRow > 0 && lastExit !== null && lastExit.atMs > sinceMs ? exitText(lastExit) : null;
};

/** Why one cannot go back to what an entry replaced; null when one can. `snapshots` are those that are whole, `needs` is what it takes. */
export const blockedBy = (
  entry: Pick<HistoryEntry, 'kind' | 'result' | 'from'> & Pick<PastEntry, 'snapshot'>,
  snapshots: ReadonlySet<string>,
  needs: Rollback,
): string | null => {
  if (entry.from === null) return 'it was the first version';
  if (entry.kind === 'install') return 'booty.yaml or the lock changed it: change it there';
  if (entry.result !== 'done' && entry.result !== 'failed') return 'it did not change the version';
  if (needs === 'safe') return null;
  if (needs === 'impossible') return 'only a backup restored by hand leads back';
  if (entry.snapshot === null)
    return `${entry.from} cannot read what the newer version wrote, and no snapshot was taken`;
  return snapshots.has(entry.snapshot) ? null : 'its snapshot is gone';
};
