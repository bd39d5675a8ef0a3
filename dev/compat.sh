# shellcheck shell=bash
# ./oms compat: Odoo's own tests with the addon installed must fail exactly where they fail without it.
#
# pytest and not Odoo's runner starts them: that one runs most tests while the modules load, when the addon, which
# depends on the module under test, isn't there yet.

COMPAT_MODULES=(delivery stock_delivery sale_management sale_purchase_stock purchase purchase_stock sale_stock
    stock_account sale stock)
COMPAT_LIST=$ROOT/dev/compat_expected.txt

check_compat() {
    compat_modules=() compat_bare='' compat_account=''
    while [ $# -gt 0 ]; do
        case $1 in
            --bare) compat_bare=1 ;;
            --account) compat_account=account ;;
            -*) die "compat knows --account and --bare, and no $1" ;;
            *) compat_modules+=("$1") ;;
        esac
        shift
    done
    [ ${#compat_modules[@]} -gt 0 ] || compat_modules=("${COMPAT_MODULES[@]}" ${compat_account:+account})
}

command_compat() {
    local module number=0 new=() fixed=()
    for module in "${compat_modules[@]}"; do find_module "$module" >/dev/null; done
    use_server
    drop_leftovers
    mkdir -p "$STATE/compat"
    for module in "${compat_modules[@]}"; do
        number=$((number + 1))
        test_module "$module" "tests of $module ($number of ${#compat_modules[@]} modules)"
        if [ -n "$compat_bare" ]; then
            expect_failures "$module"
        else
            compare_failures "$module"
        fi
    done
    compat_verdict
}

find_module() {
    local folder
    for folder in "$odoo_path/odoo/addons/$1" "$odoo_path/addons/$1"; do
        if [ -d "$folder/tests" ]; then
            printf '%s/tests' "$folder"
            return
        fi
    done
    die "Odoo has no module $1 with tests"
}

failures_of() { tail -n +2 "$STATE/compat/$1" | sort; }
expected_of() { grep "^$1/" "$COMPAT_LIST" 2>/dev/null | sort || true; }

# What failed is run a second time, alone: a busy machine makes a browser test late, and that says nothing.
test_module() {
    local module=$1 label=$2 again
    run_core_tests "$module" "$label" "$(find_module "$module")"
    mapfile -t again < <(failures_of "$module")
    [ ${#again[@]} -gt 0 ] || return 0
    cp "$STATE/compat/$module" "$STATE/compat/$module.first"
    run_core_tests "$module" "$label, ${#again[@]} failed ones again" "${again[@]/#/$(compat_root "$module")/}"
    { head -n 1 "$STATE/compat/$module.first" && failures_of "$module"; } >"$STATE/compat/$module.new"
    mv "$STATE/compat/$module.new" "$STATE/compat/$module"
    rm "$STATE/compat/$module.first"
}

compat_root() { dirname "$(dirname "$(find_module "$1")")"; }

whatever_it_returns() { "$@" || true; }

run_core_tests() {
    local module=$1 label=$2 name=oms_compat_$$
    shift 2
    rm -f "$STATE/compat/$module"
    new_db "$name" temporary '' "$compat_bare"
    attempt "$label" whatever_it_returns env PYTHONPATH="$ROOT/dev" OMS_COMPAT_RESULTS="$STATE/compat/$module" \
        "$VENV/bin/python" -m pytest -c "$ROOT/dev/pytest.ini" --rootdir "$(compat_root "$module")" \
        -p compat_plugin -s -q --odoo-config "$CONF" --odoo-database "$name" --odoo-http "$@"
    drop_db "$name"
    [ -s "$STATE/compat/$module" ] || die "the tests of $module did not run; the log is in $STATE/logs"
    say "$label: $(head -n 1 "$STATE/compat/$module") tests, $(failures_of "$module" | wc -l) failed"
}

compare_failures() {
    local line
    while read -r line; do new+=("$line"); done < <(comm -23 <(failures_of "$1") <(expected_of "$1"))
    while read -r line; do fixed+=("$line"); done < <(comm -13 <(failures_of "$1") <(expected_of "$1"))
}

expect_failures() {
    local others
    others=$(grep -vE "^(#|$1/|\$)" "$COMPAT_LIST" 2>/dev/null || true)
    {
        cat <<'END'
# Odoo's own tests that fail on a plain Odoo 19.0, where this addon is not installed. ./oms compat holds what fails
# with the addon against this list. Made, and to be made again for a newer Odoo, by: ./oms compat --bare
# A test is listed when it failed twice, the second time alone. One line per test: MODULE/tests/FILE::CLASS::TEST
END
        printf '%s\n' "$others" "$(failures_of "$1")" | grep . | sort
    } >"$COMPAT_LIST.new" || true
    mv "$COMPAT_LIST.new" "$COMPAT_LIST"
}

compat_verdict() {
    if [ -n "$compat_bare" ]; then
        say "$COMPAT_LIST now says what fails without the addon"
        return
    fi
    if [ ${#fixed[@]} -gt 0 ]; then
        say "these are expected to fail and passed:"
        printf '%s\n' "${fixed[@]}"
    fi
    if [ ${#new[@]} -gt 0 ]; then
        say "these fail with the addon only:"
        printf '%s\n' "${new[@]}"
        die "${#new[@]} new failures"
    fi
    say "no new failure in: ${compat_modules[*]}"
}
