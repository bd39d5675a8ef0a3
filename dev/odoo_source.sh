# shellcheck shell=bash
# Where Odoo 19 comes from. odoo_path is the folder that holds the Python package "odoo".

OFFICIAL_SOURCE=https://github.com/odoo/odoo
SERIES=19.0
PREFIX=$STATE/odoo

odoo_version_at() {
    sed -nE 's/^version_info *= *\(([0-9]+), *([0-9]+).*/\1.\2/p' "$1/odoo/release.py" 2>/dev/null
}

# A checkout keeps its applications next to the package, a packaged Odoo inside it.
odoo_addons_of() {
    if [ -d "$1/odoo/addons/sale" ]; then
        printf '%s' "$1/odoo/addons"
    else
        printf '%s' "$1/addons,$1/odoo/addons"
    fi
}

is_odoo() {
    [ "$(odoo_version_at "$1")" = "$SERIES" ] &&
        { [ -d "$1/odoo/addons/sale" ] || [ -d "$1/addons/sale" ]; }
}

# find_odoo: Sets odoo_path, bringing Odoo here where the machine has none.
find_odoo() {
    if [ -n "${ODOO_SOURCE-}" ]; then
        odoo_path=$(realpath -m "$ODOO_SOURCE")
        is_odoo "$odoo_path" || die "ODOO_SOURCE=$ODOO_SOURCE is no Odoo $SERIES (found: $(describe_odoo "$odoo_path"))"
        return
    fi
    odoo_path=$(odoo_of_python)
    if [ -n "$odoo_path" ]; then return; fi
    odoo_path=$PREFIX/usr/lib/python3/dist-packages
    if is_odoo "$odoo_path"; then return; fi
    fetch_debian_odoo && is_odoo "$odoo_path" && return
    odoo_path=$STATE/odoo-checkout
    if is_odoo "$odoo_path"; then return; fi
    fetch_checkout
}

describe_odoo() {
    local version
    version=$(odoo_version_at "$1")
    if [ ! -d "$1" ]; then
        echo "no such folder"
    elif [ -z "$version" ]; then
        echo "no odoo/release.py in it"
    elif [ "$version" != "$SERIES" ]; then
        echo "Odoo $version"
    else
        echo "no applications in it"
    fi
}

# An Odoo installed for the system's Python.
odoo_of_python() {
    local found
    found=$(cd / && "$PYTHON" -c 'import odoo.release, os; print(os.path.dirname(os.path.dirname(odoo.release.__file__)))' \
        2>/dev/null) || return 0
    if is_odoo "$found"; then printf '%s' "$found"; fi
}

# Debian's suite "sid" has Odoo as a package. It is unpacked here and not installed: that would bring sid's Python.
fetch_debian_odoo() {
    has apt-get && has dpkg || return 1
    [ -r /usr/share/keyrings/debian-archive-keyring.gpg ] || return 1
    need_space 4
    attempt "fetching Odoo $SERIES as a Debian package (about 130 MB)" download_debian_odoo || return 1
    attempt "unpacking Odoo" unpack_debian_odoo
}

# apt-get with lists and caches of our own, so that the system's are left alone.
private_apt() {
    local apt=$STATE/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    apt-get -q -o Dir::Etc::sourcelist="$apt/sid.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root \
        -o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}

# The mirror is one that the machine's own apt uses; the keys that come with Debian verify what it gives.
download_debian_odoo() {
    local mirror keys=/usr/share/keyrings/debian-archive-keyring.gpg
    mkdir -p "$STATE/apt" "$STATE/debs"
    for mirror in $(apt_mirrors); do
        echo "deb [signed-by=$keys] $mirror sid main" >"$STATE/apt/sid.list"
        if private_apt update && (cd "$STATE/debs" && download_packages); then return; fi
    done
    return 1
}

apt_mirrors() {
    local mirrors
    # shellcheck disable=SC2016  # apt-get's own variable
    mirrors=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages')
    if [ -z "$mirrors" ]; then
        as_root apt-get -q update >&2 || true
        # shellcheck disable=SC2016
        mirrors=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages')
    fi
    printf '%s\n' "$mirrors" | awk '!seen[$0]++'
}

# The package's links point into these; sid's newer Font Awesome has other file names, so that one is our suite's.
download_packages() {
    rm -f ./*.deb
    private_apt download odoo-19 libjs-jquery libjs-jquery-form libjs-underscore fonts-roboto-unhinted \
        fonts-montserrat fonts-ocr-b &&
        apt-get -q -o APT::Sandbox::User=root download fonts-font-awesome fonts-inconsolata
}

unpack_debian_odoo() {
    local deb missing
    rm -rf "$PREFIX.new"
    for deb in "$STATE"/debs/*.deb; do
        echo "$deb"
        dpkg -x "$deb" "$PREFIX.new"
    done
    missing=$(find "$PREFIX.new" -xtype l)
    if [ -n "$missing" ]; then printf 'links to nowhere:\n%s\n' "$missing"; fi
    add_missing_file "$PREFIX.new/usr/lib/python3/dist-packages"
    rm -rf "$PREFIX" "$STATE/apt" "$STATE/debs"
    mv "$PREFIX.new" "$PREFIX"
}

# Debian leaves this file out, and every page that asks for it would log an error.
add_missing_file() {
    local folder=$1/odoo/addons/mail/static/lib/selfie_segmentation
    mkdir -p "$folder"
    [ -e "$folder/selfie_segmentation.js" ] || echo '// not in this package' >"$folder/selfie_segmentation.js"
}

fetch_checkout() {
    need_space 6
    has git || die "git is missing; install it, or set ODOO_SOURCE to an Odoo $SERIES"
    rm -rf "$odoo_path.new"
    step "fetching the source of Odoo $SERIES (about 1 GB)" "no Odoo to be had; check the network, or set ODOO_SOURCE" \
        git clone -q --depth 1 --branch "$SERIES" "$OFFICIAL_SOURCE" "$odoo_path.new"
    mv "$odoo_path.new" "$odoo_path"
}
