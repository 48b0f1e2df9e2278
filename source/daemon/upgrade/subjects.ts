import type { UpgradeAsk, UpgradePlan, UpgradeSubject } from '../../api/upgrade-protocol.ts';
import { BootyError } from '../../core/error.ts';
import { chooseVersion } from '../../core/upgrade/choose.ts';
import type { JournalSubject } from '../../core/upgrade/journal.ts';
import { upgradeOrder } from '../../core/upgrade/order.ts';
import { snapshotBytes } from '../../core/upgrade/snapshot-room.ts';
import { wayBackOf, worseOf } from '../../core/upgrade/way-back.ts';
import { isOccupied, type ServiceWorld, type StackWorld } from '../../core/world.ts';
import type { BinaryRequest } from '../../stack/assemble.ts';
import { fits } from '../../store/fits.ts';
import { noticesOf } from '../../store/knowledge.ts';
import { outgrows } from '../../lock/stale.ts';
import type { Offers, Store } from '../../store/store.ts';
import { failedTryOf, lastChangeOf, type PastEntry } from './past.ts';
import type { Snapshots } from './snapshots.ts';

/** Data this small is copied even where going back would need no copy. */
const smallBytesMax = 268_435_456;
/** A guess for stop and start, until it was measured once. */
const restartMs = 2_000;
const copyBytesPerMs = 200_000;

export type SubjectParts = {
  readonly binaries: readonly BinaryRequest[];
  readonly world: StackWorld;
  readonly currentOf: (service: string) => string | null;
  readonly offersOf: (packageName: string) => Offers;
  readonly entries: readonly PastEntry[];
  readonly blocked: (entry: PastEntry) => string | null;
  readonly lockEntryOf: (service: string) => unknown;
  readonly dataVersionOf: (service: string) => Promise<string | null>;
  readonly snapshots: Pick<Snapshots, 'folderFor' | 'measure'>;
  readonly store: Pick<Store, 'entry'>;
};

/** A plan, and what is written down of it when it is carried out. */
export type Subjects = Pick<UpgradePlan, 'subjects' | 'nothing'> & { readonly journal: readonly JournalSubject[] };

type Target = {
  readonly wish: BinaryRequest;
  readonly to: string;
  readonly notices: readonly string[];
  readonly entry: PastEntry | null;
};

/**
Decides what an ask comes to: which services go to which versions, in which order, with which snapshots. Changes nothing.
Throws SERVICE_UNKNOWN for a service that has no binary.
*/
export const subjectsOf = async (
  parts: SubjectParts,
  ask: UpgradeAsk,
  id: string,
  stack: string,
): Promise<Subjects> => {
  const known = parts.binaries.map(({ service }) => service);
  const all = [...new Set([...known, ...Object.keys(parts.world.services)])];
  const unknown = ask.targets.find(({ service }) => !all.includes(service));
  if (unknown) throw new BootyError('SERVICE_UNKNOWN', { service: unknown.service, stack, known: all });
  const asked = ask.targets.length > 0 ? ask.targets : known.map((service) => ({ service, range: null }));
  const nothing: UpgradePlan['nothing'][number][] = [];
  const targets: Target[] = [];
  const isRefused = ask.kind === 'rollback';
  for (const { service, range } of asked) {
    // Said twice: its steps could not be told apart.
    if ([...targets.map(({ wish }) => wish), ...nothing].some((each) => each.service === service)) continue;
    const wish = parts.binaries.find((each) => each.service === service);
    if (!wish) {
      nothing.push({ service, reason: 'it is a command of your own, which has no versions', isRefused });
      continue;
    }
    const current = parts.currentOf(service);
    if (current === null) {
      nothing.push({ service, reason: 'nothing of it is installed yet: booty up fetches the newest', isRefused });
      continue;
    }
    const found =
      ask.kind === 'upgrade' ? forwards(parts, wish, current, range) : backwards(parts, wish, current, ask.to ?? null);
    if ('reason' in found) nothing.push({ service, ...found });
    else targets.push(found);
  }
  const specs = Object.values(parts.world.services).map(({ spec }) => spec);
  const order = upgradeOrder(
    targets.map(({ wish }) => wish.service),
    specs,
  );
  const ordered = targets.toSorted((a, b) => order.indexOf(a.wish.service) - order.indexOf(b.wish.service));
  const made = [];
  for (const target of ordered) made.push(await subjectOf(parts, target, ask.kind, id));
  return { subjects: made.map(({ shown }) => shown), journal: made.map(({ journal }) => journal), nothing };
};

type Found = Target | { readonly reason: string; readonly isRefused: boolean };

const forwards = (parts: SubjectParts, wish: BinaryRequest, current: string, range: string | null): Found => {
  const wanted = range ?? wish.range;
  const all = parts.offersOf(wish.package).versions.map(({ version }) => version);
  const candidates = all.filter((version) => fits(version, wanted));
  // What runs may be what was asked for.
  const nothing = (reason: string): Found => ({ reason, isRefused: !fits(current, wanted) });
  if (all.length === 0) return nothing('no source says which versions there are: booty outdated asks');
  if (candidates.length === 0) return nothing(`no source has ${wish.component}@${wanted}`);
  const choice = chooseVersion({ service: wish.service, current, candidates, oneAtATime: wish.oneAtATime });
  if (choice.kind === 'nothing') return nothing(choice.reason);
  const { version, notice } = choice;
  const outside = fits(version, wish.range)
    ? []
    : [
        `${version} is outside ${wish.range} of booty.yaml: change it there too${outgrows(wish, version) ? '' : ', or the next up goes back into the range'}`,
      ];
  const failed = failedTryOf(parts.entries, wish.service, version);
  const tried = failed === null ? [] : [`${version} was taken back ${utcText(failed.atMs)}: ${failed.why}`];
  return { wish, to: version, notices: [...tried, ...(notice === null ? [] : [notice]), ...outside], entry: null };
};

/** To what an entry of the history replaced: the last one, or one that is named by its id or by its version. */
const backwards = (parts: SubjectParts, wish: BinaryRequest, current: string, to: string | null): Found => {
  const refused = (reason: string): Found => ({ reason, isRefused: true });
  const own = parts.entries.filter(
    ({ service, result }) => service === wish.service && (result === 'done' || result === 'failed'),
  );
  const entry =
    to === null
      ? lastChangeOf(parts.entries, wish.service, current)
      : (own.findLast((each) => each.id === to || each.from === to) ?? null);
  if (entry !== null && entry.from !== null && entry.kind === 'install') {
    return refused(`booty.yaml or the lock changed it from ${entry.from} to ${entry.to}: change it there`);
  }
  if (entry === null || entry.from === null) {
    return refused(to === null ? 'it was never upgraded' : `its history knows no ${to}`);
  }
  if (to === null && entry.to !== current) return refused(`${current} runs, and the last upgrade went to ${entry.to}`);
  if (entry.from === current) return refused(`${current} is chosen already: booty start ${wish.service}`);
  const blocked = parts.blocked(entry);
  return blocked === null
    ? { wish, to: entry.from, notices: [], entry }
    : refused(`it cannot go back to ${entry.from}: ${blocked}`);
};

const subjectOf = async (
  { world, currentOf, lockEntryOf, dataVersionOf, snapshots, store, entries }: SubjectParts,
  { wish, to, notices, entry }: Target,
  kind: UpgradeAsk['kind'],
  id: string,
): Promise<{ readonly shown: UpgradeSubject; readonly journal: JournalSubject }> => {
  const { service, component } = wish;
  const from = currentOf(service) ?? '';
  const way = wayBackOf(wish.wayBack, from, to);
  const rollback = worseOf(entry?.rollback ?? 'safe', way.rollback);
  const own = world.services[service];
  const ran = own !== undefined && world.phase === 'up' && (isOccupied(own) || own.wanted === 'up');
  const needs = kind === 'upgrade' ? rollback !== 'safe' : false;
  const measured = await snapshots.measure(service);
  // A copy nobody needs is no reason to refuse an upgrade where the disk is nearly full.
  const hasRoom = measured.freeBytes >= snapshotBytes(measured);
  const isSmall = measured.bytes <= smallBytesMax && measured.freeBytes > 4 * measured.bytes;
  const takes = kind === 'upgrade' && (needs || (hasRoom && (isSmall || measured.how === 'reflink')));
  const restoreFrom = kind === 'rollback' && rollback !== 'safe' ? (entry?.snapshot ?? null) : null;
  const dependants = Object.values(world.services).filter(({ spec }) =>
    spec.dependencies.some((on) => on.service === service),
  );
  const restarts = dependants.filter((each) => ran && followsRestart(each, service)).map(({ spec }) => spec.name);
  // The server's own snapshot is copied while it runs; what was written since is little. Sharing blocks takes no time at all.
  const copiesAhead = ran && wish.hasOwnSnapshot && measured.canCopyAhead && measured.how === 'copy';
  const how = copiesAhead ? 'native' : measured.how;
  const copyMs = takes && how === 'copy' ? Math.round(measured.bytes / copyBytesPerMs) : 0;
  const shown: UpgradeSubject = {
    service,
    from,
    to,
    rollback,
    restarts,
    dependants: dependants.map(({ spec }) => spec.name).filter((name) => !restarts.includes(name)),
    downtimeMs: ran ? (measuredMs(entries, service) ?? restartMs) + copyMs : null,
    snapshot: takes ? { bytes: measured.bytes, how, freeBytes: measured.freeBytes } : null,
    loses: losesOf(kind, rollback, entry, from),
    notices: [...notices, ...(way.why === null ? [] : [way.why]), ...noticesOf(store.entry(component), from, to)],
  };
  const dataBefore = await dataVersionOf(service);
  const journal: JournalSubject = {
    service,
    component,
    package: wish.package,
    from,
    to,
    ran,
    lockBefore: lockEntryOf(service),
    rollback,
    snapshot: takes ? snapshots.folderFor(service, id) : null,
    copiesAhead: takes && copiesAhead,
    restoreFrom,
    restarts,
    ...(dataBefore === null ? {} : { dataBefore }),
    lossBy: wish.wayBack.lossBy ?? 'bytes',
  };
  return { shown, journal };
};

/** How long its last change took it down, a copy included; null: none was measured. */
const measuredMs = (entries: readonly PastEntry[], service: string): number | null =>
  entries.findLast((entry) => entry.service === service && entry.result === 'done' && (entry.downMs ?? 0) > 0)
    ?.downMs ?? null;

const followsRestart = ({ spec, state }: ServiceWorld, service: string): boolean =>
  state !== 'stopped' && spec.dependencies.some((on) => on.service === service && on.restart);

const losesOf = (
  kind: UpgradeAsk['kind'],
  rollback: UpgradeSubject['rollback'],
  entry: PastEntry | null,
  from: string,
): string | null => {
  if (rollback === 'safe') return null;
  if (kind === 'upgrade') return `going back later puts the data back as it is now: what is written until then is lost`;
  const at = entry === null ? 'then' : utcText(entry.startedAtMs);
  return `what was written since ${at} is taken away (kept as a snapshot of ${from})`;
};

const utcText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
