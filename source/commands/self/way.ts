/** How booty itself came onto this machine, and what that way can do. */
export type Way = {
  readonly kind: 'npm' | 'clone' | 'bundle';
  /** For people: `the clone in /srv/booty`. */
  readonly title: string;
  /** The version there is, as this way names it. */
  readonly current: string;
  /** The newest this way knows, and null when what is there is the newest. Throws SELF_NO_UPGRADE with the reason. */
  readonly newest: () => Promise<string | null>;
  /** What will be done, a command or a sentence each. */
  readonly steps: (newest: string) => readonly string[];
  /** Does it. Throws SELF_FAILED; what was there still works then. */
  readonly install: (newest: string) => Promise<void>;
  /** Clears away what `newest` left when it is not wanted. */
  readonly discard?: () => Promise<void>;
  /** What to type to have `current` again. */
  readonly back: string;
};
