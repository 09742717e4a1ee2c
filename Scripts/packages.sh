#!/usr/bin/env bash
# Installs the system packages that the build needs, or says how to.
#
#   packages.sh          what the build needs
#   packages.sh tests    also tools that tests run where they can be had
set -euo pipefail

packages=(libpcre2-dev zlib1g-dev libisal-dev libarchive-dev libssl-dev libsqlite3-dev libmaxminddb-dev
  pkg-config)
modules=(libpcre2-8 zlib libisal libarchive libcrypto sqlite3 libmaxminddb)

tools=(systemd-journal-remote zstd xz-utils bzip2 lz4 zip p7zip-full)

if [ "${1:-}" = tests ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1 &&
  [ ! -x /lib/systemd/systemd-journal-remote ]; then
  # Tests that find their tool missing say so: no failure here.
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${tools[@]}"; } >/dev/null ||
    echo "inquest: some tools of the tests cannot be installed; those tests are skipped." >&2
fi

if command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "${modules[@]}" 2>/dev/null; then
  exit 0
fi

if [ "$(uname)" = Darwin ]; then
  echo "inquest needs system libraries. Install them with:" >&2
  echo "  brew install pcre2 zlib isa-l openssl@3 sqlite libmaxminddb pkg-config" >&2
  exit 1
fi

if ! command -v apt-get >/dev/null 2>&1; then
  echo "inquest needs the development files of PCRE2, zlib, ISA-L, OpenSSL, SQLite and libmaxminddb." >&2
  echo "On Debian and Ubuntu they are: ${packages[*]}" >&2
  exit 1
fi

if [ "$(id -u)" -eq 0 ]; then
  run=()
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  run=(sudo)
else
  echo "inquest needs system libraries. Install them with:" >&2
  echo "  sudo apt-get install ${packages[*]}" >&2
  exit 1
fi

"${run[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq "${packages[@]}"
