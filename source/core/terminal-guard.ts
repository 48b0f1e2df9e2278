/** Gives the terminal back when a SIGKILL kept this process from it, and only while the terminal is held. */
export type TerminalGuard = {
  readonly hold: () => void;
  /** The process has given the terminal back itself, until it holds it again. */
  readonly free: () => void;
  /** Frees and lets the guard go. Idempotent. */
  readonly end: () => void;
};
