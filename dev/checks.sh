# shellcheck shell=bash
# ./oms test

check_test() {
    test_demo=1 test_modules='' test_paths=() test_arguments=() test_is_chosen=''
    while [ $# -gt 0 ]; do
        case $1 in
            --no-demo) test_demo='' ;;
            --long) export OMS_HISTORIES=long test_arguments+=(-o log_cli=true) ;;
            --changed) choose_tests changed "$(main_branch)" ;;
            --with)
                need_value --with "${2-}"
                test_modules=$2
                shift
                ;;
            *) if is_addon "$1"; then choose_tests addon "$1"; else test_arguments+=("$1"); fi ;;
        esac
        shift
    done
    if [ -n "$test_is_chosen" ] && [ ${#test_paths[@]} = 0 ]; then
        say "nothing changed that a test could see"
        exit 0
    fi
}

main_branch() {
    if git -C "$ROOT" rev-parse --quiet --verify origin/main >/dev/null; then echo origin/main; else echo main; fi
}

is_addon() { [[ $1 =~ ^[a-z0-9_]+$ ]] && [ -f "$ROOT/addons/$1/__manifest__.py" ]; }

# choose_tests WHAT NAME: Adds to what is tested; a glue addon it belongs to is installed as well.
choose_tests() {
    local chosen path addon
    chosen=$(python3 "$ROOT/dev/choose_tests.py" "$1" "$2") || die "what to test can't be found out"
    test_is_chosen=1
    for path in $chosen; do
        addon=${path#"$ROOT/addons/"} addon=${addon%%/*}
        if [[ " ${test_paths[*]} " == *" $path "* ]]; then continue; fi
        test_paths+=("$path")
        if is_addon "$addon" && [[ " ${STANDARD_ADDONS[*]} ,$test_modules, " != *[\ ,]"$addon"[\ ,]* ]]; then
            test_modules=${test_modules:+$test_modules,}$addon
        fi
    done
}

command_test() {
    local name=oms_test_$$ paths argument
    paths=("${test_paths[@]}")
    if [ -z "$test_is_chosen" ]; then
        paths=("${STANDARD_ADDONS[@]/#/$ROOT/addons/}")
        paths=("$ROOT/dev/tests" "${paths[@]/%//tests}")
    fi
    set -- "${test_arguments[@]}"
    for argument in "$@"; do
        # Tests named by the caller replace the ones run otherwise.
        if [ -e "${argument%%::*}" ]; then paths=(); fi
    done
    # The whole suite is spread over the processors, each with a copy of the database; -n 0 says otherwise. In the order
    # given: those of ./oms take longest, and would be waited for if they came last.
    [ "${#paths[@]}" = 0 ] || set -- --numprocesses "$(test_processes)" --dist loadfile --no-loadscope-reorder "$@"
    use_server
    drop_leftovers
    new_db "$name" temporary "$test_demo"
    at_exit "drop_test_db $name"
    [ -z "$test_modules" ] || install_modules "$name" "$test_modules"
    say "testing on the database $name"
    PYTHONPATH=$ROOT/dev OMS_TEST_DB=$name OMS_TEST_DEMO=$test_demo supervise "$VENV/bin/python" -m pytest \
        -c "$ROOT/dev/pytest.ini" -p own_files --rootdir "$ROOT" --odoo-config "$CONF" --odoo-database "$name" --odoo-http "${paths[@]}" "$@"
}

# More than four are kept waiting by the one PostgreSQL; one alone needs no copy of the database.
test_processes() {
    local processors
    processors=$(nproc)
    if [ "$processors" -lt 2 ]; then processors=0; elif [ "$processors" -gt 4 ]; then processors=4; fi
    printf '%s' "$processors"
}
