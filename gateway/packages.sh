# SPDX-License-Identifier: Apache-2.0
# Sourced by gateway/run and tests/run: installs the Debian packages and libraries that are missing.

build_packages=(build-essential cmake pkg-config libsodium-dev libcivetweb-dev liblmdb-dev
    libcjson-dev libqrencode-dev libpng-dev libinih-dev libcsv-dev libhpdf-dev libfribidi-dev
    libmaxminddb-dev iso-codes fonts-dejavu-core fonts-droid-fallback)
# Proxies of which tests start a copy, and what those need.
proxy_packages=(nginx haproxy)
proxy_libraries=(liblua5.3-0 libopentracing-c-wrapper0 libpcre2-8-0 openssl)
# Whose own test data tests read.
data_packages=(librust-url-dev)
test_packages=(libcmocka-dev curl zbar-tools librsvg2-bin poppler-utils chromium slowhttptest wrk
    libmaxmind-db-writer-perl)

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# install_missing PACKAGE...
install_missing() {
    local missing=() package
    for package in "$@"; do
        case "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" in
            *"ok installed") ;;
            *) missing+=("$package") ;;
        esac
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        echo "These Debian packages are missing, and this is neither root nor has sudo: ${missing[*]}" >&2
        return 1
    fi
    echo "Installing ${missing[*]}" >&2
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# unpack_packages DIRECTORY PACKAGE...: for tests alone. Installed, the programs among them would be
# services of this machine, and run from then on; the data would bring compilers' libraries along.
unpack_packages() {
    local directory=$1 package
    shift
    for package in "$@"; do
        [ ! -d "$directory/$package" ] || continue
        rm -rf "$directory/$package.new"
        mkdir -p "$directory/$package.new"
        unpack_package "$directory/$package.new" "$package" || {
            as_root apt-get update -qq # the lists of packages were old, or not there
            unpack_package "$directory/$package.new" "$package"
        }
        mv "$directory/$package.new" "$directory/$package"
    done
}

unpack_package() (
    cd "$1" && apt-get download -qq -o APT::Sandbox::User=root "$2" &&
        dpkg -x "$2"_*.deb . && rm "$2"_*.deb
)

# install_libraries DIRECTORY: what its package-lock.json names, when that changed.
install_libraries() {
    command -v node >/dev/null || install_missing nodejs
    command -v npm >/dev/null || install_missing npm
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] ||
        (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
}
