# shellcheck shell=bash
# ./oms setup: programs, Odoo, Python packages. Databases are made when they are needed.

VENV=$STATE/venv
CONF=$STATE/odoo.conf

check_setup() { [ $# = 0 ] || die "setup takes no argument"; }
command_setup() {
    use_server
    say "ready; ./oms run shows it, ./oms test tests it"
}

setup() {
    mkdir -p "$STATE" 2>/dev/null || die "can't write to $STATE; set OMS_STATE to another folder"
    [ -w "$STATE" ] || die "$STATE belongs to another user; set OMS_STATE to another folder"
    STATE=$(cd "$STATE" && pwd)
    find_python
    if is_set_up; then
        read_paths
        return
    fi
    locked setup set_up
}

setup_key() {
    {
        cat "$ROOT"/requirements{,-addons}.txt "$ROOT"/dev/{setup,odoo_source}.sh
        printf '%s\n' "$ROOT" "${ODOO_SOURCE-}" "$PYTHON"
    } | hash_of 20
}

is_set_up() {
    [ "$(cat "$STATE/stamp" 2>/dev/null)" = "$(setup_key)" ] && [ -x "$VENV/bin/python" ] &&
        [ -d "$(cat "$STATE/odoo_path" 2>/dev/null)/odoo" ]
}

read_paths() {
    odoo_path=$(cat "$STATE/odoo_path")
    export PATH=$VENV/bin:$STATE/node/node_modules/.bin:$PATH
}

set_up() {
    # Another command may have done it while this one waited.
    if ! is_set_up; then
        say "setting up in $STATE"
        install_programs
        find_python
        [ -n "$PYTHON" ] || die "no Python 3.11 to 3.13 with venv found; install python3-venv"
        find_odoo
        say "Odoo $SERIES in $odoo_path"
        make_venv
        printf '%s\n' "$odoo_path" >"$STATE/odoo_path"
        write_conf
        setup_key >"$STATE/stamp"
    fi
    read_paths
}

# The first Python that Odoo 19 works with and that can make a virtual environment.
find_python() {
    local candidate
    PYTHON=
    for candidate in ${OMS_PYTHON-} python3 python3.12 python3.13 python3.11; do
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
            2>/dev/null; then
            PYTHON=$candidate
            return
        fi
    done
}

# program:package pairs that the machine lacks.
missing_packages() {
    local pair
    for pair in psql:postgresql-client wkhtmltopdf:wkhtmltopdf shellcheck:shellcheck git:git node:nodejs npm:npm; do
        has "${pair%%:*}" || echo "${pair#*:}"
    done
    has chromium || has chromium-browser || has google-chrome || echo chromium
    [ -n "${PGHOST-}" ] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || has initdb || echo postgresql
    [ -n "$PYTHON" ] || echo python3-venv
    "${PYTHON:-false}" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("magic"))' || echo libmagic1
}

as_root() {
    if is_root; then "$@"; else sudo -n "$@"; fi
}

install_programs() {
    local packages
    mapfile -t packages < <(missing_packages)
    [ ${#packages[@]} -gt 0 ] || return 0
    local by_hand="install these yourself: ${packages[*]}"
    has apt-get || die "this machine has no apt-get; $by_hand"
    is_root || sudo -n true 2>/dev/null || die "not root and no sudo; $by_hand"
    need_space 3
    step "asking apt for its lists" "check the network, or $by_hand" as_root apt-get -q update
    step "installing ${packages[*]}" "check the network, or $by_hand" apt_install "${packages[@]}"
}

# Debian's package would make and start a cluster of its own; nobody asked for that one.
apt_install() {
    local quiet=/etc/postgresql-common/createcluster.d/oms.conf status=0
    # For where this was killed the last time.
    as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a
    as_root mkdir -p "${quiet%/*}"
    echo 'create_main_cluster = false' | as_root tee "$quiet" >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$@" || status=$?
    as_root rm -f "$quiet"
    return "$status"
}

make_venv() {
    need_space 2
    if [ ! -e "$VENV/complete" ]; then
        rm -rf "$VENV"
        step "making a Python environment" "Python's venv failed" "$PYTHON" -m venv "$VENV"
    fi
    step "installing Python packages" "check the network and run it again" \
        "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input -r "$ROOT/requirements.txt"
    # This makes "import odoo" and pip see it, without copying anything.
    printf '%s\n' "$odoo_path" >"$(site_packages)/odoo.pth"
    step "installing Odoo addons" "check the network and run it again" \
        "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps -r "$ROOT/requirements-addons.txt"
    "$VENV/bin/python" -c 'import odoo.release' || die "Odoo in $odoo_path can't be imported"
    touch "$VENV/complete"
}

site_packages() { "$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }

write_conf() {
    cat >"$CONF.new" <<END
[options]
addons_path = $(odoo_addons_of "$odoo_path"),$ROOT/addons,$(site_packages)/odoo/addons
data_dir = $STATE/data
http_interface = 127.0.0.1
list_db = False
max_cron_threads = 1
admin_passwd = $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
END
    mv "$CONF.new" "$CONF"
}
