# shellcheck shell=bash
# The local stack: a private PostgreSQL cluster, interneg-server and one interneg-worker, all on this machine and all of
# this user. Sourced by up, down, status and demo; `set -euo pipefail` is theirs.
#
#   INTERNEG_LOCAL_DIR          where the stack keeps everything ($XDG_STATE_HOME/interneg)
#   INTERNEG_LOCAL_CLUSTER_DIR  the database's folder (below the former; as root below /var/lib/interneg-local)
#   INTERNEG_LOCAL_PORT, INTERNEG_LOCAL_HTTP_PORT   7600 and 7601
#   INTERNEG_LOCAL_BIN          use the programs of this folder instead of building `release`
#
# What `up` settled is kept in the stack's folder (settings), so that down and status need to be told the folder alone.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Absolute, for the daemons stand in another folder; links stay as they are.
absolute() { realpath -ms -- "$1"; }

state=$(absolute "${INTERNEG_LOCAL_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/interneg}")

# kept KEY: what the stack was last started with.
kept() { [ ! -f "$state/settings" ] || sed -n "s/^$1=//p" "$state/settings"; }

port=${INTERNEG_LOCAL_PORT:-$(kept port)}
port=${port:-7600}
http_port=${INTERNEG_LOCAL_HTTP_PORT:-$(kept http_port)}
http_port=${http_port:-7601}
bin=$(absolute "${INTERNEG_LOCAL_BIN:-$repo/build/release/bin}")
config_folder=${XDG_CONFIG_HOME:-$HOME/.config}/interneg

# Seconds that each thing may take to come up or go.
patience=60

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# shellcheck source=processes.sh
source "$repo/deploy/local/processes.sh"
# shellcheck source=cluster.sh
source "$repo/deploy/local/cluster.sh"

# --- the state folder ------------------------------------------------------------------------------------------------

make_state() {
  local folder
  for folder in "$state" "$(cluster_folder)"; do
    # They go into files and settings that take such characters for their own.
    [[ "$folder" != *[\"\'\\,$'\n']* ]] || die "$folder: may hold no quotes, commas or backslashes; choose another folder"
  done
  mkdir -p "$(dirname "$state")"
  (umask 077 && mkdir -p "$state" "$state/run" "$state/log" "$state/artifacts" "$state/worker")
  chmod 700 "$state"
}

keep_settings() {
  printf 'cluster=%s\nport=%s\nhttp_port=%s\n' "$(cluster_folder)" "$port" "$http_port" >"$state/settings.new"
  mv "$state/settings.new" "$state/settings"
}

# One up or down at a time. The lock's descriptor is not for the daemons: they are started with it closed.
lock_state() {
  exec 9>"$state/lock"
  flock -w 600 9 || die "another deploy/local command has held $state/lock for ten minutes; end it first"
}

# --- programs --------------------------------------------------------------------------------------------------------

build_programs() {
  if [ -n "${INTERNEG_LOCAL_BIN:-}" ]; then
    say "using the programs of $bin"
  else
    "$repo/deploy/local/install-packages" >&2
    say "building the programs (the first time takes a while) …"
    (cd "$repo" && cmake --preset release >"$state/log/configure.log" 2>&1) || {
      tail -n 30 "$state/log/configure.log" >&2
      die "cmake could not configure; its log is $state/log/configure.log"
    }
    (cd "$repo" && cmake --build --preset release -j "$(nproc)" \
      --target interneg interneg-server interneg-worker interneg-engine >&2) 9>&-
  fi
  local program
  for program in interneg interneg-server interneg-worker interneg-engine; do
    [ -x "$bin/$program" ] || die "$bin/$program is missing; build it, or leave INTERNEG_LOCAL_BIN unset"
  done
}

# --- server and worker -----------------------------------------------------------------------------------------------

# Whatever the user's own variables say of other servers.
client() {
  env -u INTERNEG_CA_FILE -u INTERNEG_TOKEN -u INTERNEG_OUTPUT -u INTERNEG_PROJECT \
    "$bin/interneg" --server "127.0.0.1:$port" --token-file "$state/credentials/admin.token" --no-input "$@"
}

# The server writes the file itself once it listens: what answers on the port may be somebody else's server.
server_listens() { [ -s "$state/run/server.ports" ]; }

refuse_used_port() {
  # The redirection alone connects.
  if (: 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then
    die "port $2 is in use, by another stack or program; set $1 to another"
  fi
}

# Prints the worker's state, as the server sees it; fails while it has not come.
worker_state() {
  client -q -o jsonl worker get local 2>/dev/null | grep -oE '"state":"WORKER_STATE_(ONLINE|DRAINING|QUARANTINED)"' |
    sed 's/.*STATE_//; s/"//' | tr '[:upper:]' '[:lower:]' | grep .
}

server_command() {
  command=("$bin/interneg-server" --listen "127.0.0.1:$port" --http-listen "127.0.0.1:$http_port"
    --database "host='$(cluster_folder)/socket' dbname=interneg user=interneg" --artifact-dir "$state/artifacts"
    --credentials-dir "$state/credentials" --port-file "$state/run/server.ports")
}

worker_command() {
  command=("$bin/interneg-worker" --server "127.0.0.1:$port" --token-file "$state/credentials/worker.token"
    --name local --root local=/ --exclude "$state" --exclude "$(cluster_folder)" --engine "$bin/interneg-engine"
    --state-dir "$state/worker")
}

# Daemons of an older build, or of other settings, make room: the worker first, which hands its work back.
stop_stale_daemons() {
  local name
  local -a command
  for name in worker server; do
    "${name}_command"
    is_stale "$name" "${command[@]}" || continue
    say "the $name that runs is of another build or of other settings: starting it anew"
    stop_daemon "$name" 60
  done
}

start_server() {
  if running_pid server >/dev/null; then return 0; fi
  local -a command
  server_command
  refuse_used_port INTERNEG_LOCAL_PORT "$port"
  refuse_used_port INTERNEG_LOCAL_HTTP_PORT "$http_port"
  say "starting the server"
  rm -f "$state/run/server.ports"
  start_daemon server "${command[@]}"
  wait_until "the server" server server_listens
}

start_worker() {
  if running_pid worker >/dev/null; then return 0; fi
  local -a command
  worker_command
  say "starting the worker"
  start_daemon worker "${command[@]}"
  wait_until "the worker" worker worker_state
}

note_worker_state() {
  local now
  now=$(worker_state) || return 0
  [ "$now" = online ] ||
    say "the worker is $now: it is given no work until \`interneg worker undrain local\`"
}

# The client looks here last of all, so that a farm that somebody has logged in to stays theirs.
write_client_settings() {
  mkdir -p "$config_folder"
  local file=$config_folder/local.toml
  (umask 077 && cat >"$file.new" <<EOF
# Written by deploy/local/up: the local stack, for commands that name no other server.
server = "127.0.0.1:$port"
token_file = "$state/credentials/admin.token"
EOF
  )
  mv "$file.new" "$file"
}

stack_up() {
  make_state
  lock_state
  build_programs
  stop_stale_daemons
  start_cluster
  keep_settings
  start_server
  write_client_settings
  start_worker
  note_worker_state
  exec 9>&-
}

stack_down() {
  [ -d "$state" ] || {
    say "there is no stack in $state; another's folder is named by INTERNEG_LOCAL_DIR"
    return 0
  }
  lock_state
  if ! running_pid worker >/dev/null && ! running_pid server >/dev/null && ! cluster_runs "$(cluster_folder)"; then
    rm -f "$state"/run/*.pid
    say "nothing runs in $state"
    return 0
  fi
  # In the order that hands work back: the worker stops its engines and reports before the server goes.
  stop_daemon worker 30
  stop_daemon server 30
  stop_cluster
  exec 9>&-
  say "stopped; the data stays in $state and $(cluster_folder)"
}

stack_status() {
  local name pid ended=0 folder
  folder=$(cluster_folder)
  if [ -f "$folder/data/PG_VERSION" ] && cluster_runs "$folder"; then
    printf 'database  running  %s\n' "$folder"
  else
    printf 'database  stopped  %s\n' "$folder"
    ended=1
  fi
  for name in server worker; do
    if pid=$(running_pid "$name"); then
      printf '%-8s  running  pid %s, log %s\n' "$name" "$pid" "$state/log/$name.log"
    else
      printf '%-8s  stopped  log %s\n' "$name" "$state/log/$name.log"
      ended=1
    fi
  done
  printf 'gRPC 127.0.0.1:%s, HTTP http://127.0.0.1:%s, token %s\n' "$port" "$http_port" "$state/credentials/admin.token"
  return "$ended"
}
