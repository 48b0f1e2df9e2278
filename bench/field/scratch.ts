import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endAll, findByVariable, runVariable } from './processes.ts';

export type Scratch = {
  readonly folder: string;
  /** A folder and an environment for one run of one peer: no setting of this user or terminal reaches it. */
  readonly room: () => Room;
  /** Removes the folder. Throws when a run left somebody after all, once they are ended. */
  readonly remove: () => Promise<void>;
};

export type Room = {
  readonly run: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
};

/** A folder of our own under the temporary one; its path is short, for unix sockets lie in it. */
export const makeScratch = (): Scratch => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'bb-')));
  const { PATH = '' } = process.env;
  let rooms = 0;
  return {
    folder,
    room: () => {
      rooms += 1;
      const run = `${path.basename(folder)}-${rooms}`;
      const own = path.join(folder, String(rooms));
      for (const part of ['home', 'tmp', 'marks']) mkdirSync(path.join(own, part), { recursive: true });
      return {
        run,
        folder: own,
        environment: {
          PATH,
          LANG: 'C.UTF-8',
          TERM: 'xterm-256color',
          HOME: path.join(own, 'home'),
          TMPDIR: path.join(own, 'tmp'),
          npm_config_update_notifier: 'false',
          [runVariable]: run,
        },
      };
    },
    remove: async () => {
      // Every room has its home in here, which a program that sheds one variable still has.
      const left = findByVariable(`HOME=${folder}/`);
      await endAll(() => findByVariable(`HOME=${folder}/`));
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      if (left.length > 0) throw new Error(`these were left by the runs: ${left.map(({ name }) => name).join(' ')}`);
    },
  };
};
