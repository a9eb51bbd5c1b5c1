#!/usr/bin/env bash
# The requirements of the Debian package's tests: the package, and a Debian with systemd to install it on. If debootstrap is
# not available it says so and exits with 0: the tests are then skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v debootstrap >/dev/null && ((EUID == 0)) && command -v apt-get >/dev/null; then
	echo "package: installing debootstrap" >&2
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends debootstrap >/dev/null
fi
tests/package/machine.sh root "${NETMON_MACHINE_STORE:-${XDG_CACHE_HOME:-$HOME/.cache}/netmon/package}"
make package
