# shellcheck shell=bash
# What every part uses: messages, progress, locks, child processes.

say() { printf '%s\n' "oms: $*" >&2; }
die() {
    say "error: $*"
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

hash_of() { sha256sum | cut -c1-"${1:-10}"; }

is_root() { [ "$(id -u)" = 0 ]; }

need_value() { [ -n "${2-}" ] || die "$1 needs a value"; }

# need_space GIGABYTES: Better to stop before a long step than in the middle of it.
need_space() {
    local free
    free=$(df -Pk "$STATE" | awk 'NR == 2 {print int($4 / 1048576)}')
    [ "$free" -ge "$1" ] ||
        die "only $free GB free where $STATE lies, $1 GB needed; free some or set OMS_STATE to a folder elsewhere"
}

# "(41/130)" of Odoo's loading messages, or the last line of anything else.
how_far() {
    local far
    far=$(tail -n 40 "$1" | grep -oE '\([0-9]+/[0-9]+\)' | tail -n 1)
    [ -n "$far" ] || far=$(tail -n 1 "$1" | tr -d '\r' | cut -c1-60)
    printf '%s' "$far"
}

# show_progress LABEL LOG PID: One line rewritten on a terminal, one every 20 s elsewhere.
show_progress() {
    local label=$1 log=$2 pid=$3 start=$SECONDS spent
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.5
        spent=$((SECONDS - start))
        if [ -t 2 ]; then
            printf '\r\033[Koms: %s: %ds %s' "$label" "$spent" "$(how_far "$log")" >&2
        elif [ "$spent" -ge "${next_line:=20}" ]; then
            say "$label: ${spent}s $(how_far "$log")"
            next_line=$((spent + 20))
        fi
    done
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# attempt LABEL COMMAND...: Run with progress, output in a log; false when the command failed.
attempt() {
    local label=$1 log status=0 start=$SECONDS next_line
    shift
    mkdir -p "$STATE/logs"
    log=$STATE/logs/$(printf '%s' "$label" | tr -cs 'a-zA-Z0-9_\n' '-' | cut -c1-60).$$.log
    say "$label"
    # A process group of its own, so that all of it can be ended with us.
    set -m
    "$@" >"$log" 2>&1 </dev/null &
    step_group=$!
    set +m
    show_progress "$label" "$log" "$step_group"
    wait "$step_group" || status=$?
    step_group=
    if [ "$status" = 0 ]; then
        say "$label: done in $((SECONDS - start))s"
        rm -f "$log"
    else
        tail -n 15 "$log" >&2
        say "$label: failed, everything it said is in $log"
    fi
    return "$status"
}

# step LABEL HINT COMMAND...: The same, ending everything with one line when it fails.
step() {
    local label=$1 hint=$2
    shift 2
    attempt "$label" "$@" || die "$label: $hint"
}

# supervise COMMAND...: Run in a process group of its own, pass signals on, leave none of it behind. Where this script is
# itself killed the child is too: Odoo can take a minute to notice a softer signal that it gets that way.
supervise() {
    local status=0 child
    was_stopped=
    set -m
    setpriv --pdeathsig KILL "$@" &
    child=$!
    set +m
    trap 'was_stopped=1; kill -INT -- "-$child" 2>/dev/null || true' INT
    trap 'was_stopped=1; kill -TERM -- "-$child" 2>/dev/null || true' TERM HUP
    while kill -0 "$child" 2>/dev/null; do
        wait "$child" && status=0 || status=$?
    done
    set_traps
    end_group "$child"
    return "$status"
}

# Ask first, and don't leave before they are gone.
end_group() {
    local tries=0
    kill -TERM -- "-$1" 2>/dev/null || return 0
    while kill -0 -- "-$1" 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" = 50 ]; then kill -KILL -- "-$1" 2>/dev/null || true; fi
        [ "$tries" -lt 60 ] || return 0
        sleep 0.1
    done
}

# at_exit COMMAND: Commands run in the reverse order, also after Ctrl-C.
exit_commands=()
step_group=
at_exit() { exit_commands=("$1" "${exit_commands[@]}"); }
run_exit_commands() {
    local status=$? command
    trap '' INT TERM HUP
    if [ -n "$step_group" ]; then end_group "$step_group"; fi
    for command in "${exit_commands[@]}"; do
        eval "$command" || true
    done
    exit "$status"
}
set_traps() {
    trap run_exit_commands EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

# locked NAME COMMAND...: One at a time among all commands that share the state folder.
locked() {
    local lock=$STATE/locks/$1 fd status=0
    shift
    mkdir -p "$STATE/locks"
    exec {fd}>"$lock"
    if ! flock -n "$fd"; then
        say "waiting for another oms command ($(basename "$lock"))"
        flock "$fd"
    fi
    "$@" || status=$?
    exec {fd}>&-
    return "$status"
}

free_port() {
    local port=$1
    while ! port_is_free "$port"; do port=$((port + 1)); done
    printf '%s' "$port"
}
port_is_free() { ! (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
