/** How a small document is asked for over the network. */
export type DocumentAsk = {
  readonly headers: Readonly<Record<string, string>>;
  /** A longer one is an error. */
  readonly bytesMax: number;
  /** Covers connecting, waiting and reading together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** What came, whatever the status; names of headers in lower case. */
export type DocumentAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};
