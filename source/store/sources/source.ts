import type { BootyError } from '../../core/error.ts';
import type { Platform, RegistryPackage } from '../../registry/schema.ts';
import type { MirroredFile, MirroredSuite } from '../mirror/document.ts';
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
  /** The source its bytes were fetched from, where another one has carried them here: receipts and locks name that. */
  readonly origin?: string;
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

/** Where a mirror is made: its folder, and one on the same disk for what is under way, which may hold what an earlier try left. */
export type MirrorFolder = {
  readonly folder: string;
  readonly work: string;
  /** For which machines; the registry's names. */
  readonly platforms: readonly Platform[];
};

/** What of a pick lies in a mirror now. */
export type Copied = {
  /** For which machines it can be had from there; empty: for any, as it is built there. */
  readonly platforms: readonly string[];
  /** Path below the mirror → what it is. */
  readonly files: Readonly<Record<string, MirroredFile>>;
  /** Suites of Debian's archive it is named in. */
  readonly suites?: readonly MirroredSuite[];
};

export type CopyListener = {
  readonly progress: FetchListener['progress'];
  /** Exactly once for each pick. */
  readonly settled: (pick: Pick, result: Copied | Error) => void;
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
  /**
  Puts what this source is made of into a mirror, so that the same source can deliver the picks from there, verified as if
  from the origin. What lies there already, whole, is not fetched again. Absent: it cannot be mirrored. Rejects as `fetch`.
  */
  copy?(picks: readonly Pick[], into: MirrorFolder, on: CopyListener, signal: AbortSignal): Promise<void>;
};
