import type { Files } from '../ports.ts';

/**
Removes what daemons that were killed left in the run folder of a stack that is down now: records of starts, and files that
had no name of their own yet. Only for whoever holds the stack's lock. Idempotent.
*/
export const removeRecords = async (files: Pick<Files, 'list' | 'remove'>, runFolder: string): Promise<void> => {
  for (const name of await files.list(runFolder)) if (left.test(name)) await files.remove(`${runFolder}/${name}`);
};

/** `web.3`, `web.3.pid`, …; `run.json.3ea9a49b9e51`, as an atomic write names what it writes. */
const left = /\.\d+(?:\.(?:pid|launch|unstarted))?$|^(?:run\.json(?:\.last)?|stop\.list)\.[0-9a-f]{12}$/;
