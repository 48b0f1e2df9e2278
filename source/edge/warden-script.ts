import { survivedSignals } from './shim.ts';

/**
What the second of a warden is told first on its line: the pid of the daemon and the warden's arguments, one a line behind a
`=`, then a dot. Null where one of them has several lines: there is no second then.
*/
export const formatSecondWords = (words: readonly string[]): string | null =>
  words.some((word) => word.includes('\n')) ? null : words.map((word) => `=${word}\n`).join('') + '.\n';

/** Daemons in a row that died soon after their start; then it is taken for a fault that stays. */
const soonDeathsMax = 5;

/**
The warden of a daemon: a shell that waits on a line only its daemon holds. When that ends without a word, the daemon was
killed: the warden starts a successor, which adopts what runs and has a warden of its own. When that fails twice, or when
daemons die soon after their start one after the other (each hands the count on), the services of a tied stack are
stopped in order by the list the daemon kept (`formatStopList`); those of a detached one are left for the next booty
command.

It is called as `sh warden-… STACK LOG RUNFOLDER COUNT COMMAND…` with these words on descriptor 3: `end` (the daemon
leaves in peace), `steady` (it has run long enough to count anew), `yield` (a successor is being started by somebody
else: look for some seconds whether it came, and start one where it did not).

Its second is the same script, in a session of its own, for the moment in which daemon and warden die together: it waits on
descriptor 4, another line that only the daemon holds, on which it is first told the warden's arguments (`formatSecondWords`)
and then the same words. When that ends, it stands by until the warden is gone, ends one that was stopped, and does the same
if no other daemon is there. Its command line names neither booty nor the warden nor the daemon, so that a `pkill -f` that
meets those does not meet it. Where there is no second (no /proc to know one another by), the warden itself holds its line.

Whether a process is the one that is meant is told by its start time; that needs /proc, without which nothing is
signalled. All stands in one pair of braces, as in the shim.
*/
export const wardenText = `# Written by booty: watches a daemon. May be deleted when nothing runs.
{
trap '' ${survivedSignals}
exec 2>/dev/null
_second= _warden= _wardenstart=

_lives() {
  _stat=$(cat "/proc/$1/stat") || return 1
  set -- "$1" "$2" \${_stat##*) }
  _state=$3
  [ "$2" = "\${22}" ] && [ "$3" != Z ] && [ "$3" != X ]
}

# The second is this shell's child, and its pid nobody else's, until it is waited for.
_leave() {
  if [ -n "$_second" ] && read -r _stat <"/proc/$_second/stat"; then
    set -- \${_stat##*) }
    [ "$2" != "$$" ] || kill -s KILL "$_second"
  fi
  wait
  exit 0
}

if [ "$0" = second ]; then
  unset BOOTY_AT
  _warden=$2
  read -r _stat <"/proc/$_warden/stat"
  set -- \${_stat##*) }
  # Of a warden that is gone already another process may have the number by now.
  [ "$PPID" != "$_warden" ] || _wardenstart=\${20}
  set --
  while IFS= read -r _word && [ "$_word" != . ]; do set -- "$@" "\${_word#=}"; done
  [ "$_word" = . ] || exit 0
else
  set -- "$PPID" "$@"
  if [ -r /proc/self/stat ]; then
    _own=$(command -v setsid)
    BOOTY_AT=$0 $_own sh -c '. "$BOOTY_AT"' second "$2" "$$" <&4 3<&- 4<&- &
    _second=$!
    exec 4<&-
  fi
  exec <&3 3<&-
fi
_daemon=$1 _stack=$2 _log=$3 _folder=$4 _count=$5 _looks=0
_list=$_folder/stop.list
shift 5

while read -r _word; do
  case $_word in
  end) _leave ;;
  steady) _count=0 ;;
  yield) _looks=10 ;;
  esac
done
exec </dev/null

# The stack went down under whoever came: another daemon would have nothing to look after.
_isdown() { [ ! -e "$_folder/run.json" ] && [ ! -e "$_folder/run.json.last" ]; }

# A successor came, and has a warden of its own.
_isfollowed() {
  _lock=
  read -r _lock <"$_folder/daemon.lock"
  _start=\${_lock#*'"start":"'}
  _start=\${_start%%'"'*}
  _lock=\${_lock#*:}
  _lock=\${_lock%%,*}
  [ -n "$_lock" ] && [ "$_lock" != "$_daemon" ] && _lives "$_lock" "$_start"
}

if [ -n "$_warden" ]; then
  while _lives "$_warden" "$_wardenstart"; do
    # One that was stopped must not wake up beside another.
    [ "$_state" != T ] || kill -s KILL "$_warden"
    sleep 0.2
  done
  ! _isdown && ! _isfollowed || exit 0
fi

_say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) warden of $_stack: $1" >>"$_log"; }

while [ "$_looks" -gt 0 ]; do
  sleep 0.5
  _looks=$((_looks - 1))
  ! _isdown && ! _isfollowed || _leave
done
_failed=0
_count=$((_count + 1))
while [ "$_failed" -lt 2 ] && [ "$_count" -le ${soonDeathsMax} ]; do
  _failed=$((_failed + 1))
  _say "the daemon is gone, starting another"
  _word=$(BOOTY_SUCCESSION=$_count "$@" 3>&1 >>"$_log" 2>&1 &)
  case $_word in
  listening | *DAEMON_RUNNING*) _leave ;;
  esac
  sleep 0.3
done

if [ ! -s "$_list" ] || [ ! -r /proc/self/stat ]; then
  _say "no daemon comes up; what runs is left running"
  _leave
fi
_say "no daemon comes up; stopping what belongs to a terminal"

_send() {
  case $_scope in
  process) _lives "$_pid" "$_start" && kill -s "$1" "$_pid" ;;
  *) _lives "$_shim" "$_shimstart" && kill -s "$1" -- "-$_shim" ;;
  esac
}

_finish() {
  [ "$_scope" != process ] || return 0
  [ "$_leaf" = - ] || echo 1 >"$_leaf/cgroup.kill"
  for _at in $(grep -lsF "BOOTY_RUN_ID=$_run" /proc/[0-9]*/environ); do
    tr '\\0' '\\n' <"$_at" | grep -qxF "BOOTY_SERVICE=$_service" || continue
    _at=\${_at#/proc/}
    kill -s KILL "\${_at%/environ}"
  done
  _left=
  ! _lives "$_shim" "$_shimstart" || read -r _left <"/proc/$_shim/task/$_shim/children"
  for _at in $_left; do
    grep -q /shim- "/proc/$_at/cmdline" || kill -s KILL "$_at"
  done
  [ "$_leaf" = - ] || rmdir "$_leaf"
}

for _layer in $(cut -d ' ' -f 1 "$_list" | sort -un); do
  _ticks=0
  _open=1
  while [ "$_open" = 1 ]; do
    _open=0
    while read -r _at _pid _start _shim _shimstart _signal _tenths _scope _run _service _leaf; do
      [ "$_at" = "$_layer" ] || continue
      _lives "$_pid" "$_start" || continue
      _open=1
      if [ "$_ticks" = 0 ]; then
        _say "$_signal to $_service"
        _send "$_signal"
      elif [ "$_ticks" -ge "$_tenths" ] && _lives "$_pid" "$_start"; then
        [ "$_ticks" != "$_tenths" ] || _say "$_service did not end, killed"
        kill -s KILL "$_pid"
        _finish
      fi
    done <"$_list"
    [ "$_open" = 0 ] || sleep 0.1
    _ticks=$((_ticks + 1))
    [ "$_ticks" -lt 200 ] || _open=0
  done
  sleep 0.2
  while read -r _at _pid _start _shim _shimstart _signal _tenths _scope _run _service _leaf; do
    [ "$_at" != "$_layer" ] || _finish
  done <"$_list"
done
_say "stopped"
rm -f "$_folder/run.json" "$_folder/run.json.last" "$_list"
_leave
}
`;
