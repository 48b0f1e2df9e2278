import type { BootyError } from '../../core/error.ts';
import type { RegistryPackage } from '../../registry/schema.ts';
import type { InstallProgress } from '../store.ts';

/** A package and the range of versions somebody asks for; null = any. */
export type Wanted = {
  readonly package: string;
  readonly entry: RegistryPackage;
  readonly range: string | null;
  /** True: everything there is, also where what is asked first satisfies the range already. */
  readonly wide?: boolean;
};

/** A version that a source can deliver. */
export type Candidate = {
  /** Upstream version, semver. */
  readonly version: string;
  readonly sourceVersion: string;
  readonly suite: string | null;
  /** What to know of where it comes from, to stand after `<source>: `; absent: nothing. */
  readonly note?: string;
};

/** What a source knows; `trouble` says why it may know too little (an unreachable mirror), null when it is up to date. */
export type Offer = {
  /** By package, the best of equal versions first. */
  readonly candidates: ReadonlyMap<string, readonly Candidate[]>;
  readonly trouble: BootyError | null;
  /** Why nothing within the range can be had although it exists (its host is away, no build for this machine). */
  readonly refusal?: (packageName: string, range: string | null) => BootyError | null;
};

/** A source that was not taken, and why; the reason stands after `<source>: `. */
export type Skipped = { readonly source: string; readonly reason: string };

export type Pick = { readonly package: string; readonly entry: RegistryPackage; readonly candidate: Candidate };

/** A package verified and unpacked; its files lie in the folder that was given to `fetch` and may be moved away. */
export type Fetched = {
  /** Executable → absolute path of a regular file. */
  readonly files: Readonly<Record<string, string>>;
  /** Absolute; set where the whole folder is to be kept, the files in it. */
  readonly tree?: string;
  /** True: the files stay where they are and are only referred to. */
  readonly isReference?: boolean;
  readonly url: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Further downloads it was made of. */
  readonly others?: readonly { readonly url: string; readonly sha256: string; readonly sizeBytes: number }[];
};

export type FetchListener = {
  readonly progress: (pick: Pick, progress: InstallProgress) => void;
  /** Exactly once for each pick. */
  readonly settled: (pick: Pick, result: Fetched | Error) => void;
};

/** Where bytes come from. Sources are asked in order; each may be unusable on a machine. */
export type Source = {
  readonly name: string;
  /** Null when it can be used here; otherwise why not, to stand after `<name>: not usable here: `. */
  unusable(): Promise<string | null>;
  /** Which versions it has. Looks at the network only when what it knows is old or does not satisfy the ranges. */
  offer(wanted: readonly Wanted[], onMessage: (message: string) => void, signal: AbortSignal): Promise<Offer>;
  /**
  Fetches all picks in as few calls as it can, verifies and unpacks them below `folder` (which is empty). One that fails
  does not stop the others. Once the signal aborts it ends soon, with no process left; what lies in `folder` is removed
  by the caller. Rejects only for what concerns all picks; those not settled then share that error.
  */
  fetch(picks: readonly Pick[], folder: string, on: FetchListener, signal: AbortSignal): Promise<void>;
};
