#!/usr/bin/env bash
# Installs missing packages of the distribution for building and testing, and lists them. Quick if nothing is missing.
# usage: setup.sh [PROGRAM...]: also installs these, from packages of the same names
set -euo pipefail

declare -A wanted=(
	[clang]=clang
	[llvm-strip]=llvm
	[cc]=gcc
	[/usr/include/bpf/libbpf.h]=libbpf-dev
	[/usr/include/libelf.h]=libelf-dev
	[/usr/include/zlib.h]=zlib1g-dev
	[/usr/include/linux/bpf.h]=linux-libc-dev
	[ip]=iproute2
)
for program; do wanted[$program]=$program; done

missing=()
for thing in "${!wanted[@]}"; do
	case $thing in
	/*) [[ -e $thing ]] || missing+=("${wanted[$thing]}") ;;
	*) command -v "$thing" >/dev/null || missing+=("${wanted[$thing]}") ;;
	esac
done

if ! command -v dotnet >/dev/null || ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
	echo "setup: the .NET 10 SDK is missing. Install it (Debian, Ubuntu: package dotnet-sdk-10.0 of Microsoft's feed) and run make again." >&2
	exit 1
fi

((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null; then
	echo "setup: missing Debian packages: ${missing[*]}" >&2
	echo "  what to do: install them by hand (Fedora: clang llvm gcc libbpf-devel libbpf-static elfutils-libelf-devel elfutils-libelf-devel-static zlib-static kernel-headers iproute)" >&2
	exit 1
fi

sudo=()
((EUID == 0)) || sudo=(sudo)
echo "setup: installing ${missing[*]}" >&2
"${sudo[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || {
	"${sudo[@]}" apt-get update -q >/dev/null
	DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
}
