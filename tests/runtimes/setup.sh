#!/usr/bin/env bash
# Installs the container runtimes that the suite `runtimes` starts, by Debian's packages, and starts no service of theirs.
# Quick when nothing is missing. Where it can't install it says so and ends with 0: the tests are then skipped and say what lacks.
set -euo pipefail

declare -A wanted=(
	[containerd]=containerd
	[runc]=runc
	[dockerd]=docker.io
	[docker]=docker.io
	[busybox]=busybox-static
	[jq]=jq
	[setpriv]=util-linux
	[/usr/lib/cni/bridge]=containernetworking-plugins
)

missing=()
for thing in "${!wanted[@]}"; do
	case $thing in
	/*) [[ -e $thing ]] || missing+=("${wanted[$thing]}") ;;
	*) command -v "$thing" >/dev/null || missing+=("${wanted[$thing]}") ;;
	esac
done
((${#missing[@]})) || exit 0

if ((EUID)) || ! command -v apt-get >/dev/null; then
	echo "runtimes: missing, by Debian's names: ${missing[*]}; without them their tests are skipped" >&2
	exit 0
fi

# A package's service would start right after its installation; 101 forbids it.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod +x $policy
	trap 'rm -f $policy' EXIT
fi

echo "runtimes: installing ${missing[*]}" >&2
install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; }
install >/dev/null 2>&1 || { apt-get update -q >/dev/null && install >/dev/null; } ||
	echo "runtimes: could not install ${missing[*]}; without them their tests are skipped" >&2
