import { createInterface } from './node-readline.ts';
import { isatty } from 'node:tty';
import type { Terminal } from '../ports.ts';

type What = Parameters<Terminal['on']>[0];

/** The process's own stdin, stdout and stderr. A reader that goes away mutes the output instead of ending the process. */
export const createTerminal = (): Terminal => {
  const { stdin, stdout, stderr } = process;
  let readerGone = false;
  const listeners = new Map<What, Set<() => void>>();
  const tell = (what: What): void => {
    for (const run of listeners.get(what) ?? []) run();
  };
  // Without a handler the error of a closed pipe ends the process, and every service would lose its owner.
  stdout.on('error', () => {
    if (readerGone) return;
    readerGone = true;
    tell('reader-gone');
  });
  stderr.on('error', () => {});

  const watch = (what: What): void => {
    if (what === 'reader-gone') return;
    if (what !== 'hangup') {
      process.on(what, () => tell(what));
      return;
    }
    // Only a terminal that ends is a hangup; a script's input is often empty from the start.
    if (!stdin.isTTY) return;
    stdin.on('end', () => tell('hangup')).on('error', () => tell('hangup'));
    stdin.resume();
    stdin.unref();
  };

  return {
    inputIsTerminal: isatty(0),
    outputIsTerminal: isatty(1),
    errorIsTerminal: isatty(2),
    get columns() {
      return stdout.columns || 80;
    },
    write: async (text) => {
      if (readerGone) return;
      stdout.write(text);
      // Not by what `write` returns: Node holds up to 64 KiB of a slow reader's back, and an exit would take them along.
      if (stdout.writableLength > 0) await new Promise<void>((resolve) => void stdout.write('', () => resolve()));
    },
    writeError: (text) => void stderr.write(text),
    ask: async (question) => {
      stderr.write(question);
      // The terminal itself edits the line, so that ctrl-c stays the signal it is everywhere else.
      const lines = createInterface({ input: stdin, terminal: false });
      try {
        for await (const line of lines) return line;
        return '';
      } finally {
        lines.close();
      }
    },
    readerIsGone: () => readerGone,
    on: (what, run) => {
      const known = listeners.get(what);
      if (known) known.add(run);
      else {
        listeners.set(what, new Set([run]));
        watch(what);
      }
      return () => void listeners.get(what)?.delete(run);
    },
  };
};
