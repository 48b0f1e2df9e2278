/**
The words every room shares: what a stack is made of, and the states its services can be in.

Three forms of the same thing, in the order they come to be:
- a **definition** is what the user wrote (booty.yaml or a built-in stack), checked but not yet wired;
- a **spec** is one service made whole (ports chosen, probes with real URLs): all the core needs to decide;
- a **row** is how a service looks from outside (`ps --json`, the table of the TUI).
*/

/** Every state a service can be in; exactly one at a time, no boolean beside it. */
export const serviceStates = [
  'waiting',
  'fetching',
  'starting',
  'ready',
  'unhealthy',
  'stopping',
  'stopped',
  'completed',
  'failed',
  'backoff',
  'skipped',
] as const;
export type ServiceState = (typeof serviceStates)[number];

export const stackStates = ['down', 'starting', 'ready', 'degraded', 'stopping'] as const;
export type StackState = (typeof stackStates)[number];

/** A process, so named that no other process can be mistaken for it: pids are reused, the triple is not. */
export type Identity = {
  readonly pid: number;
  /** Start time in clock ticks since boot (field 22 of /proc/PID/stat), or the platform's nearest equivalent. */
  readonly startTicks: string;
  readonly bootId: string;
};

export const dependencyConditions = ['service_started', 'service_healthy', 'service_completed_successfully'] as const;
export type DependencyCondition = (typeof dependencyConditions)[number];

/** Compose's meaning: `required: false` starts anyway when the other cannot; `restart` follows its restarts. */
export type Dependency = {
  readonly service: string;
  readonly condition: DependencyCondition;
  readonly required: boolean;
  readonly restart: boolean;
};

/** One question that is asked of a service; the answer is yes or no with a sentence. */
export type Probe =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'exec'; readonly command: readonly string[] }
  /** A JavaScript regular expression looked for in what the service printed since it started. */
  | { readonly kind: 'log'; readonly pattern: string }
  | { readonly kind: 'file'; readonly path: string };

/** When and how often a probe is asked. Until `startPeriodMs` is over failures do not count. */
export type ProbePolicy = {
  readonly probe: Probe;
  /** Between questions once ready. */
  readonly intervalMs: number;
  /** Between questions until ready; the first few come faster still. */
  readonly startIntervalMs: number;
  readonly timeoutMs: number;
  /** Failures in a row after which the service is unhealthy. */
  readonly retries: number;
  readonly startPeriodMs: number;
  readonly onUnhealthy: 'report' | 'restart';
};

export type RestartPolicy = {
  readonly when: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  /** Starts after the first; null = no limit. */
  readonly retriesMax: number | null;
};

export const stopScopes = ['process', 'group', 'tree'] as const;
/** Whom the stop signal reaches: the service alone, its process group, or everything below it. */
export type StopScope = (typeof stopScopes)[number];

export type StopPolicy = { readonly signal: string; readonly graceMs: number; readonly scope: StopScope };

/** Where something stands in a file the user wrote; both count from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** A health check as written; the words are kept until ports are known, they may hold `${{ … }}`. */
export type HealthcheckDefinition = {
  readonly probe:
    | { readonly kind: 'none' }
    | { readonly kind: 'http'; readonly url: string }
    | { readonly kind: 'tcp'; readonly address: string }
    | { readonly kind: 'exec'; readonly command: readonly string[] }
    | { readonly kind: 'log'; readonly pattern: string }
    | { readonly kind: 'file'; readonly path: string }
    /** Only timings were written: the probe itself comes from the catalog. */
    | { readonly kind: 'catalog' };
  readonly intervalMs: number | null;
  readonly timeoutMs: number | null;
  readonly retries: number | null;
  readonly startPeriodMs: number | null;
  readonly startIntervalMs: number | null;
};

/**
One service as the user wrote it. `null` means "not written": the catalog's or booty's default applies. Strings may
hold references `${{ services.nats.url }}`, `${{ ports.http }}`, `${{ dirs.data }}`, joined once ports are known.
*/
export type ServiceDefinition = {
  readonly name: string;
  /** Name of a system in the catalog, or null for the user's own command. */
  readonly component: string | null;
  /** A semver range; null = any. */
  readonly version: string | null;
  /** Own command; for a component, extra arguments after those of the recipe. */
  readonly command: readonly string[] | null;
  /** `environment` over `env_file`, interpolated. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly workingDir: string;
  readonly dependencies: readonly Dependency[];
  readonly healthcheck: HealthcheckDefinition | null;
  readonly onUnhealthy: 'restart' | null;
  readonly restart: RestartPolicy | null;
  readonly stopSignal: string | null;
  readonly stopGraceMs: number | null;
  readonly stopScope: StopScope | null;
  /** A number is strict, `auto` takes any free port. */
  readonly ports: Readonly<Record<string, number | 'auto'>>;
  /** Address listeners bind to; 127.0.0.1 unless written. */
  readonly bind: string;
  readonly log: 'file' | 'pipe' | null;
  readonly profiles: readonly string[];
  readonly openFilesMax: number | null;
  /** Its processes are in a pid namespace of its own; absent = in the machine's. */
  readonly isPidPrivate?: boolean;
  /** What the service offers others, beside what its recipe says; the port is one of `ports` or of the recipe. */
  readonly offers?: readonly OfferDefinition[];
};

/** `kind` is one of the catalog's offer kinds (`metrics`, `http-route`, …); the path begins with `/` or is empty. */
export type OfferDefinition = { readonly kind: string; readonly port: string; readonly path: string };

/** A whole stack as written; `positions` maps a dotted path (`services.web.command`) to where it stands. */
export type StackDefinition = {
  readonly name: string;
  /** Path of booty.yaml, or null for a built-in stack. */
  readonly file: string | null;
  /** Folder the stack belongs to; absolute and real. */
  readonly folder: string;
  readonly services: readonly ServiceDefinition[];
  readonly positions: Readonly<Record<string, Position>>;
  /** false: its daemon looks for newer versions only when asked; absent: twice a day. */
  readonly updateCheck?: boolean;
  /** Sentences for the user that do not stop anything. */
  readonly warnings: readonly string[];
};

/** One service made whole: what the core needs to decide about it. */
export type ServiceSpec = {
  readonly name: string;
  readonly component: string | null;
  /** True when a binary must be in the store before it can start. */
  readonly needsBinary: boolean;
  readonly dependencies: readonly Dependency[];
  /** null: ready as soon as it runs. */
  readonly readiness: ProbePolicy | null;
  readonly restart: RestartPolicy;
  readonly stop: StopPolicy;
  readonly ports: Readonly<Record<string, number>>;
};

export type ExitStatus = { readonly code: number | null; readonly signal: string | null; readonly atMs: number };

/** How a service looks from outside; the shape of `booty ps --json`. */
export type ServiceRow = {
  readonly name: string;
  readonly component: string | null;
  readonly version: string | null;
  readonly state: ServiceState;
  /** Why it is in this state, in a few words; null when there is nothing to add. */
  readonly reason: string | null;
  /** The service's own pid, never the shim's. */
  readonly pid: number | null;
  readonly startedAtMs: number | null;
  readonly restarts: number;
  /** Of its end; null while it runs, or when a signal ended it. `lastExit` keeps the one before. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly lastExit: ExitStatus | null;
  readonly nextRetryAtMs: number | null;
  readonly lastChange: { readonly atMs: number; readonly from: ServiceState | null };
  readonly ports: Readonly<Record<string, number>>;
  /** Of one core; null when unknown. */
  readonly cpuPercent: number | null;
  readonly rssBytes: number | null;
  /** Newest version in range when one is known to be newer; null otherwise. */
  readonly upgrade: string | null;
};

export type StackRow = {
  readonly stack: string;
  readonly state: StackState;
  readonly daemon: {
    readonly pid: number;
    readonly tied: boolean;
    readonly onHangup: 'stop' | 'keep';
    /** How processes are held together, and who watches the daemon; absent when not known. */
    readonly rung?: { readonly name: string; readonly why: string };
    readonly wardenPid?: number | null;
  } | null;
  readonly services: readonly ServiceRow[];
  /** Sentences about the whole stack, such as that the disk of its logs is full; absent when there is nothing to say. */
  readonly notes?: readonly string[];
};
