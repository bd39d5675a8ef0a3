# shellcheck shell=bash
# ./oms lint: Each linter is a function of this file. .pre-commit-config.yaml calls them too.

LINTERS=(shellcheck ruff format layers pylint odoo translations xml readme eslint prettier)

check_lint() {
    lint_fix=''
    while [ $# -gt 0 ]; do
        case $1 in
            --fix) lint_fix=1 ;;
            *)
                [[ " ${LINTERS[*]} " == *" $1 "* ]] || die "lint knows --fix and these: ${LINTERS[*]}"
                ;;
        esac
        shift
    done
}

command_lint() {
    local linter wanted=() failed=()
    for linter in "$@"; do [ "$linter" = --fix ] || wanted+=("$linter"); done
    if [ ${#wanted[@]} = 0 ]; then wanted=("${LINTERS[@]}"); fi
    cd "$ROOT" || die "no $ROOT"
    bring_node_packages
    for linter in "${wanted[@]}"; do
        if "lint_$linter"; then
            say "$linter: clean"
        else
            say "$linter: FAILED"
            failed+=("$linter")
        fi
    done
    [ ${#failed[@]} = 0 ] || die "lint failed: ${failed[*]}"
    say "lint is clean"
}

# Outside of the repository's folder, like everything that is fetched.
bring_node_packages() {
    local folder=$STATE/node key
    key=$(cat package.json package-lock.json | hash_of)
    [ "$(cat "$folder/stamp" 2>/dev/null)" = "$key" ] || locked node install_node_packages "$folder" "$key"
}

install_node_packages() {
    [ "$(cat "$1/stamp" 2>/dev/null)" != "$2" ] || return 0
    mkdir -p "$1"
    cp package.json package-lock.json .npmrc "$1"
    step "installing JavaScript packages" "check the network and run it again" npm ci --prefix "$1" --ignore-scripts
    printf '%s' "$2" >"$1/stamp"
}

# files_like PATTERN...: What git knows or would add, so that a linter reads nothing else.
files_like() { git ls-files -z --cached --others --exclude-standard -- "$@" | sort -zu | existing; }
existing() {
    local file
    while IFS= read -rd '' file; do
        if [ -e "$file" ]; then printf '%s\0' "$file"; fi
    done
}
on_files() {
    local patterns=()
    while [ "$1" != -- ]; do
        patterns+=("$1")
        shift
    done
    shift
    files_like "${patterns[@]}" | xargs -0r "$@"
}

lint_shellcheck() { on_files oms '*.sh' .ci/run -- shellcheck -x; }
lint_ruff() { on_files '*.py' -- ruff check --quiet --no-cache ${lint_fix:+--fix}; }
lint_format() {
    if [ -n "$lint_fix" ]; then
        on_files '*.py' -- ruff format --quiet --no-cache
    else
        on_files '*.py' -- ruff format --no-cache --diff --quiet
    fi
}
lint_layers() { python "$ROOT/dev/check_layers.py"; }
# A model's class is split over the files of the layers on purpose; and nobody translates a test.
lint_pylint() {
    pylint --disable=consider-merging-classes-inherited --ignore=tests "$ROOT"/addons/* || return 1
    on_files 'addons/*/tests/*.py' -- pylint --disable=translation-required
}
# Left out: what Odoo's own files do otherwise (numbers without eval, t-foreach in front of class).
lint_odoo() {
    oca-checks-odoo-module --disable=xml-field-numeric-without-eval,xml-tag-position ${lint_fix:+--fix} "$ROOT"/addons/*
}
lint_translations() { on_files 'addons/*.po' 'addons/*.pot' -- oca-checks-po --disable=po-pretty-format; }
lint_xml() { on_files '*.xml' '*.svg' -- python "$ROOT/dev/check_xml.py"; }
lint_readme() { python "$ROOT/dev/readme.py" ${lint_fix:+--fix}; }
lint_eslint() {
    on_files 'addons/*/static/*.js' -- eslint --config eslint.config.mjs --no-warn-ignored --max-warnings 0 ${lint_fix:+--fix}
}
lint_prettier() {
    local mode=--check
    [ -z "$lint_fix" ] || mode=--write
    on_files '*.js' '*.mjs' '*.scss' '*.css' '*.xml' '*.json' '*.yml' '*.yaml' -- prettier \
        --plugin "$STATE/node/node_modules/@prettier/plugin-xml/src/plugin.js" --log-level warn "$mode"
}
