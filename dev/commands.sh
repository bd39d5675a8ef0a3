# shellcheck shell=bash
# Commands that start Odoo.

DEMO=oms_demo

python_odoo=("$VENV/bin/python" -m odoo)

check_shell() { need_name shell "$@"; }
command_shell() {
    use_server
    need_odoo_db "$1"
    # The shell may be used by a person, who has the terminal; so it isn't put into a group of its own.
    setpriv --pdeathsig KILL "${python_odoo[@]}" shell -c "$CONF" -d "$1" --no-http --log-level warn
}

check_odoo() { :; }
command_odoo() {
    use_server
    # "odoo COMMAND" takes its options after the command, which may have a command of its own.
    if [[ ${1-} =~ ^[a-z] ]]; then
        supervise "${python_odoo[@]}" "$@" -c "$CONF"
    else
        supervise "${python_odoo[@]}" -c "$CONF" "$@"
    fi
}

check_run() {
    run_port='' run_db=$DEMO run_workers=0
    while [ $# -gt 0 ]; do
        case $1 in
            --port | --db | --workers)
                need_value "$1" "${2-}"
                case $1 in
                    --port) run_port=$2 ;;
                    --db) run_db=$2 ;;
                    --workers) run_workers=$2 ;;
                esac
                shift
                ;;
            *) die "run knows no argument $1" ;;
        esac
        shift
    done
    [[ ${run_port:-1}$run_workers =~ ^[0-9]+$ ]] || die "--port and --workers are numbers"
    { [ ${#run_port} -le 5 ] && [ "${run_port:-1}" -ge 1 ] && [ "${run_port:-1}" -le 65535 ]; } ||
        die "a port is a number from 1 to 65535"
    [ -z "$run_port" ] || port_is_free "$run_port" || die "port $run_port is busy; take another, or leave --port out"
}

command_run() {
    local port websocket
    use_server
    if [ "$run_db" = "$DEMO" ] && ! db_exists "$DEMO"; then
        new_db "$DEMO" "db $(addon_hash)" demo
    fi
    need_odoo_db "$run_db"
    upgrade_if_changed "$run_db"
    port=${run_port:-$(free_port 8069)}
    websocket=$(free_port $((port + 3)))
    use_address "$run_db" "http://localhost:$port"
    say "starting Odoo on port $port; its address follows, Ctrl-C stops it"
    [ "$run_workers" = 0 ] || say "with workers, what arrives by itself needs a proxy from /websocket to port $websocket"
    announce "$run_db" "$port" &
    at_exit "kill $! 2>/dev/null"
    supervise "${python_odoo[@]}" -c "$CONF" -d "$run_db" --db-filter "^$run_db\$" --http-port "$port" \
        --gevent-port "$websocket" --workers "$run_workers" --log-level warn || [ -n "$was_stopped" ]
    say "Odoo has stopped"
}

# Only a database that we made: the comment remembers the addon's version in it.
upgrade_if_changed() {
    local now made
    now=$(addon_hash)
    made=$(db_comment "$1")
    if [[ $made == "oms $(state_id) db"* && $made != *" $now" ]]; then
        step "upgrading the addons in $1" "Odoo could not upgrade it" \
            "${python_odoo[@]}" -c "$CONF" -d "$1" -i "$(standard_addons)" -u "$(standard_addons)" --stop-after-init --no-http --max-cron-threads 0
        set_comment "$1" "db $now"
    fi
}

# The program that prints PDFs fetches their style sheets from this address.
use_address() {
    sql -d "$1" -v address="$2" <<'END'
INSERT INTO ir_config_parameter (key, value) VALUES ('web.base.url', :'address'), ('report.url', :'address')
ON CONFLICT (key) DO UPDATE SET value = excluded.value
END
}

# Runs next to Odoo, and no longer than this script. The first page takes a while; Odoo answers once it is there.
announce() {
    local login
    until "$VENV/bin/python" "$ROOT/dev/wait_for_page.py" "http://127.0.0.1:$2/web/login" 2>/dev/null; do
        sleep 0.3
        kill -0 $$ 2>/dev/null || return 0
    done
    login=$(sql -d "$1" -c 'SELECT login FROM res_users WHERE id = 2')
    if [[ "$(db_comment "$1")" == "oms $(state_id) db"* ]]; then login+=", password: admin"; fi
    say "Odoo answers at http://localhost:$2 - login: $login"
}

check_pictures() { :; }
command_pictures() {
    local port name=oms_pictures_$$
    use_server
    new_db "$name" temporary 1
    at_exit "drop_db $name"
    port=$(free_port 8169)
    use_address "$name" "http://localhost:$port"
    say "taking pictures of the demo company"
    supervise env OMS_CONF="$CONF" OMS_DB="$name" OMS_PORT="$port" "$VENV/bin/python" "$ROOT/dev/pictures.py" \
        "$ROOT/docs/images"
    supervise "$VENV/bin/python" "$ROOT/dev/descriptions.py"
}

check_bench() {
    [ -n "${1-}" ] || die "bench needs the NAME of one of: $(benches)"
    [[ $1 =~ ^[a-z]+$ && -f $ROOT/dev/bench/$1.py ]] || die "there is no benchmark '$1'; there are: $(benches)"
}
benches() { find "$ROOT/dev/bench" -name '[a-z]*.py' -printf '%f ' 2>/dev/null | sed 's/\.py//g'; }
command_bench() {
    use_server
    say "benchmark $1"
    OMS_CONF=$CONF PYTHONPATH=$ROOT/dev supervise "$VENV/bin/python" "$ROOT/dev/bench/$1.py" "${@:2}"
}
