import type { Identity } from '../core/model.ts';
import type { Files } from '../ports.ts';

const tryMs = 250;

/**
Waits for a lock until it is ours; its holder may be busy for as long as a download takes, so only the signal ends the
wait. `onWait` is called with the holder whenever the lock was not to be had. Rejects with the signal's reason.
*/
export const waitForLock = async (
  files: Pick<Files, 'lock'>,
  path: string,
  onWait: (holder: Identity) => void,
  signal: AbortSignal,
): Promise<() => Promise<void>> => {
  for (;;) {
    signal.throwIfAborted();
    const answer = await files.lock(path, tryMs);
    if ('release' in answer) return answer.release;
    onWait(answer.heldBy);
  }
};
