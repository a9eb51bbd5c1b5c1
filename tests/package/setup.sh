#!/usr/bin/env bash
# What the tests of the Debian package need: the package, and a Debian with systemd that it is installed on. Where debootstrap can't be
# had it says so and ends with 0: the tests are then skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v debootstrap >/dev/null && ((EUID == 0)) && command -v apt-get >/dev/null; then
	echo "package: installing debootstrap" >&2
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends debootstrap >/dev/null
fi
tests/package/machine.sh root "${NETMON_MACHINE_STORE:-${XDG_CACHE_HOME:-$HOME/.cache}/netmon/package}"
make package
