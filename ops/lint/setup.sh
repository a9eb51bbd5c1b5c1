#!/usr/bin/env bash
# setup.sh PROGRAM...: installs missing programs for make lint from the Debian packages of their names.
set -euo pipefail

missing=()
for program in "$@"; do
	command -v "$program" >/dev/null || missing+=("$program")
done
((${#missing[@]})) || exit 0
if ((EUID)) || ! command -v apt-get >/dev/null; then
	echo "lint: missing: ${missing[*]}" >&2
	exit 1
fi
echo "lint: installing ${missing[*]}" >&2
apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
