import type { RegistryPackage } from '../registry/schema.ts';
import type { Platform } from '../registry/schema.ts';
import type { MirrorCheck } from './mirror/check.ts';
import type { Cloned, CloneWant } from './mirror/clone.ts';
import type { Pin } from './pin.ts';

/** A binary as it lies in the store, read-only from here on; of source `path`: where it lies on this machine. */
export type Installed = {
  /** Name of the package in the registry: `victoria-metrics` also when `vmagent` was asked for. */
  readonly component: string;
  /** Upstream version, semver. */
  readonly version: string;
  /** As the source names it: `2.9.10-1+b3` for Debian. */
  readonly sourceVersion: string;
  readonly source: string;
  /** Why that source, where others stand before it; null when it is the first in order. */
  readonly reason: string | null;
  /** Release of the distribution it came from; null where there is no such thing. */
  readonly suite: string | null;
  /** What it was made of. */
  readonly downloads: readonly Downloaded[];
  readonly folder: string;
  /** Name → absolute path. */
  readonly executables: Readonly<Record<string, string>>;
};

/** One file that was fetched: where from (without user name and password), and what it was. */
export type Downloaded = { readonly url: string; readonly sha256: string; readonly sizeBytes: number };

/** A version that could be installed here, and where it would come from. */
export type Offered = {
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly suite: string | null;
};

/** What somebody wants installed; a null range is any. */
export type Wish = { readonly component: string; readonly range: string | null; readonly pin?: Pin | null };

/** All versions of a component that could be had, newest first, the first source in order for each; what went unasked. */
export type Offers = {
  readonly versions: readonly Offered[];
  readonly troubles: readonly { readonly source: string; readonly reason: string }[];
};

export type InstallProgress = {
  readonly phase: 'looking' | 'downloading' | 'verifying' | 'unpacking' | 'done';
  readonly source: string | null;
  readonly version: string | null;
  readonly doneBytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
  readonly etaMs: number | null;
  readonly message: string | null;
};

/** A package of the registry, as this machine can have it. */
export type PackageRow = {
  readonly package: string;
  readonly title: string;
  readonly licence: string;
  /** What to know before it is fetched; null: nothing. */
  readonly notice: string | null;
  /** How its upstream stands, and known weaknesses with the versions they are in: sentences. */
  readonly upstream: readonly string[];
  readonly components: readonly string[];
  /** Other names people write for them. */
  readonly aliases: readonly string[];
  /** Versions with verified archives for this platform, oldest first. */
  readonly archives: readonly string[];
  /** What is missing for this platform, in words; null: nothing. */
  readonly gap: string | null;
  /** Name of its Debian package; null when there is none. */
  readonly apt: string | null;
  readonly installed: readonly Installed[];
};

/** One version folder of the store, looked through. */
export type AuditRow = {
  readonly component: string;
  readonly version: string;
  readonly folder: string;
  readonly source: string | null;
  /** Sentences; empty: every byte is as it was installed. */
  readonly problems: readonly string[];
  /** Sentences on files that its receipt does not know; they make it no less usable. */
  readonly strangers: readonly string[];
};

export type Store = {
  /**
  Newest installed version within the range (null = any), with a pin that version alone, which must have the pinned bytes
  (LOCK_OTHER_BYTES) and be sound (STORE_TAMPERED); looks at no network. `component` is a component, an alias or a
  package (`nats`, `vmagent`, `victoria-metrics`), or anything installed whatever the registry's age. Throws
  STORE_UNKNOWN_COMPONENT, STORE_BAD_RANGE.
  */
  find(component: string, range: string | null, pin?: Pin | null): Promise<Installed | null>;
  /**
  Looks whether a version still is what was installed: every executable by the file system's mark, by its hash where that
  differs. Cheap enough for every start; throws STORE_TAMPERED.
  */
  requireSound(installed: Installed): Promise<void>;
  list(): Promise<readonly Installed[]>;
  /** All packages of the registry, and what is installed of them; looks at no network. */
  overview(): Promise<readonly PackageRow[]>;
  /** Hashes everything that is installed again. */
  audit(): Promise<readonly AuditRow[]>;
  /** What the registry says of a component's package; null when it has none. */
  entry(component: string): RegistryPackage | null;
  /**
  What could be installed, by component, from all sources; installs nothing. `wide`: also from releases of the distribution
  that this machine is not configured with, whose lists are large.
  */
  offers(
    components: readonly string[],
    wide: boolean,
    onMessage: (message: string) => void,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Offers>>;
  /**
  What an installation of these would take now, in their order, or why nothing: asks the sources and fetches nothing.
  Rejects with the signal's reason.
  */
  choose(wanted: readonly Wish[], signal: AbortSignal): Promise<readonly (Offered | Error)[]>;
  /**
  Fetches one version again, the very bytes its receipt names (its version, where the receipt is lost), and exchanges the
  folder only once they are there and checked: whatever goes wrong, what lay there still does. `component` is the name of
  the package. Throws what an installation fails with: LOCK_NOT_HERE, STORE_CANCELLED and the like.
  */
  repair(
    component: string,
    version: string,
    onProgress: (progress: InstallProgress) => void,
    signal: AbortSignal,
  ): Promise<Installed>;
  /** Removes one version and resolves with the bytes that became free; 0 when it is not there. */
  remove(component: string, version: string, signal: AbortSignal): Promise<number>;
  /**
  Installs all wanted components that are not there yet, those from one source in as few calls as it allows. Each
  result comes as soon as it is there, by callback; the promise resolves when all are settled. One that fails does not
  stop the others: its error (a BootyError) is handed to `on.settled`. Names are those that were asked for. Components of
  one package (victoria-metrics, vmagent) share one download. Once the signal aborts, what is not settled yet is settled
  with STORE_CANCELLED, nothing of it is kept and no process is left. A pin is honoured or refused by name (LOCK_NOT_HERE,
  LOCK_OTHER_BYTES).
  */
  install(
    wanted: readonly Wish[],
    on: {
      readonly progress: (component: string, progress: InstallProgress) => void;
      readonly settled: (component: string, result: Installed | Error) => void;
    },
    signal: AbortSignal,
  ): Promise<void>;
  /** Puts components into the folder of a mirror; see `clone`. No platforms: this machine's. */
  clone(
    folder: string,
    wanted: readonly CloneWant[],
    platforms: readonly Platform[],
    on: {
      readonly progress: (component: string, progress: InstallProgress) => void;
      readonly settled: (want: CloneWant, result: Cloned | Error) => void;
    },
    signal: AbortSignal,
  ): Promise<void>;
  /** Reads all of a mirror again; null when the folder is none. */
  checkMirror(
    folder: string,
    onFile: (done: number, all: number) => void,
    signal: AbortSignal,
  ): Promise<MirrorCheck | null>;
};
