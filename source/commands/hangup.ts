import type { OnHangup } from '../api/protocol.ts';

/** Over ssh a lost line must not take the stack along; on a local terminal closing the window means the end. */
export const onHangupHere = (environment: Readonly<Record<string, string>>): OnHangup =>
  environment['SSH_CONNECTION'] || environment['SSH_TTY'] ? 'keep' : 'stop';
