# shellcheck shell=bash
# PostgreSQL: a private cluster on a socket, or the server named by PGHOST.
#
# Commands running at the same time share the cluster. Each holds a shared lock on "users" while it runs; whoever
# leaves and finds nobody else there stops the cluster. Starting and stopping happen under the lock "cluster", so
# that no command can see a server that another one is about to stop.

CLUSTER_USER=oms

check_stop() { [ $# = 0 ] || die "stop takes no argument"; }
command_stop() {
    locate_cluster
    rm -f "$STATE/keep_cluster"
    use_server
    say "PostgreSQL stops as soon as no other oms command uses it"
}

# The server runs as another user when we are root, who has to be able to enter its folder; and the path of a
# socket can't be longer than about 100 characters.
locate_cluster() {
    local id
    id=$(printf '%s' "$STATE" | hash_of 8)
    CLUSTER=$STATE/pg
    if is_root && ! as_cluster_user test -x "$STATE"; then CLUSTER=/var/lib/oms-$id; fi
    SOCKET=$CLUSTER/socket
    if [ ${#SOCKET} -gt 85 ]; then SOCKET=/tmp/oms-$id; fi
}

as_cluster_user() {
    if is_root; then
        setpriv --reuid=postgres --regid=postgres --init-groups env --chdir=/ HOME=/ "$@"
    else
        "$@"
    fi
}

# A daemon must not hold the locks of the command that happened to start it.
without_locks() (
    for fd in /proc/"$BASHPID"/fd/*; do
        fd=${fd##*/}
        if [ "$fd" -gt 2 ]; then eval "exec $fd>&-"; fi
    done
    "$@"
)

# The newest PostgreSQL installed, or the one that made the cluster.
pg_bin() {
    local made=/nowhere candidate
    if [ -f "$CLUSTER/data/PG_VERSION" ]; then made=/usr/lib/postgresql/$(cat "$CLUSTER/data/PG_VERSION")/bin; fi
    for candidate in "$made" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(pg_config --bindir 2>/dev/null)"; do
        if [ -x "$candidate/initdb" ]; then
            printf '%s' "$candidate"
            return
        fi
    done
    die "no initdb found; install PostgreSQL 13 or newer"
}

# Half of the memory for caches at most, and what Odoo's many short transactions on two cores like. A lost power
# supply may lose this cluster: it holds nothing that newdb can't make again, and the disk of the machine at hand
# says nothing about anybody's server. OMS_DURABLE=1 starts it with the safe settings for measuring with them.
cluster_settings() {
    local memory buffers
    memory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
    buffers=$((memory / 8 > 1024 ? 1024 : memory / 8))
    cat <<END
listen_addresses = ''
unix_socket_directories = '$SOCKET'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = ${buffers}MB
effective_cache_size = $((memory / 2))MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 30min
random_page_cost = 1.1
max_parallel_workers_per_gather = 1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
END
    if [ -z "${OMS_DURABLE-}" ]; then printf '%s = off\n' fsync synchronous_commit full_page_writes; fi
}

make_cluster() {
    need_space 3
    mkdir -p "$CLUSTER"
    [ "$CLUSTER" = "$STATE/pg" ] || say "PostgreSQL's files go to $CLUSTER, since its user can't enter $STATE"
    if is_root; then chown postgres: "$CLUSTER"; fi
    as_cluster_user rm -rf "$CLUSTER/data.new"
    attempt "making a PostgreSQL cluster" as_cluster_user "$(pg_bin)/initdb" -D "$CLUSTER/data.new" \
        -U "$CLUSTER_USER" -A trust -E UTF8 --locale=C.UTF-8 --no-sync ||
        die "PostgreSQL's initdb failed"
    as_cluster_user mv "$CLUSTER/data.new" "$CLUSTER/data"
}

start_cluster() {
    local control
    [ -f "$CLUSTER/data/PG_VERSION" ] || make_cluster
    control=$(pg_bin)/pg_ctl
    as_cluster_user "$control" -D "$CLUSTER/data" status >/dev/null 2>&1 && return
    as_cluster_user mkdir -p -m 700 "$SOCKET"
    as_cluster_user test -O "$SOCKET" || die "$SOCKET belongs to another user; set OMS_STATE to another folder"
    cluster_settings | as_cluster_user tee "$CLUSTER/data/postgresql.auto.conf" >/dev/null
    without_locks as_cluster_user "$control" -D "$CLUSTER/data" -l "$CLUSTER/log" -w -t 60 start >/dev/null </dev/null ||
        die "PostgreSQL does not start; its log is $CLUSTER/log"
}

enter_cluster() {
    exec {users_lock}>>"$STATE/locks/users"
    flock -s "$users_lock"
    start_cluster
}

leave_cluster() {
    flock -u "$users_lock"
    if [ -e "$STATE/keep_cluster" ] || ! flock -xn "$users_lock"; then return; fi
    as_cluster_user "$(pg_bin)/pg_ctl" -D "$CLUSTER/data" -m fast -w stop >/dev/null || true
    flock -u "$users_lock"
}

# use_server: After it, psql, createdb and Odoo find the server by themselves.
use_server() {
    [ -z "${server_in_use-}" ] || return 0
    server_in_use=1
    locate_cluster
    unset PGDATABASE
    if [ -n "${PGHOST-}" ] && [ "$PGHOST" != "$SOCKET" ]; then
        [ "${PGUSER-}" != postgres ] || die "Odoo refuses the database user 'postgres'; set PGUSER to another one"
        psql -d postgres -XtAc 'SELECT 1' >/dev/null 2>&1 ||
            die "no PostgreSQL answers at PGHOST=$PGHOST, or not with this user and password"
        return
    fi
    export PGHOST=$SOCKET PGPORT=5432 PGUSER=$CLUSTER_USER
    unset PGPASSWORD PGSERVICE PGHOSTADDR
    locked cluster enter_cluster
    at_exit "locked cluster leave_cluster"
}
