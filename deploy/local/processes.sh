# shellcheck shell=bash
# Daemons of the local stack: started in the background, known by their pid files, stopped. Sourced by stack.sh, whose
# $state, $patience, say and die it uses.

# When the process began, in clock ticks since boot: a number that was given to another process does not match.
start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The name in parentheses may hold spaces; field 22 of the whole is field 20 after it.
  stat=${stat##*) }
  local -a fields
  read -ra fields <<<"$stat"
  # A zombie has ended.
  [ "${fields[0]}" != Z ] || return 1
  printf '%s\n' "${fields[19]}"
}

# Prints the process of a pid file (`PID START`) while it is that same process.
running_pid() {
  local file=$state/run/$1.pid pid begun
  [ -f "$file" ] || return 1
  read -r pid begun <"$file" || return 1
  # Nothing equals nothing: a file cut short stands for no process.
  [ -n "$begun" ] && [ "$(start_time "$pid")" = "$begun" ] || return 1
  printf '%s\n' "$pid"
}

# die_with_log NAME WHAT: with the end of what the daemon has logged since it was last started.
die_with_log() {
  local log=$state/log/$1.log
  tail -c "+$((log_begin + 1))" "$log" | tail -n 20 >&2 || true
  die "$2; its log is $log"
}

# start_daemon NAME COMMAND…: in a session of its own, its output appended to the log.
log_begin=0
start_daemon() {
  local name=$1 pid begun
  shift
  log_begin=$(stat -c %s "$state/log/$name.log" 2>/dev/null || echo 0)
  (cd / && exec setsid "$@" >>"$state/log/$name.log" 2>&1 </dev/null 9>&-) &
  pid=$!
  disown "$pid"
  begun=$(start_time "$pid") || die_with_log "$name" "the $name ended while starting"
  printf '%s %s\n' "$pid" "$begun" >"$state/run/$name.pid"
}

# wait_until WHAT NAME COMMAND…: until the command succeeds; fails when the daemon NAME ends first or patience does.
wait_until() {
  local what=$1 name=$2 deadline=$((SECONDS + patience))
  shift 2
  until "$@" >/dev/null 2>&1; do
    running_pid "$name" >/dev/null || die_with_log "$name" "$what ended while starting"
    [ "$SECONDS" -lt "$deadline" ] || die_with_log "$name" "$what is not ready after $patience s"
    sleep 0.1
  done
}

# is_stale NAME COMMAND…: whether the daemon runs another program or other options than it would be started with now.
is_stale() {
  local pid program
  pid=$(running_pid "$1") || return 1
  shift
  program=$(readlink "/proc/$pid/exe") || return 1
  # A program that was built anew is another file: the one that runs has lost its name.
  [[ "$program" == *' (deleted)' ]] && return 0
  # A process shows its command line once it has started its program.
  [ "$(tr '\0' '\n' <"/proc/$pid/cmdline")" != "$(printf '%s\n' "$@")" ]
}

# stop_daemon NAME SECONDS: asks it to end, and ends it when it does not.
stop_daemon() {
  local name=$1 pid deadline=$((SECONDS + $2)) killed=no
  if ! pid=$(running_pid "$name"); then
    rm -f "$state/run/$name.pid"
    return 0
  fi
  say "stopping $name"
  kill -TERM "$pid" 2>/dev/null || true
  while running_pid "$name" >/dev/null; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      [ "$killed" = no ] || die "$name (process $pid) does not even end by SIGKILL; what does it wait for?"
      say "$name does not end; killing it"
      kill -KILL "$pid" 2>/dev/null || true
      killed=yes
      deadline=$((SECONDS + 10))
    fi
    sleep 0.1
  done
  rm -f "$state/run/$name.pid"
}
