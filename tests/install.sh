#!/usr/bin/env bash
# Installs what tests need and is missing, by Debian's packages, and starts no service of theirs.
# usage: install.sh SUITE PROGRAM=PACKAGE ... (or /FILE=PACKAGE)
# Quick when nothing is missing. Where it can't install it says so and ends with 0: the tests are then skipped and say what they lack.
set -euo pipefail

suite=$1
shift
missing=()
for wanted in "$@"; do
	thing=${wanted%=*} package=${wanted#*=}
	case $thing in
	/*) [[ -e $thing ]] || missing+=("$package") ;;
	*) command -v "$thing" >/dev/null || missing+=("$package") ;;
	esac
done
((${#missing[@]})) || exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

if ((EUID)) || ! command -v apt-get >/dev/null; then
	echo "$suite: missing, by Debian's names: ${missing[*]}; without them their tests are skipped" >&2
	exit 0
fi

# A package's service would start right after its installation; 101 forbids it.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod +x $policy
	trap 'rm -f $policy' EXIT
fi

echo "$suite: installing ${missing[*]}" >&2
install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1; }
install "${missing[@]}" && exit 0
apt-get update -q >/dev/null 2>&1 || true
install "${missing[@]}" && exit 0
for package in "${missing[@]}"; do # one that this distribution doesn't have keeps no other away
	install "$package" || echo "$suite: could not install $package; without it its tests are skipped" >&2
done
