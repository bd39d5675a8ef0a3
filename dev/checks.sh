# shellcheck shell=bash
# ./oms test

check_test() { :; }
command_test() {
    local demo=1 name=oms_test_$$ paths=("$ADDON_DIR/tests" "$ROOT/dev/tests") argument
    if [ "${1-}" = --no-demo ]; then
        demo=''
        shift
    fi
    for argument in "$@"; do
        # Tests named by the caller replace the ones run otherwise.
        if [ -e "${argument%%::*}" ]; then paths=(); fi
    done
    use_server
    drop_leftovers
    new_db "$name" temporary "$demo"
    at_exit "drop_db $name"
    say "testing on the database $name"
    OMS_TEST_DB=$name OMS_TEST_DEMO=$demo supervise "$VENV/bin/python" -m pytest -c "$ROOT/dev/pytest.ini" \
        --rootdir "$ROOT" --odoo-config "$CONF" --odoo-database "$name" --odoo-http "${paths[@]}" "$@"
}
