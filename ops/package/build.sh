#!/usr/bin/env bash
# Packs the programs in bin/ into artifacts/netmon_VERSION_ARCHITECTURE.deb: the agent, netmon query, netmon-archive and netmon-kubernetes, the service, its man
# page and completions. `make package` builds them first.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v dpkg-deb >/dev/null || { echo "package: dpkg-deb is missing; build a Debian package on Debian or Ubuntu (package dpkg)" >&2; exit 1; }
version=$(ops/version.sh)
architecture=$(dpkg --print-architecture)
package=artifacts/netmon_${version}_$architecture.deb

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 0755 "$root"
put() { install -D -m "$1" "$2" "$root/$3"; } # MODE FILE PLACE

for program in netmon netmon-query netmon-archive netmon-kubernetes; do put 0755 bin/$program usr/lib/netmon/$program; done
put 0644 bin/libduckdb.so usr/lib/netmon/libduckdb.so
# They find each other by their own folder, whatever the link's name.
install -d "$root/usr/bin"
for program in netmon netmon-query netmon-archive netmon-kubernetes; do ln -s ../lib/netmon/$program "$root/usr/bin/$program"; done
put 0644 ops/systemd/netmon.service usr/lib/systemd/system/netmon.service
put 0644 ops/systemd/netmon.default etc/default/netmon
put 0644 ops/completions/netmon.bash usr/share/bash-completion/completions/netmon
put 0644 ops/completions/_netmon usr/share/zsh/vendor-completions/_netmon
put 0644 LICENSE usr/share/doc/netmon/copyright
put 0644 docs/query.md usr/share/doc/netmon/query.md
put 0644 docs/configure.md usr/share/doc/netmon/configure.md
install -d "$root/usr/share/man/man8"
ops/package/man.sh "$version" | gzip -9n >"$root/usr/share/man/man8/netmon.8.gz"
chmod 0644 "$root/usr/share/man/man8/netmon.8.gz"

install -d "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<CONTROL
Package: netmon
Version: $version
Architecture: $architecture
Maintainer: The NetMon maintainers <netmon@example.org>
Section: net
Priority: optional
Installed-Size: $(du -sk --exclude DEBIAN "$root" | cut -f1)
Depends: libc6 (>= 2.34), libstdc++6, libgcc-s1
Recommends: systemd
Suggests: libssl3, ca-certificates
Description: records every TCP connection of this machine
 An eBPF agent that records every TCP connection made, accepted and closed, with
 its process, container and pod, keeps them as hourly Parquet files, and answers
 questions about them in SQL. libssl3 is for uploads to a bucket and for
 the Kubernetes API alone.
CONTROL
echo /etc/default/netmon >"$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do put 0755 ops/package/$script DEBIAN/$script; done

mkdir -p artifacts
dpkg-deb --root-owner-group --build -Zxz -z3 "$root" "$package" >/dev/null
echo "$package: $(stat -c %s "$package") bytes, $(du -sk --exclude DEBIAN "$root" | cut -f1) KiB installed"
