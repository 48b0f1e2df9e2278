/**
The few lines of sh between booty and a service, which outlive booty: they keep the service's exit code for whoever
comes next, and say on descriptor 3 what happens while somebody listens. They run under dash, bash and busybox.

The service runs in the foreground of its shell, for sh lets background jobs ignore SIGINT and SIGQUIT. The shells catch
signals rather than ignore them: what is caught goes back to its default at exec, what is ignored stays so.

  file   sh ── service ──▶ log
  pipe   sh ─┬ sh ── service ─┐ pipe
             └ cat ◀──────────┘ ──▶ log

Neither a dead booty nor a signal to the process group ends the `cat`; it ends when nobody holds the pipe any more.
*/
export type ShimCall = {
  readonly mode: 'file' | 'pipe';
  /** Absolute paths: the service's PATH need not have them. `busybox sh` is two words. */
  readonly shell: readonly string[];
  readonly cat: string;
  readonly statusFile: string;
  readonly openFilesMax: number | null;
  /** As `formatMarkStart` makes it. */
  readonly markStart: string;
  readonly command: readonly string[];
};

/** Signals that a shim outlives when they are sent to its whole group. */
export const survivedSignals =
  'HUP INT TERM QUIT USR1 USR2 ALRM PIPE XCPU XFSZ VTALRM PROF IO TSTP TTIN TTOU WINCH PWR URG SYS';

/** What is spawned; its standard output and error are the log, its descriptor 3 carries the reports. */
export const shimCommand = (call: ShimCall): readonly [string, ...string[]] => {
  const [shell = '/bin/sh', ...shellWords] = call.shell;
  const text = call.mode === 'file' ? fileText(call.shell) : pipeText(call.shell);
  const limit = call.openFilesMax === null ? '' : String(call.openFilesMax);
  return [shell, ...shellWords, '-c', text, 'booty', call.cat, call.statusFile, limit, call.markStart, ...call.command];
};

/** Whether a process still is the inner shell, by its /proc/PID/cmdline: it has not become the service yet. */
export const isShimShell = (commandLine: string): boolean => commandLine.includes(`\0${innerText}\0booty\0`);

/** What a shim says on descriptor 3, one line each. */
export type Report =
  /** startTicks is null where there is no /proc. */
  | { readonly type: 'pid'; readonly pid: number; readonly startTicks: string | null }
  | { readonly type: 'exit'; readonly code: number };

export const parseReport = (line: string): Report | null => {
  const [type, first = '', second = ''] = line.trim().split(' ');
  const number = Number(first);
  if (first === '' || !Number.isInteger(number)) return null;
  if (type === 'pid') return { type, pid: number, startTicks: second === '' ? null : second };
  return type === 'exit' ? { type, code: number } : null;
};

/** Exit code of a shim that could not set the limit of open files. */
export const limitRefusedCode = 125;

/** Exit code of sh when a program was not found; 126 when it was found and could not be executed. */
export const notFoundCode = 127;

export const pidFile = (statusFile: string): string => `${statusFile}.pid`;

/** Appears when the service's program could not be executed. */
export const unstartedFile = (statusFile: string): string => `${statusFile}.unstarted`;

/** Reads the pid file: the pid and, on Linux, its start time. */
export const parsePidFile = (text: string): { readonly pid: number; readonly startTicks: string | null } | null => {
  const report = parseReport(`pid ${text}`);
  return report?.type === 'pid' ? report : null;
};

/** Reads the status file: the exit code, null while it is not yet wholly written. */
export const parseStatusFile = (text: string): number | null => {
  const digits = /^(\d+)\n$/.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
};

// The shell takes its own pid and start time (fields 1 and 22 of its stat), which the service inherits at exec. Only a
// failed exec gets to the trap; bash has to be told to go on after one. By then descriptor 3 may be closed: hence a file.
// Names begin with _b: a shell hands changes to variables it was given on to the service.
const innerText = `
_bf=$1 _bn=$2 _bm=$3; shift 3
trap ': >"$_bf.unstarted"' EXIT
shopt -s execfail
read -r _bp ${'_b '.repeat(20)}_bs _b </proc/self/stat || { _bp=$$ _bs=; }
[ -z "$_bn" ] || ulimit -n "$_bn" || exit ${limitRefusedCode}
printf "%s%s\\n" "$_bm" "$_bp"
echo "$_bp $_bs" >"$_bf.pid"
echo "pid $_bp $_bs" >&3
exec "$@" 2>&4 3>&- 4>&-
exit`;

const runInner = (shell: readonly string[]): string =>
  `${shell.map(quoted).join(' ')} -c ${quoted(innerText)} booty "$_bf" "$_bn" "$_bm" "$@"
_br=$?; echo "$_br" >"$_bf"; echo "exit $_br" >&3`;

const head = '_bc=$1 _bf=$2 _bn=$3 _bm=$4; shift 4';

const fileText = (shell: readonly string[]): string => `${head}
exec 4>&2 2>/dev/null
trap : ${survivedSignals}
${runInner(shell)}
exit "$_br"`;

// The shell of the pipeline ignores signals so that its cat is born ignoring them; the other side catches them anew.
const pipeText = (shell: readonly string[]): string => `${head}
exec 2>/dev/null
trap '' ${survivedSignals}
{ trap : ${survivedSignals}
${runInner(shell)}
} 4>&1 | exec "$_bc" 3>&-`;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
