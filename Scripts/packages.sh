#!/usr/bin/env bash
# Installs the system packages that the build needs, or says how to.
set -euo pipefail

packages=(libpcre2-dev zlib1g-dev libisal-dev libarchive-dev libssl-dev libsqlite3-dev pkg-config)
modules=(libpcre2-8 zlib libisal libarchive libcrypto sqlite3)

if command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "${modules[@]}" 2>/dev/null; then
  exit 0
fi

if [ "$(uname)" = Darwin ]; then
  echo "inquest needs system libraries. Install them with:" >&2
  echo "  brew install pcre2 zlib isa-l openssl@3 sqlite pkg-config" >&2
  exit 1
fi

if ! command -v apt-get >/dev/null 2>&1; then
  echo "inquest needs the development files of PCRE2, zlib, ISA-L, OpenSSL and SQLite." >&2
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
