#!/usr/bin/env bash
# Installs missing Debian packages that tests need, without starting their services.
# usage: install.sh SUITE PROGRAM=PACKAGE ... (or /FILE=PACKAGE)
# Quick if nothing is missing. If it can't install it says so and exits with 0: the tests are then skipped and say what is missing.
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

# Packages start their services right after the installation; 101 forbids it.
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
for package in "${missing[@]}"; do # a package that this distribution lacks must not prevent the others
	install "$package" || echo "$suite: could not install $package; without it its tests are skipped" >&2
done
