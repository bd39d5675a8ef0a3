# shellcheck shell=bash
# Databases are copies of templates. There are two layers: Odoo with the addon's dependencies, which takes minutes
# and changes rarely; and a copy of it with the addon installed, made anew when the addon's files change.
#
# What we made carries a comment in the server, "oms STATE-ID KIND HASH"; nothing else is ever dropped or changed.

RESERVED=oms_tpl_

check_newdb() { parse_newdb "$@"; }
check_dropdb() { need_name dropdb "$@"; }
check_dsn() { need_name dsn "$@"; }

need_name() {
    [ -n "${2-}" ] || die "$1 needs the NAME of a database"
    [ $# = 2 ] || die "$1 takes one NAME, and got: ${*:2}"
}

parse_newdb() {
    db_name='' db_demo='' db_modules='' db_bare=''
    while [ $# -gt 0 ]; do
        case $1 in
            --demo) db_demo=1 ;;
            --bare) db_bare=1 ;;
            --with)
                need_value --with "${2-}"
                db_modules=$2
                shift
                ;;
            -*) die "newdb knows no option $1" ;;
            *)
                [ -z "$db_name" ] || die "newdb takes one NAME, and got also: $1"
                db_name=$1
                ;;
        esac
        shift
    done
    [[ $db_name =~ ^[a-z0-9][a-z0-9_.-]{0,40}$ ]] ||
        die "newdb needs a NAME of small letters, digits, '_', '-' and '.'; got '$db_name'"
    [[ $db_name != "$RESERVED"* ]] || die "names that begin with $RESERVED are for the templates"
}

command_newdb() {
    use_server
    ! db_exists "$db_name" || die "database $db_name exists already; ./oms dropdb $db_name drops it"
    new_db "$db_name" "db $(addon_hash)" "$db_demo" "$db_bare"
    [ -z "$db_modules" ] || install_modules "$db_name" "$db_modules"
    say "database $db_name is ready"
}

command_dropdb() {
    use_server
    db_exists "$1" || die "there is no database $1"
    [[ "$(db_comment "$1")" == "oms $(state_id) db"* ]] || die "database $1 was not made by newdb or run here; it stays"
    drop_db "$1"
    say "database $1 is gone"
}

command_dsn() {
    use_server
    need_odoo_db "$1"
    # Whoever asks for the address wants to connect after this command has ended.
    if [ "$PGHOST" = "$SOCKET" ]; then
        touch "$STATE/keep_cluster"
        say "PostgreSQL stays up for this address; ./oms stop ends it"
    fi
    printf 'postgresql://%s@/%s?host=%s&port=%s\n' "${PGUSER-}" "$1" "$PGHOST" "${PGPORT:-5432}"
}

sql() { psql -XqtA -v ON_ERROR_STOP=1 "$@"; }
db_exists() { [ "$(sql -d postgres -v name="$1" <<<"SELECT 1 FROM pg_database WHERE datname = :'name'")" = 1 ]; }
db_comment() {
    sql -d postgres -v name="$1" \
        <<<"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :'name'"
}
set_comment() { sql -d postgres -v name="$1" -v text="oms $(state_id) $2" <<<"COMMENT ON DATABASE :\"name\" IS :'text'"; }
state_id() { printf '%s' "$STATE" | hash_of 8; }
filestore() { printf '%s' "$STATE/data/filestore/$1"; }

drop_db() {
    sql -d postgres -v name="$1" <<<'ALTER DATABASE :"name" IS_TEMPLATE false; DROP DATABASE :"name" WITH (FORCE)'
    rm -rf "$(filestore "$1")"
}

# The files of a filestore are never changed in place, so that a copy can share them.
copy_db() {
    mkdir -p "$STATE/data/filestore"
    rm -rf "$(filestore "$2")"
    if [ -d "$(filestore "$1")" ]; then
        cp -al "$(filestore "$1")" "$(filestore "$2")" 2>/dev/null || cp -a "$(filestore "$1")" "$(filestore "$2")"
    fi
    createdb -T "$1" "$2" || die "copying the database $1 to $2 failed"
    set_comment "$2" "$3"
}

# The tests copy their database for each process that runs a part of them, and for what these commit.
drop_test_db() {
    local copy
    for copy in $(sql -d postgres -v name="$1" <<<"SELECT datname FROM pg_database
            WHERE starts_with(datname, :'name' || '-gw')"); do
        drop_db "$copy"
    done
    drop_db "$1"
}

# Databases of tests are named after the process that uses them; a killed one could not drop its own.
drop_leftovers() {
    local name
    for name in $(sql -d postgres -v text="oms $(state_id) temporary" <<<"SELECT datname FROM pg_database
            WHERE shobj_description(oid, 'pg_database') = :'text'"); do
        if [ ! -d "/proc/${name##*_}" ]; then drop_test_db "$name"; fi
    done
}

# need_odoo_db NAME: An Odoo of this version, or one clear line.
need_odoo_db() {
    local version
    db_exists "$1" || die "there is no database $1; ./oms newdb $1 makes it"
    version=$(sql -d "$1" -c "SELECT latest_version FROM ir_module_module WHERE name = 'base'" 2>/dev/null) ||
        die "database $1 is no Odoo database"
    [[ $version == "$SERIES"* ]] || die "database $1 is of Odoo $version, and this is Odoo $SERIES"
}

# Everything that ends up in a database; tests, the page's scripts and texts about the addon do not.
addon_hash() {
    (
        cd "$ROOT/addons" &&
            find "${STANDARD_ADDONS[@]}" -type f -not -path '*/__pycache__/*' -not -path '*/tests/*' -not -path '*/readme/*' \
                -not -path '*/static/src/*' -not -name '*.toml' -not -name '*.md' -print0 |
            sort -z | xargs -0 sha256sum
    ) | hash_of
}

standard_addons() {
    local IFS=,
    printf '%s' "${STANDARD_ADDONS[*]}"
}

# What the standard addons need that is none of them.
addon_dependencies() {
    "$VENV/bin/python" - "$ROOT/addons" "${STANDARD_ADDONS[@]}" <<'END'
import ast, pathlib, sys
root, *addons = sys.argv[1:]
manifests = [ast.literal_eval(pathlib.Path(root, addon, "__manifest__.py").read_text()) for addon in addons]
print(",".join(sorted({name for manifest in manifests for name in manifest["depends"]} - set(addons))))
END
}

install_modules() {
    step "installing $2 in $1" "Odoo could not install it" \
        "$VENV/bin/python" -m odoo -c "$CONF" -d "$1" -i "$2" --stop-after-init --no-http --max-cron-threads 0 \
        "${@:3}"
    check_installed "$1" "$2"
}

# Odoo ends well also when it knows no module of that name.
check_installed() {
    local module
    for module in ${2//,/ }; do
        [ "$(sql -d "$1" -v name="$module" <<<"SELECT state FROM ir_module_module WHERE name = :'name'")" = installed ] ||
            die "Odoo did not install the module $module in $1"
    done
}

# new_db NAME REMARK DEMO BARE: A copy of the template that fits, which is made if need be.
new_db() {
    local kind=${3:+demo} base depends
    kind=${kind:-plain}
    [ ${#STANDARD_ADDONS[@]} -gt 0 ] || die "there is no addon in $ROOT/addons"
    depends=$(addon_dependencies) || die "the addon's manifest can't be read"
    base=$RESERVED${kind}_$(printf '%s\n' "$(state_id)" "$depends" "$odoo_path" "$kind" | hash_of)
    locked "template_$kind" keep_template "$base" "$kind" make_base "$kind" "$depends"
    if [ -n "${4-}" ]; then
        locked "template_$kind" copy_db "$base" "$1" "$2"
    else
        locked "template_addon_$kind" copy_with_addon "$base" "$kind" "$1" "$2"
    fi
}

# Under one lock, or another command could drop the template between the two steps: the addon may change meanwhile.
copy_with_addon() {
    local template
    template=$1_$(addon_hash)
    keep_template "$template" "addon_$2" make_with_addon "$1" "$2"
    copy_db "$template" "$3" "$4"
}

# keep_template NAME KIND MAKE...: Made under another name, so that a template that exists is a complete one.
keep_template() {
    local name=$1 kind=$2 old
    shift 2
    ! db_exists "$name" || return 0
    need_space 2
    for old in $(sql -d postgres -v text="oms $(state_id) $kind" <<<"SELECT datname FROM pg_database
            WHERE shobj_description(oid, 'pg_database') = :'text'"); do
        drop_db "$old"
    done
    if db_exists "${name}_new"; then drop_db "${name}_new"; fi
    "$@" "${name}_new"
    rm -rf "$(filestore "$name")"
    [ ! -d "$(filestore "${name}_new")" ] || mv "$(filestore "${name}_new")" "$(filestore "$name")"
    set_comment "${name}_new" "$kind"
    sql -d postgres -v old="${name}_new" -v new="$name" \
        <<<'ALTER DATABASE :"old" ALLOW_CONNECTIONS false; ALTER DATABASE :"old" RENAME TO :"new"'
}

make_base() {
    local demo=
    [ "$1" = plain ] || demo=--with-demo
    createdb -T template0 -E UTF8 --lc-collate C "$3"
    install_modules "$3" "$2" $demo
}

make_with_addon() {
    locked "template_$2" copy_db "$1" "$3" addon
    install_modules "$3" "$(standard_addons)"
}
