/** One thing booty looked at on this machine, and what it makes of it. */
export type Finding = {
  /** Stays the same from release to release: `node`, `port.nats.client`. */
  readonly id: string;
  readonly title: string;
  /** `bad`: something will not work; `warn`: it works, in a lesser way. */
  readonly state: 'ok' | 'warn' | 'bad';
  readonly found: string;
  /** The next command to type, or the change to make; null when all is well. */
  readonly fix: string | null;
};

export const ok = (id: string, title: string, found: string): Finding => ({ id, title, state: 'ok', found, fix: null });

export const warn = (id: string, title: string, found: string, fix: string): Finding => ({
  id,
  title,
  state: 'warn',
  found,
  fix,
});

export const bad = (id: string, title: string, found: string, fix: string): Finding => ({
  id,
  title,
  state: 'bad',
  found,
  fix,
});
