/** The world as booty sees it: every effect passes through one of these, real in `edge/`, simulated in `test/sim/`. */
import type { DocumentAnswer, DocumentAsk } from './core/document.ts';
import type { ExitStatus, Identity, StopScope } from './core/model.ts';

export type Clock = {
  /** Milliseconds since the epoch, as the clock on the wall has it: somebody may set it. */
  nowMs(): number;
  /** Milliseconds that have really passed, since the machine was started or later; nobody sets this, and it rests while the machine sleeps. */
  steadyMs(): number;
  /** Calls `run` once after the delay; the result cancels it (idempotent). */
  after(delayMs: number, run: () => void): () => void;
};

export type Random = {
  /** In [0, 1). */
  roll(): number;
  /** Unguessable, in hexadecimal. */
  token(bytes: number): string;
};

/** All that is needed to start one service; paths are absolute. */
export type Launch = {
  readonly service: string;
  readonly stack: string;
  /** Of the daemon's run; travels in the environment as a marker of what belongs to the stack. */
  readonly runId: string;
  readonly generation: number;
  readonly command: readonly string[];
  /** Whole environment of the service, the marker variables not yet in it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly logFile: string;
  readonly logMode: 'file' | 'pipe';
  /** The shim writes `<prefix>` (exit code) and `<prefix>.pid`; removed before the start. */
  readonly statusFile: string;
  /** Version for the mark line in the log. */
  readonly version: string | null;
  readonly stopScope: StopScope;
  readonly openFilesMax: number | null;
  /** It gets a pid namespace of its own: it sees only its own processes, and all of them end with its shim. */
  readonly pidNamespace?: boolean;
};

/** A running service as the daemon holds it. */
export type Started = {
  readonly identity: Identity;
  /** The shim's own identity, which leads the process group. */
  readonly group: Identity;
  /** Byte of the log file at which this generation begins. */
  readonly logStartByte: number;
  /** Folder of the cgroup its processes are in; absent where there is none. */
  readonly leaf?: string;
};

/** How this machine holds the processes of a service together, and why not in a better way. */
export type ProcessRung = { readonly name: 'cgroup' | 'tracker' | 'tree-kill'; readonly why: string };

export type Usage = { readonly cpuPercent: number; readonly rssBytes: number; readonly processes: number };

export type Processes = {
  /**
  Starts a service and resolves once its own pid is known. `onExit` comes exactly once, when the service itself is
  gone, its log is drained and (unless the scope is `process`) nothing it left behind is alive.
  */
  start(launch: Launch, onExit: (exit: ExitStatus & { readonly stragglers: number }) => void): Promise<Started>;
  /**
  Watches a service that an earlier daemon started, as if started here. Resolves with false, and does nothing, when it
  is no longer that very process; its end may then be read from the launch's status file.
  */
  adopt(
    launch: Launch,
    started: Started,
    onExit: (exit: ExitStatus & { readonly stragglers: number }) => void,
  ): Promise<boolean>;
  /**
  What a dead daemon had started or was starting, by the records that `start` keeps beside the status files of a folder
  until they are forgotten: those that are alive, or that came up and ended since. Waits for starts under way.
  */
  survivors(runFolder: string): Promise<readonly { readonly launch: Launch; readonly started: Started }[]>;
  /**
  Clears up after a service that ended while nobody watched: ends what it left behind (unless its scope is `process`) and
  says how it ended, as far as its shim could write it down. Signals nobody when the machine was restarted meanwhile.
  */
  bury(launch: Launch, started: Started): Promise<ExitStatus & { readonly stragglers: number }>;
  /** Removes the records of a service that has ended, once somebody has written down that it did. Idempotent. */
  forget(launch: Pick<Launch, 'statusFile'>): Promise<void>;
  /** Chosen once, at the first question or start, by trying. */
  rung(): ProcessRung;
  /** Sends the signal to whom the scope names. Resolves with how many were reached; 0 when it is already gone. */
  signal(service: string, signal: string, scope: StopScope): Promise<number>;
  /** Freezes, kills and rescans until nothing of the service is left; `onExit` follows. Idempotent. */
  kill(service: string): Promise<{ readonly killed: number; readonly left: number }>;
  /** CPU since the last call and memory now, over the whole tree, of each running service. */
  usage(): Promise<ReadonlyMap<string, Usage>>;
  /** Looks whether that very process is alive; a zombie is not. */
  alive(identity: Identity): Promise<boolean>;
};

/** Who watches a daemon from outside: it outlives the daemon, and starts another one when the daemon was killed. */
export type Warden = {
  readonly pid: number;
  /** `end`: the daemon leaves in peace; `steady`: its earlier deaths count no more; `yield`: a successor is coming. */
  say(word: 'end' | 'steady' | 'yield'): void;
  kill(): void;
  /** Resolve when it or its second is gone: another pair is to take the place of the two; and when both are. */
  readonly ended: Promise<void>;
  readonly gone: Promise<void>;
};

export type FileKind = 'file' | 'folder' | 'socket' | 'link' | 'other';

/** How old parts of logs are put away while their servers append. */
export type LogStorage = {
  /** What a file takes up on the disk; holes do not count. 0 when there is none. */
  allocatedBytes(path: string): Promise<number>;
  /** Gives a range of a file back to the disk, which then reads as zeros; false where that is not possible. Nothing is done to a shorter file. */
  punch(path: string, fromByte: number, lengthBytes: number): Promise<boolean>;
  /** Cuts a file to nothing. */
  empty(path: string): Promise<void>;
  /** The form `pack` writes. */
  readonly packing: 'zst' | 'gz';
  /** Compresses a range of a file into another, synced to the disk and there whole or not at all. */
  pack(path: string, fromByte: number, lengthBytes: number, into: string): Promise<void>;
  /** All a packed file holds, by the ending of its name; rejects beyond `bytesMax` and when it is damaged. */
  unpack(path: string, bytesMax: number): Promise<Uint8Array>;
  /** Calls once, at the next change of anything in the folder, unless it is ended before; null where nobody tells. */
  onChange(folder: string, run: () => void): (() => void) | null;
};

export type Files = {
  /** null when there is none. */
  readText(path: string): Promise<string | null>;
  /** Part of a file; shorter at its end, empty when there is none. It lies in `into` where that is given, at its start. */
  readRange(path: string, fromByte: number, lengthBytes: number, into?: Uint8Array): Promise<Uint8Array>;
  /** Through a temporary file and a rename: readers see the old or the new text. Mode as in chmod. */
  writeAtomic(path: string, text: string, mode: number): Promise<void>;
  append(path: string, text: string | Uint8Array, mode: number): Promise<void>;
  makeFolder(path: string, mode: number): Promise<void>;
  /** A new folder with an unguessable name inside `parent`. */
  makeTemporary(parent: string, prefix: string): Promise<string>;
  /** Whatever it is; nothing when it is not there. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Names in it, sorted; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
  stat(path: string): Promise<{
    readonly sizeBytes: number;
    readonly modifiedAtMs: number;
    readonly kind: FileKind;
    readonly mode: number;
    readonly userId: number;
    /** Another one after any change of the file, whatever its times say; absent where the system tells none. */
    readonly mark?: string;
  } | null>;
  realPath(path: string): Promise<string>;
  chmod(path: string, mode: number): Promise<void>;
  /** Lower-case hexadecimal, read in pieces. */
  sha256(path: string): Promise<string>;
  freeBytes(path: string): Promise<number>;
  /** Absent: old parts of logs are not put away. */
  readonly logStorage?: LogStorage;
  /** A lock between processes that names its holder by identity: a dead one's is taken over. Waits so long at most. */
  lock(
    path: string,
    waitMs: number,
  ): Promise<{ readonly release: () => Promise<void> } | { readonly heldBy: Identity }>;
};

export type ProbeAnswer = { readonly ok: boolean; readonly message: string };

export type Http = {
  /** Status and the first bytes of the body; rejects when there is no answer within the time. */
  get(url: string, timeoutMs: number): Promise<{ readonly status: number; readonly body: string }>;
};

export type Sockets = {
  /** Holds the port by listening on it until released, so that nobody else takes it; null when it is not free. */
  reserve(bind: string, port: number): Promise<{ readonly port: number; readonly release: () => Promise<void> } | null>;
  /** Resolves when a connection was made; rejects otherwise. */
  connect(host: string, port: number, timeoutMs: number): Promise<void>;
  /** `812 nginx`, or `another user's process` when this user may not see it. */
  holderOf(port: number): Promise<string>;
};

export type CommandResult = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
};

export type Host = {
  readonly platform: string;
  readonly arch: string;
  readonly userId: number;
  /** Null where the machine knows none. */
  readonly userName: () => string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly homeFolder: string;
  readonly temporaryFolder: string;
  readonly pid: number;
  /** Changes at each boot; part of every identity. */
  bootId(): Promise<string>;
  identityOf(pid: number): Promise<Identity | null>;
  /** Absolute path of an executable by Compose's rules (a slash means relative to `from`), or null. */
  findExecutable(name: string, from: string, path: string): Promise<string | null>;
  /** Runs to its end, killed with its group after the time. Never through a shell. */
  run(
    command: readonly string[],
    options: {
      readonly timeoutMs: number;
      readonly environment?: Readonly<Record<string, string>>;
      readonly workingDir?: string;
      /** Each line of stdout or stderr as it comes. */
      readonly onLine?: (line: string) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<CommandResult>;
};

/** One request as the daemon sees it. */
export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Whole body as text; rejects beyond limits.documentBytesMax. */
  body(): Promise<string>;
  /** Body as lines while it comes in; ends with the client's end or with the connection. */
  lines(): AsyncIterable<string>;
  /** Ends the exchange; after `stream` it only ends what has begun. */
  answer(status: number, body: string, contentType: string): void;
  /** Begins an answer without end; lines are written until `end` or until the client is gone. */
  stream(contentType: string): LineSink;
};

export type LineSink = {
  /** False when the client does not keep up: the caller may leave lines out. */
  write(line: string): boolean;
  /** Resolves when the client has caught up, or is gone. */
  drained(): Promise<void>;
  end(): void;
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;
};

export type Dialled = {
  readonly status: number;
  readonly lines: AsyncIterable<string>;
  /** Once the lines have ended: the other side has ended them. Else the connection broke, and more was to come. */
  isWhole(): boolean;
  write(line: string): Promise<void>;
  /** Ends the connection at once. */
  close(): void;
};

/** The screen and keyboard a command was called with. */
export type Terminal = {
  readonly inputIsTerminal: boolean;
  readonly outputIsTerminal: boolean;
  readonly errorIsTerminal: boolean;
  readonly columns: number;
  /** Writes to stdout; resolves when the reader has taken it. Silent once the reader is gone. */
  write(text: string | Uint8Array): Promise<void>;
  writeError(text: string): void;
  /** Writes the question to stderr and resolves with the next line typed, without its end; empty when input ends first. */
  ask(question: string): Promise<string>;
  /** True after the reader of stdout went away (`booty logs | head`). */
  readerIsGone(): boolean;
  /** Called for each such signal, or when the input, a terminal, ends (`hangup`), or stdout's reader goes. */
  on(what: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'hangup' | 'reader-gone', run: () => void): () => void;
};

/** Commands that take over the terminal booty was called in. */
export type Foreground = {
  /**
  Runs a command with booty's own stdin, stdout and stderr and resolves when it has ended. Signals to booty are passed
  on meanwhile; what a terminal sends to the whole group is left to it. Throws COMMAND_NOT_RUN.
  */
  run(
    command: readonly string[],
    options: { readonly environment: Readonly<Record<string, string>>; readonly workingDir: string },
  ): Promise<{ readonly code: number | null; readonly signal: string | null }>;
};

/** What the machine says of itself that no other port tells. */
export type Machine = {
  readonly nodeVersion: string;
  /** Of the kernel, as in `uname -r`. */
  readonly release: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** The C library Node runs on; null where it has none to name. */
  libc(): { readonly name: 'glibc' | 'musl'; readonly version: string | null } | null;
};

/** HTTP over unix sockets, both ends, and the daemon's own loopback page for metrics. */
export type Channels = {
  /** Listens with mode 0600; `where` is a socket path, or a port of 127.0.0.1. */
  serve(
    where: { readonly socket: string } | { readonly bind: string; readonly port: number },
    handle: (exchange: Exchange) => void,
  ): Promise<{ readonly close: () => Promise<void> }>;
  request(
    socket: string,
    ask: { readonly method: string; readonly path: string; readonly body?: string },
  ): Promise<{ readonly status: number; readonly body: string }>;
  /** A request whose answer is a stream of lines; `open` keeps its body open for `write`. */
  dial(
    socket: string,
    ask: { readonly method: string; readonly path: string; readonly open: boolean },
    signal?: AbortSignal,
    /** First line of an open body: sent with the head, before the answer is waited for. */
    firstLine?: string,
  ): Promise<Dialled>;
};

/** What a server said before the first byte of what it sends. */
export type DownloadHead = {
  readonly status: number;
  /** Where it was found in the end, redirects followed. */
  readonly url: string;
  /** Empty when it was not said. */
  readonly contentType: string;
  /** Size of the whole thing; null when it was not said. */
  readonly totalBytes: number | null;
  /** Byte of the whole at which the answer begins; above 0 when the server goes on where a file ends. */
  readonly fromByte: number;
  /** By which the same bytes are known again (a strong ETag, or Last-Modified); null: it cannot be continued later. */
  readonly validator: string | null;
  /** How long the server asks to be left alone; null when it did not. */
  readonly retryAfterMs: number | null;
  readonly contentEncoding?: string;
};

export type Download = {
  /** http, https or file. */
  readonly url: string;
  /** Absolute; appended to when the server continues it, else written anew. Stays when the download breaks off. */
  readonly file: string;
  /** Of the download that left the file as it is; null: begin anew. */
  readonly validator: string | null;
  /** Looks at the answer before anything is written; what it throws ends the download and is what `fetch` rejects with. */
  readonly check: (head: DownloadHead, firstBytes: Uint8Array) => void | Promise<void>;
  /** Size of the file so far. */
  readonly onBytes: (doneBytes: number) => void;
  readonly connectTimeoutMs: number;
  /** Longest that nothing may come. */
  readonly stallTimeoutMs: number;
  readonly signal: AbortSignal;
};

/** Trouble on the way is a result, as it is to be expected; `reached`: the server answered before it broke off. */
export type DownloadResult =
  | { readonly kind: 'done'; readonly head: DownloadHead; readonly sizeBytes: number; readonly sha256: string }
  | { readonly kind: 'broken'; readonly found: string; readonly reached: boolean };

export type Downloads = {
  /** Looks whether the server, and whom it redirects to, answers at all; fetches no more than the head. */
  probe(
    url: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<DownloadHead | { readonly kind: 'broken'; readonly found: string }>;
  /** One try to bring a URL into a file, hashed (SHA-256, hexadecimal). Rejects as files, `check` and the signal do. */
  fetch(download: Download): Promise<DownloadResult>;
  /** A small document whole, redirects followed; rejects when it does not come in time, or is larger than the bound. */
  read(url: string, ask: DocumentAsk): Promise<DocumentAnswer>;
};

export const archiveFormats = ['tar.gz', 'tar.xz', 'tar.zst', 'zip', 'deb', 'gz', 'plain'] as const;
export type ArchiveFormat = (typeof archiveFormats)[number];

export type Archives = {
  /**
  Unpacks either some members, each into a file of its own, or the whole tree less its first path parts. No path and no
  link leads out, no mode survives but "executable". Rejects with a sentence when the archive is broken, oversized,
  hostile or lacks a member, and with the file system's error when that fails; what was written by then stays.
  */
  unpack(
    archive: { readonly file: string; readonly format: ArchiveFormat },
    into: { readonly members: ReadonlyMap<string, string> } | { readonly folder: string; readonly stripLevels: number },
    bounds: { readonly entriesMax: number; readonly bytesMax: number },
    signal: AbortSignal,
  ): Promise<void>;
};

/** All of the world at once, as the composition root hands it down. */
export type World = {
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Processes;
  readonly files: Files;
  readonly http: Http;
  readonly sockets: Sockets;
  readonly channels: Channels;
  readonly downloads: Downloads;
  readonly archives: Archives;
  readonly host: Host;
};
