import { survivedSignals } from './shim.ts';

/** Daemons in a row that died soon after their start; then it is taken for a fault that stays. */
const soonDeathsMax = 5;

/**
The warden of a daemon: a shell that waits on a pipe only its daemon holds. When that ends without a word, the daemon was
killed: the warden starts a successor, which adopts what runs and has a warden of its own. When that fails twice, or when
daemons die soon after their start one after the other (each hands the count on), the services of a tied stack are
stopped in order by the list the daemon kept (`formatStopList`); those of a detached one are left for the next booty
command.

It is called as `sh warden-… STACK LOG RUNFOLDER COUNT COMMAND…` with these words on its input: `end` (the daemon
leaves in peace), `steady` (it has run long enough to count anew), `yield` (a successor is being started by somebody
else: look for some seconds whether it came, and start one where it did not). Whether a process is the one in the list is told by its start time; that
needs /proc, without which nothing is signalled. All stands in one pair of braces, as in the shim.
*/
export const wardenText = `# Written by booty: watches a daemon. May be deleted when nothing runs.
{
_stack=$1 _log=$2 _folder=$3 _count=$4 _looks=0 _daemon=$PPID
_list=$_folder/stop.list
shift 4
trap '' ${survivedSignals}
exec 2>/dev/null

while read -r _word; do
  case $_word in
  end) exit 0 ;;
  steady) _count=0 ;;
  yield) _looks=10 ;;
  esac
done
exec </dev/null

_say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) warden of $_stack: $1" >>"$_log"; }

while [ "$_looks" -gt 0 ]; do
  sleep 0.5
  _looks=$((_looks - 1))
  # The successor came and the stack went down under it: another one would have nothing to look after.
  [ -e "$_folder/run.json" ] || [ -e "$_folder/run.json.last" ] || exit 0
  # It came, and has a warden of its own.
  _lock=
  read -r _lock <"$_folder/daemon.lock"
  _lock=\${_lock#*:}
  _lock=\${_lock%%,*}
  [ -z "$_lock" ] || [ "$_lock" = "$_daemon" ] || [ ! -d "/proc/$_lock" ] || exit 0
done
_failed=0
_count=$((_count + 1))
while [ "$_failed" -lt 2 ] && [ "$_count" -le ${soonDeathsMax} ]; do
  _failed=$((_failed + 1))
  _say "the daemon is gone, starting another"
  _word=$(BOOTY_SUCCESSION=$_count "$@" 3>&1 >>"$_log" 2>&1 &)
  case $_word in
  listening | *DAEMON_RUNNING*) exit 0 ;;
  esac
  sleep 0.3
done

if [ ! -s "$_list" ] || [ ! -r /proc/self/stat ]; then
  _say "no daemon comes up; what runs is left running"
  exit 0
fi
_say "no daemon comes up; stopping what belongs to a terminal"

_lives() {
  _stat=$(cat "/proc/$1/stat") || return 1
  set -- "$1" "$2" \${_stat##*) }
  [ "$2" = "\${22}" ] && [ "$3" != Z ] && [ "$3" != X ]
}

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
exit 0
}
`;
