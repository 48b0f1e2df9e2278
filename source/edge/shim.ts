/**
The few lines of sh between booty and a service, which outlive booty: they keep the service's exit code for whoever
comes next, and say on descriptor 3 what happens while somebody listens. They run under dash, bash and busybox, from a
file (`shim-file.ts`), so that a list of processes shows `/bin/sh …/shim-1a2b3c4d shop/nats nats-server …`.

The service runs in the foreground of its shell, for sh lets background jobs ignore SIGINT and SIGQUIT. The shells catch
signals rather than ignore them: what is caught goes back to its default at exec, what is ignored stays so.

  file     sh ── service ──▶ log
  pipe     sh ─┬ sh ── service ─┐ pipe
               └ sh ── cat ◀────┘ ──▶ log
  private  sh ── unshare ── sh (pid 1 of its namespace) ── service

Neither a dead booty nor a signal to the process group ends the `cat`; it ends when nobody holds the pipe any more. One
that cannot write, as on a full disk, or that is killed is followed by another: without a reader the service would end by
SIGPIPE. What the first one held is lost. The pid 1 of a namespace stays while booty listens, then until nobody else is
in it; whoever kills it ends all of them at once, and it is killed when the shim outside is. A shim that is given whoever loses its parent (`reaper.ts`) stays as long as any of
them lives: without it they would be nobody's.
*/
export type ShimCall = {
  readonly mode: 'file' | 'pipe';
  /** Absolute paths: the service's PATH need not have them. `busybox sh` is two words. */
  readonly shell: readonly string[];
  /** Where `shimText` was written. */
  readonly shimFile: string;
  /** What a list of processes shows of it: `shop/nats`. */
  readonly title: string;
  readonly cat: string;
  readonly sleep: string;
  readonly statusFile: string;
  readonly openFilesMax: number | null;
  /** As `formatMarkStart` makes it. */
  readonly markStart: string;
  /** The `cgroup.procs` of the leaf the service goes into; null for none. */
  readonly leafFile: string | null;
  /** The words that run a command in a pid namespace of its own; null to run in booty's. Paths without blanks. */
  readonly namespace: readonly string[] | null;
  /** The words that make the shim the parent of whoever loses its own (`reaperWords`); null for none. */
  readonly reaper: readonly string[] | null;
  readonly command: readonly string[];
};

/** Signals that a shim outlives when they are sent to its whole group. */
export const survivedSignals =
  'HUP INT TERM QUIT USR1 USR2 ALRM PIPE XCPU XFSZ VTALRM PROF IO TSTP TTIN TTOU WINCH PWR URG SYS';

/** What is spawned; its standard output and error are the log, its descriptor 3 carries the reports. */
export const shimCommand = (call: ShimCall): readonly [string, ...string[]] => {
  const [file = '/bin/sh', ...words] = [...(call.reaper ?? []), ...call.shell];
  return [file, ...words, call.shimFile, call.title, ...call.command];
};

/** What the shim is told by its environment; it keeps all of it from the service. */
export const shimEnvironment = (call: ShimCall): Readonly<Record<string, string>> => ({
  BOOTY_SHIM: call.mode,
  BOOTY_SHIM_SHELL: call.shell.join(' '),
  BOOTY_SHIM_CAT: call.cat,
  BOOTY_SHIM_SLEEP: call.sleep,
  BOOTY_SHIM_STATUS: call.statusFile,
  BOOTY_SHIM_FILES: call.openFilesMax === null ? '' : String(call.openFilesMax),
  BOOTY_SHIM_MARK: call.markStart,
  BOOTY_SHIM_LEAF: call.leafFile ?? '',
  BOOTY_SHIM_SPACE: call.namespace?.join(' ') ?? '',
  BOOTY_SHIM_PID: '',
  BOOTY_SHIM_FIRST: '',
  BOOTY_SHIM_REAPS: '',
  // A locale this machine does not have is nothing to complain of in a service's log. The words take it away again.
  ...(call.reaper !== null && { PERL_BADLANG: '0' }),
});

/** Whether a process still is a shell of the shim, by its /proc/PID/cmdline: it has not become the service yet. */
export const isShimShell = (commandLine: string): boolean => /\0[^\0]*\/shim-[0-9a-f]{8}\0/.test(commandLine);

/** What a child of the shim is: one of its shells, or what it waits with. */
export type ShimPart = 'shell' | 'pause';

/** Which part of the shim a command line is of; null for that of any other program. */
export const shimPart = (commandLine: string): ShimPart | null => {
  if (isShimShell(commandLine)) return 'shell';
  return /^[^\0]*sleep\x000\.1\0$/.test(commandLine) ? 'pause' : null;
};

export type Birthmark = { readonly pid: number; readonly startTicks: string };

/** What a shim says on descriptor 3, one line each. */
export type Report =
  /** startTicks is null where there is no /proc; `first` is pid 1 of the service's own namespace as seen from here. */
  | { readonly type: 'pid'; readonly pid: number; readonly startTicks: string | null; readonly first?: Birthmark }
  | { readonly type: 'exit'; readonly code: number };

export const parseReport = (line: string): Report | null => {
  const [, exit] = /^exit (\d+)$/.exec(line) ?? [];
  if (exit !== undefined) return { type: 'exit', code: Number(exit) };
  const [, pid, startTicks = '', firstPid, firstTicks = ''] = /^pid (\d+) (\d*) (?:(\d+) (\d+))?$/.exec(line) ?? [];
  if (pid === undefined) return null;
  return { type: 'pid', ...placed(pid, startTicks, firstPid, firstTicks) };
};

/** Exit code of a shim that could not set the limit of open files. */
export const limitRefusedCode = 125;

/** Exit code of sh when a program was not found; 126 when it was found and could not be executed. */
export const notFoundCode = 127;

export const pidFile = (statusFile: string): string => `${statusFile}.pid`;

/** Written by booty before the start, removed after the end. */
export const launchFile = (statusFile: string): string => `${statusFile}.launch`;

/** Appears when the service's program could not be executed. */
export const unstartedFile = (statusFile: string): string => `${statusFile}.unstarted`;

/** Reads the pid file: what was reported, and the shim's pid; null while it is not yet wholly written. */
export const parsePidFile = (
  text: string,
): (Omit<Extract<Report, { readonly type: 'pid' }>, 'type'> & { readonly shim: number }) | null => {
  const fields = /^(\d+) (\d*) (\d+) (?:(\d+) (\d+))?\n$/.exec(text);
  if (fields === null) return null;
  const [, pid = '', startTicks = '', shim, firstPid, firstTicks = ''] = fields;
  return { ...placed(pid, startTicks, firstPid, firstTicks), shim: Number(shim) };
};

const placed = (pid: string, startTicks: string, firstPid: string | undefined, firstTicks: string) => ({
  pid: Number(pid),
  startTicks: startTicks === '' ? null : startTicks,
  ...(firstPid !== undefined && { first: { pid: Number(firstPid), startTicks: firstTicks } }),
});

/** Reads the status file: the exit code, null while it is not yet wholly written. */
export const parseStatusFile = (text: string): number | null => {
  const digits = /^(\d+)\n$/.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
};

// All stands in one pair of braces, so that a shell has read it whole before it begins. Names begin with _b: a shell
// hands changes to variables it was given on to the service.
//
// A subshell becomes the service where its own pid can be read: `$$` would be that of its parent. Elsewhere, in a
// namespace, and under bash, whose subshells do not outlive a failed exec, the script is begun anew, at the cost of that.
//
// The service's shell takes its own pid and start time (fields 1 and 22 of its stat), which the service inherits at
// exec; in a namespace it asks the /proc of the outside, which descriptor 9 still holds. It joins the leaf itself: the
// shells around it stay outside, so that what kills the leaf leaves somebody to write the end down. Only a failed exec
// gets to the trap; bash has to be told to go on after one. By then descriptor 3 may be closed: hence a file.
//
// A report that nobody hears any more ends the service's shell by SIGPIPE: with booty dead, nothing new starts.
//
// The shell of a pipeline ignores signals so that its cat is born ignoring them; the other side catches them anew.
export const shimText = `# Written by booty: starts a service and keeps its exit code. May be deleted when nothing runs.
{
_bt=$1; shift
_bk=$BOOTY_SHIM _bh=$BOOTY_SHIM_SHELL _bc=$BOOTY_SHIM_CAT _bz=$BOOTY_SHIM_SLEEP _bf=$BOOTY_SHIM_STATUS
_bn=$BOOTY_SHIM_FILES _bm=$BOOTY_SHIM_MARK _bg=$BOOTY_SHIM_LEAF _bi=$BOOTY_SHIM_SPACE
_bq=\${BOOTY_SHIM_PID:-$$} _bu=$BOOTY_SHIM_FIRST _be=$BOOTY_SHIM_REAPS _bo=/proc
unset BOOTY_SHIM BOOTY_SHIM_SHELL BOOTY_SHIM_CAT BOOTY_SHIM_SLEEP BOOTY_SHIM_STATUS BOOTY_SHIM_FILES
unset BOOTY_SHIM_MARK BOOTY_SHIM_LEAF BOOTY_SHIM_SPACE BOOTY_SHIM_PID BOOTY_SHIM_FIRST BOOTY_SHIM_REAPS

_pass() {
  export BOOTY_SHIM="$1" BOOTY_SHIM_SHELL="$_bh" BOOTY_SHIM_CAT= BOOTY_SHIM_SLEEP="$_bz" BOOTY_SHIM_STATUS="$_bf"
  export BOOTY_SHIM_FILES="$_bn" BOOTY_SHIM_MARK="$_bm" BOOTY_SHIM_LEAF="$_bg" BOOTY_SHIM_SPACE= BOOTY_SHIM_PID="$_bq"
  export BOOTY_SHIM_FIRST="$_bu"
  shift
  [ -z "$_bi" ] || exec 9</proc
  exec $_bi $_bh "$0" "$_bt" "$@"
  exit
}

_become() {
  trap ': >"$_bf.unstarted"' EXIT
  [ -z "$BASH_VERSION" ] || shopt -s execfail
  [ -z "$_bg" ] || echo 0 >"$_bg"
  _look
  [ -z "$_bn" ] || ulimit -n "$_bn" || exit ${limitRefusedCode}
  printf "%s%s\\n" "$_bm" "$_bp"
  echo "$_bp $_bs $_bq $_bu" >"$_bf.pid"
  echo "pid $_bp $_bs $_bu" >&3
  exec "$@" 2>&4 3>&- 4>&- 9<&-
}

_keep() {
  trap : ${survivedSignals}
  if [ "$1" = become ] && [ -z "$_bu$BASH_VERSION" ] && [ -r /proc/self/stat ]; then
    shift
    ( _become "$@" )
  else
    ( _pass "$@" )
  fi
  _br=$?
  if [ -n "$_bi" ] && [ -s "$_bf.pid" ]; then
    [ ! -s "$_bf" ] || return
    _br=137
  fi
  echo "$_br" >"$_bf"
  echo "exit $_br" >&3
}

_linger() {
  while [ -n "$_be" ]; do
    _b=
    read -r _b <"/proc/$$/task/$$/children"
    [ -n "$_b" ] || break
    "$_bz" 0.1
  done
}

_look() {
  [ ! -e /proc/self/fd/9/self/stat ] || _bo=/proc/self/fd/9
  read -r _bp ${'_b '.repeat(20)}_bs _b <"$_bo/self/stat" || { _bp=$$ _bs=; }
}

_bw=become
[ -z "$_bi" ] || _bw=inside
case $_bk in
file)
  exec 4>&2 2>/dev/null
  _keep "$_bw" "$@"
  _linger
  exit "$_br" ;;
pipe)
  exec 2>/dev/null
  trap '' ${survivedSignals}
  { _keep "$_bw" "$@"; } 4>&1 | {
    exec 3>&-
    until "$_bc"; do
      case $? in 126 | 127) exit ;; esac
      "$_bz" 0.1
    done
  }
  _linger
  exit ;;
inside)
  _look
  _bu="$_bp $_bs"
  _keep become "$@"
  exec 4>&- 9<&-
  [ ! -s "$_bf.pid" ] || read -r _b <&3
  exec 3>&-
  while kill -0 -1; do "$_bz" 0.1; done
  exit "$_br" ;;
become)
  _become "$@"
  exit ;;
esac
exit 2
}
`;
