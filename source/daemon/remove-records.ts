import type { Files } from '../ports.ts';

/**
Removes what daemons that were killed left in the run folder of a stack that is down now: the rest of records whose launch is
forgotten already, and files that had no name of their own yet. A launch that is still on record may be all that is known of
a process that does not die. Only for whoever holds the stack's lock. Idempotent.
*/
export const removeRecords = async (files: Pick<Files, 'list' | 'remove'>, runFolder: string): Promise<void> => {
  const names = new Set(await files.list(runFolder));
  for (const name of names) {
    const [, record] = recordFile.exec(name) ?? [];
    const isLeft = record === undefined ? unnamed.test(name) : !names.has(`${record}.launch`);
    if (isLeft) await files.remove(`${runFolder}/${name}`);
  }
};

/** `web.3`, `web.3.pid`, … */
const recordFile = /^(.+\.\d+)(?:\.(?:pid|launch|unstarted))?$/;
/** `run.json.3ea9a49b9e51`, as an atomic write names what it writes. */
const unnamed = /^(?:run\.json(?:\.last)?|stop\.list)\.[0-9a-f]{12}$/;
