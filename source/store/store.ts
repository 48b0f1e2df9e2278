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
  readonly folder: string;
  /** Name → absolute path. */
  readonly executables: Readonly<Record<string, string>>;
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
};

export type Store = {
  /**
  Newest installed version within the range (null = any); looks at no network. `component` is a component, an alias or a
  package (`nats`, `vmagent`, `victoria-metrics`), or anything installed whatever the registry's age. Throws
  STORE_UNKNOWN_COMPONENT, STORE_BAD_RANGE.
  */
  find(component: string, range: string | null): Promise<Installed | null>;
  list(): Promise<readonly Installed[]>;
  /** All packages of the registry, and what is installed of them; looks at no network. */
  overview(): Promise<readonly PackageRow[]>;
  /** Hashes everything that is installed again. */
  audit(): Promise<readonly AuditRow[]>;
  /** Removes one version and resolves with the bytes that became free; 0 when it is not there. */
  remove(component: string, version: string, signal: AbortSignal): Promise<number>;
  /**
  Installs all wanted components that are not there yet, those from one source in as few calls as it allows. Each
  result comes as soon as it is there, by callback; the promise resolves when all are settled. One that fails does not
  stop the others: its error (a BootyError) is handed to `on.settled`. Names are those that were asked for. Components of
  one package (victoria-metrics, vmagent) share one download. Once the signal aborts, what is not settled yet is settled
  with STORE_CANCELLED, nothing of it is kept and no process is left.
  */
  install(
    wanted: readonly { readonly component: string; readonly range: string | null }[],
    on: {
      readonly progress: (component: string, progress: InstallProgress) => void;
      readonly settled: (component: string, result: Installed | Error) => void;
    },
    signal: AbortSignal,
  ): Promise<void>;
};
