/** A program that runs a stack of services, as the benchmarks call it. */
export type Peer = {
  readonly name: string;
  readonly version: string;
  /** How it was had: `npm`, `Debian`, `go install`, … */
  readonly origin: string;
  /** More services than this are not asked of it; `servicesMaxWhy` says why. */
  readonly servicesMax: number;
  readonly servicesMaxWhy?: string;
  /** Whether a service can wait until another is ready. */
  readonly hasReadiness: boolean;
  /** Whether it stops a service before those it needs. */
  readonly hasOrder: boolean;
  /** Whether it can run without a terminal. */
  readonly hasStream: boolean;
  /** Writes what it reads into the folder and says how it is started there. */
  readonly plan: (setting: Setting) => Plan;
};

export type Service = {
  readonly name: string;
  /** An absolute path and arguments; no word holds a space or a quote, because half of the peers want one string. */
  readonly command: readonly string[];
  /** Services that must be ready, by their word `ready`, before this one starts. */
  readonly needs?: readonly string[];
};

export type Setting = {
  /** Empty, and this run's alone. */
  readonly folder: string;
  readonly services: readonly Service[];
  /** `screen`: its full-screen look where it has one; `stream`: lines. */
  readonly look: 'screen' | 'stream';
};

export type Plan = {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** How a user asks it to end: the first time, the second. */
  readonly quits: readonly Quit[];
  /** The command that lists the services, where there is one. */
  readonly list?: readonly string[];
  /** The process that supervises, when it is not the command itself; null when it cannot be found. */
  readonly supervisor?: () => number | null;
  /** True when the command ends once all is started. */
  readonly isDetached?: boolean;
  /** What a user types to clear up after the supervisor was killed, where there is such a command. */
  readonly clear?: readonly string[];
};

/** Keys typed at the terminal one after the other, or a command run beside it. */
export type Quit =
  | { readonly keys: readonly string[]; readonly said: string }
  | { readonly command: readonly string[]; readonly said: string };

/** What a terminal sends for ctrl-c. */
export const ctrlC: Quit = { keys: ['\u0003'], said: 'ctrl-c' };

/** The command as one string; see `Service.command` for why no quoting is needed. */
export const asText = (service: Service): string => service.command.join(' ');
