#!/usr/bin/env bash
# Installs Debian's libraries and headers of another architecture into a folder, for builds with clang and lld, and a busybox
# for guests of that architecture (tests/kernels). Installs lld if it is missing, and nothing else.
# usage: sysroot.sh arm64 DIR
# Quick if the folder exists; delete it to fetch again.
set -euo pipefail

die() { echo "sysroot.sh: $*" >&2; exit 1; }

[[ $# -eq 2 && $1 == arm64 ]] || { echo "usage: sysroot.sh arm64 DIR" >&2; exit 64; }
architecture=$1 target=$2
packages=(libc6 libc6-dev linux-libc-dev libgcc-s1 libgcc-12-dev libbpf-dev libelf-dev zlib1g-dev libssl3 busybox-static)
if [[ $(cat "$target/packages" 2>/dev/null) == "${packages[*]}" ]]; then exit 0; fi

if ! command -v ld.lld >/dev/null; then
	sudo=()
	((EUID == 0)) || sudo=(sudo)
	"${sudo[@]}" apt-get install -y -q --no-install-recommends lld >/dev/null || die "the linker lld can't be installed"
fi

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -r $keyring ]] || die "no Debian archive keyring ($keyring)"
# This machine's Debian release, from the mirror in its apt sources.
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
# apt expands $(...), not the shell.
# shellcheck disable=SC2016
mirror=${NETMON_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)' 2>/dev/null |
	awk -v name="$codename" '$1 == "Packages" && $2 == "main" && $3 == name { print $4 }' | head -n 1)}
[[ -n $mirror ]] || die "the apt sources of this machine name no Debian mirror (NETMON_DEBIAN_MIRROR sets one)"

mkdir -p "${target%/*}"
work=$(mktemp -d "${target%/*}/.sysroot.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work"/{state/lists/partial,cache/archives/partial,empty,debs,tree}
: >"$work/status"
echo "deb [arch=$architecture signed-by=$keyring] $mirror $codename main" >"$work/sources.list"
cat >"$work/apt.conf" <<EOF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "$work/empty";
Dir::Etc::preferences "$work/status";
Dir::Etc::preferencesparts "$work/empty";
Dir::State "$work/state";
Dir::State::lists "$work/state/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
Acquire::Languages "none";
Acquire::Retries "3";
EOF
apt-get -q -c "$work/apt.conf" update >"$work/log" 2>&1 || { cat "$work/log" >&2; die "$mirror can't be read"; }
(cd "$work/debs" && apt-get -q -c "$work/apt.conf" download "${packages[@]}") >"$work/log" 2>&1 || { cat "$work/log" >&2; die "cannot download ${packages[*]}"; }
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/tree"; done
# Absolute links would lead out of the folder.
while IFS= read -r link; do
	ln -sfn "$(realpath -m --relative-to="${link%/*}" "$work/tree$(readlink "$link")")" "$link"
done < <(find "$work/tree" -type l -lname '/*')
echo "${packages[*]}" >"$work/tree/packages"
rm -rf "$target"
mv "$work/tree" "$target"
