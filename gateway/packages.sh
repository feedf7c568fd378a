# SPDX-License-Identifier: Apache-2.0
# Sourced by gateway/run and tests/run: installs the Debian packages and libraries that are missing.

build_packages=(build-essential cmake pkg-config libsodium-dev libcivetweb-dev liblmdb-dev
    libcjson-dev libqrencode-dev libpng-dev libinih-dev libcsv-dev libhpdf-dev)
# The fonts have Latin and Arabic letters, and Japanese: 10 MB.
test_packages=(libcmocka-dev curl zbar-tools librsvg2-bin poppler-utils chromium fonts-dejavu-core
    fonts-droid-fallback)

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
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "These Debian packages are missing, and this is neither root nor has sudo: ${missing[*]}" >&2
            return 1
        }
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}" >&2
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# install_libraries DIRECTORY: what its package-lock.json names, when that changed.
install_libraries() {
    command -v node >/dev/null || install_missing nodejs
    command -v npm >/dev/null || install_missing npm
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] ||
        (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
}
