# shellcheck shell=bash
# The local stack's own PostgreSQL cluster. Sourced by stack.sh, whose $state, $patience, kept, absolute, say and die it
# uses.

pg_bin=/usr/lib/postgresql/15/bin

# PostgreSQL refuses to run as root: then the cluster alone is another user's, and lies where that user may enter.
cluster_user() {
  if [ "$(id -u)" -ne 0 ]; then
    id -un
  elif id -u postgres >/dev/null 2>&1; then
    printf 'postgres\n'
  else
    printf 'nobody\n'
  fi
}

cluster_folder() {
  local folder
  folder=$(kept cluster)
  if [ -n "$folder" ]; then
    printf '%s\n' "$folder"
  elif [ -n "${INTERNEG_LOCAL_CLUSTER_DIR:-}" ]; then
    absolute "$INTERNEG_LOCAL_CLUSTER_DIR"
  elif [ "$(id -u)" -ne 0 ]; then
    printf '%s/postgres\n' "$state"
  else
    # One for each stack, whatever its own folder is called.
    printf '/var/lib/interneg-local/%s\n' "$(printf '%s' "$state" | sha256sum | cut -c1-12)"
  fi
}

as_cluster_user() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && exec runuser -u "$(cluster_user)" -- "$@") 9>&-
  else
    (cd / && exec "$@") 9>&-
  fi
}

make_cluster() {
  local folder=$1
  [ -f "$folder/data/PG_VERSION" ] && return 0
  say "making the database cluster in $folder"
  mkdir -p "$(dirname "$folder")"
  install -d -m 700 -o "$(cluster_user)" "$folder" "$folder/socket"
  # A cluster whose making was cut short is no cluster: it is made in a folder of another name first.
  rm -rf "$folder/data.new"
  as_cluster_user "$pg_bin/initdb" -D "$folder/data.new" -U postgres --auth=peer -E UTF8 --locale=C.UTF-8 \
    >"$state/log/initdb.log" 2>&1 || {
    tail -n 20 "$state/log/initdb.log" >&2
    die "initdb failed; its log is $state/log/initdb.log"
  }
  as_cluster_user tee -a "$folder/data.new/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_directories = '"$folder/socket"'
unix_socket_permissions = 0700
max_connections = 60
log_timezone = 'UTC'
EOF
  # Who may log in is told by the kernel (peer): the cluster's user as its administrator, the stack's as `interneg`.
  as_cluster_user tee "$folder/data.new/pg_hba.conf" >/dev/null <<EOF
local all all peer map=interneg
EOF
  as_cluster_user tee "$folder/data.new/pg_ident.conf" >/dev/null <<EOF
interneg $(cluster_user) postgres
interneg $(id -un) interneg
EOF
  as_cluster_user mv "$folder/data.new" "$folder/data"
}

cluster_runs() { as_cluster_user "$pg_bin/pg_ctl" -D "$1/data" status >/dev/null 2>&1; }

as_database_admin() { as_cluster_user "$pg_bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$1/socket" -U postgres -d postgres -c "$2"; }

start_cluster() {
  local folder
  folder=$(cluster_folder)
  [ -x "$pg_bin/initdb" ] || die "$pg_bin/initdb is missing; install postgresql-15 (deploy/local/install-packages does)"
  [ -z "${INTERNEG_LOCAL_CLUSTER_DIR:-}" ] || [ "$(absolute "$INTERNEG_LOCAL_CLUSTER_DIR")" = "$folder" ] ||
    die "INTERNEG_LOCAL_CLUSTER_DIR: the database of this stack lies in $folder; leave the variable unset, or name another INTERNEG_LOCAL_DIR"
  [ "${#folder}" -le 80 ] || die "$folder: too long a path for a socket; set INTERNEG_LOCAL_CLUSTER_DIR to a shorter one"
  make_cluster "$folder"
  if ! cluster_runs "$folder"; then
    say "starting the database"
    as_cluster_user "$pg_bin/pg_ctl" -D "$folder/data" -l "$folder/postgres.log" -s -w -t "$patience" start >/dev/null 2>&1 || {
      as_cluster_user tail -n 20 "$folder/postgres.log" >&2 || true
      die "the database does not start; its log is $folder/postgres.log"
    }
  fi
  # Each step by itself, so that one that was cut short is finished the next time.
  [ "$(as_database_admin "$folder" "SELECT 1 FROM pg_roles WHERE rolname = 'interneg'")" = 1 ] ||
    as_database_admin "$folder" 'CREATE ROLE interneg LOGIN'
  [ "$(as_database_admin "$folder" "SELECT 1 FROM pg_database WHERE datname = 'interneg'")" = 1 ] ||
    as_database_admin "$folder" 'CREATE DATABASE interneg OWNER interneg'
}

stop_cluster() {
  local folder
  folder=$(cluster_folder)
  [ -f "$folder/data/PG_VERSION" ] && cluster_runs "$folder" || return 0
  say "stopping the database"
  as_cluster_user "$pg_bin/pg_ctl" -D "$folder/data" -s -m fast -w -t "$patience" stop
}
