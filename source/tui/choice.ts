export type Choice = {
  readonly kind: 'running' | 'down' | 'built-in';
  readonly name: string;
  /** A few words: `5/6 ready, up 41d` or what the stack is made of. */
  readonly detail: string;
};

/** The chooser as it stands: what can be attached to or started, and where the pointer is. */
export type ChooserState = {
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly index: number;
  /** Undefined until chosen; null = left without a choice. */
  readonly chosen: Choice | null | undefined;
};
