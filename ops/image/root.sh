#!/usr/bin/env bash
# Builds a program and puts it into a folder that becomes an image's root, with the libraries it links with and their loader.
# usage: root.sh ARCHITECTURE PROGRAM DIR [LIBRARY...]
# ARCHITECTURE is Debian's name, amd64 or arm64; other architectures than this machine's are cross-built (make bin/arm64/PROGRAM).
# A LIBRARY (libssl.so.3) is one that the program loads only at run time: from the system, or from the program's folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
architecture=$1 program=$2 root=$3
shift 3

if [[ $architecture == "$(dpkg --print-architecture)" ]]; then
	binary=bin/$program system=
else
	binary=bin/$architecture/$program system=$PWD/artifacts/sysroot-$architecture
fi
make "$binary"

add() { # PATH below the system's root
	[[ ! -e $root$1 ]] || return 0
	mkdir -p "$root${1%/*}"
	cp -L "$system$1" "$root$1"
	add_needed "$system$1"
}

add_library() { # NAME
	local path
	if [[ -f ${binary%/*}/$1 ]]; then
		cp "${binary%/*}/$1" "$root/$1"
		add_needed "${binary%/*}/$1"
		return
	fi
	path=$(find "$system"/lib/*-linux-gnu "$system"/usr/lib/*-linux-gnu -maxdepth 1 -name "$1" | sort | head -n 1)
	[[ $path ]] || { echo "root.sh: $binary needs $1, which ${system:-this machine} does not have" >&2; exit 1; }
	add "${path#"$system"}"
}

add_needed() { # FILE
	local path name
	path=$(readelf -lW "$1" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p')
	[[ -z $path ]] || add "$path"
	while IFS= read -r name; do
		[[ $name == ld-linux* ]] || add_library "$name"
	done < <(readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
}

mkdir -p "$root"
add_needed "$binary"
for library in "$@"; do add_library "$library"; done
cp "$binary" "$root/$program"
chmod -R u=rX,go=rX "$root"
chmod 0555 "$root/$program"
