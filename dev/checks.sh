# shellcheck shell=bash
# ./oms test

check_test() {
    test_demo=1 test_modules='' test_arguments=()
    while [ $# -gt 0 ]; do
        case $1 in
            --no-demo) test_demo='' ;;
            --with)
                need_value --with "${2-}"
                test_modules=$2
                shift
                ;;
            *) test_arguments+=("$1") ;;
        esac
        shift
    done
}
command_test() {
    local name=oms_test_$$ paths argument
    paths=("${STANDARD_ADDONS[@]/#/$ROOT/addons/}")
    paths=("$ROOT/dev/tests" "${paths[@]/%//tests}")
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
