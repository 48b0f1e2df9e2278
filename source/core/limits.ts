/** Every bound booty puts on something, in one place; the unit is the last word of each name. */
export const limits = {
  /** Services in one stack. */
  servicesMax: 500,
  /** Size of a booty.yaml or an API body. */
  documentBytesMax: 4_194_304,
  /** Events waiting for the loop; beyond it requests are refused, never facts about processes. */
  queueEventsMax: 10_000,
  /** Clients that may watch one stack at once. */
  subscribersMax: 64,
  /** A longer line is cut for display and for NDJSON; the file keeps it whole. */
  logLineBytesMax: 65_536,
  /** The same for `booty logs`, which gives lines as whole as they come. */
  logStreamLineBytesMax: 4_194_304,
  /** Read from a log file in one go. */
  logReadBytesMax: 262_144,
  /** Lines one call of a search gives. */
  searchLinesMax: 1_000,
  /** Events kept in memory for `events` and the pane. */
  eventsKeptMax: 1_000,
  /** Of an HTTP answer that a probe or a page of ours reads. */
  httpBodyBytesMax: 1_048_576,
  /** Kept of each output stream of a command that is run to its end, such as a probe; it is ended beyond. */
  commandOutputCharactersMax: 16_777_216,
  /** Files, folders and links in an archive; beyond it is not unpacked. */
  archiveEntriesMax: 50_000,
  /** Of what an archive holds unpacked. */
  unpackedBytesMax: 8_589_934_592,
  /** Unpacked size over packed size; server binaries reach 5, a bomb 1,000. Small archives may always grow to 256 MiB. */
  unpackedRatioMax: 100,
  unpackedBytesAlwaysMax: 268_435_456,
  /** A unix socket's path: 108 with the NUL on Linux, 104 on macOS; Node cuts longer ones silently. */
  socketPathBytesMax: 103,
  /** From the decision to stop a service until the signal is out; its grace begins then. */
  signalTimeoutMs: 5_000,
  /** From SIGKILL until a process is called undying. */
  killTimeoutMs: 5_000,
  /** A deadline noticed this late means that the machine slept: nobody had that time, and it is given anew. */
  lateMsMax: 1_000,
  /** Grace that is left to each service after the second ctrl-c. */
  shortenedGraceMs: 500,
  /** The service's own pid must show up in the shim's file within this time. */
  spawnTimeoutMs: 5_000,
  /** For processes that were asked to end together with their service and handle it; Compose's default grace. */
  stragglerGraceMs: 10_000,
  /** Log drained and stragglers swept after a service ended. */
  drainTimeoutMs: 1_000,
  backoffMsMin: 500,
  backoffMsMax: 30_000,
  /** A service that ran this long starts its backoff anew. */
  backoffResetMs: 60_000,
  /** Least time between two starts of one service. */
  restartMsMin: 500,
} as const;
