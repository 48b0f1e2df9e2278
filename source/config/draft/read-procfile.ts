import { escapeDollars, fittingName, type DraftService } from './draft.ts';

/** Words that only a shell understands: expansion, redirection, several commands, a variable set for one command. */
const needsShell = /[|&;<>()$`*?[\]{}~#\n]|^\s*[A-Za-z_]\w*=/;

/**
The services a Procfile tells of, one a line: `name: command`. A command that uses the shell is given to one. The port
is in the environment as PORT, for the process named `web` and for those that ask for it.
*/
export const readProcfile = (text: string): readonly DraftService[] =>
  text.split(/\r?\n/).flatMap((line): readonly DraftService[] => {
    const [, written, command] = /^([A-Za-z0-9_-]+):\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (written === undefined || command === undefined) return [];
    const name = fittingName(written);
    const ports = name === 'web' || /\$\{?PORT\b/.test(command) ? { ports: { http: 'auto' } } : {};
    const keys = { command: needsShell.test(command) ? shell(command) : command, ...ports };
    const about = [`Process ${written} of the Procfile.`];
    return [{ name, from: 'Procfile', about, keys, hints: ['restart: unless-stopped'] }];
  });

const shell = (command: string): readonly string[] => ['sh', '-c', escapeDollars(command)];
