import { spawn, spawnSync } from 'node:child_process';
import type { TerminalGuard } from '../core/terminal-guard.ts';
import { findTool } from './find-tool.ts';

/**
Starts a shell that outlives a SIGKILL of this process by a moment, and then gives the terminal back in its place: line
settings as they are now, normal screen, cursor, line wrap, no bracketed paste. Call it before anything is changed.
Returns null where there is no terminal to guard or no stty to ask.
*/
export const guardTerminal = (
  stdin: { readonly isTTY?: boolean; readonly fd?: number },
  stdout: { readonly isTTY?: boolean; readonly fd?: number },
): TerminalGuard | null => {
  const { fd: input } = stdin;
  const { fd: output } = stdout;
  if (!stdin.isTTY || !stdout.isTTY || input === undefined || output === undefined) return null;
  const stty = findTool('stty');
  const asked = spawnSync(stty, ['-g'], { stdio: [input, 'pipe', 'ignore'], encoding: 'utf8', timeout: 1_000 });
  const saved = asked.status === 0 ? asked.stdout.trim() : '';
  if (saved === '') return null;

  // A session of its own: neither ctrl-c nor the end of the terminal's session reaches it, only the end of the pipe.
  const child = spawn(findTool('sh'), ['-c', script, 'booty-terminal-guard', stty, saved], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore', input, output],
  });
  const words = child.stdin;
  // Without it the screen still works; only a SIGKILL would leave its traces.
  child.on('error', () => {});
  words?.on('error', () => {});
  child.unref();
  // A pipe of a child is a socket, which may be left open by a process that ends.
  if (words && 'unref' in words) (words.unref as () => void)();

  // A short line goes into the empty pipe at once, also while the process is exiting.
  const say = (word: string): void => {
    if (words?.writable) words.write(`${word}\n`);
  };
  return { hold: () => say('held'), free: () => say('free'), end: () => void words?.end('free\n') };
};

/**
Descriptor 3 is the terminal to read from, 4 the one to write to. The screen comes back at once, before a prompt is written
onto the one that is left. The line settings wait: a shell with a line editor sets its own after a program was killed
(measured with bash: some milliseconds later), and would find them undone. Its settings are known by isig, which editors
keep; it has then asked for bracketed paste itself, too. The modes are those of
https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, in the order: end of a synchronized drawing, colours, line wrap,
cursor, normal screen; later bracketed paste.
*/
const script = String.raw`
word=
while read -r line; do word=$line; done
[ "$word" = held ] || exit 0
printf '\033[?2026l\033[0m\033[?7h\033[?25h\033[?1049l' >&4
sleep 0.2
case $("$1" -a <&3) in
  *-isig*) "$1" "$2" <&3 && printf '\033[?2004l' >&4 ;;
esac
`;
