#!/usr/bin/env bash
# images.sh FOLDER NETLOAD: two images as docker-archives, made without a registry, for `ctr images import` and `docker load`:
#   FOLDER/pause.tar   netmon.test/pause:1   holds a pod
#   FOLDER/tools.tar   netmon.test/tools:1   busybox and netload
# Quick if they exist and are newer than their inputs.
set -euo pipefail
folder=$1 netload=$2
here=$(cd "$(dirname "$0")" && pwd)

younger() { # FILE THAN...
	local than
	for than in "${@:2}"; do
		[[ $1 -nt $than ]] || return 1
	done
}
! younger "$folder/tools.tar" "$netload" "$here/images.sh" "$here/pause.c" || exit 0

mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

archive() { # NAME CONFIG: archives the folder $work/NAME as the only layer of netmon.test/NAME:1
	local out=$work/$1-archive layer config machine=amd64
	[[ $(uname -m) != aarch64 ]] || machine=arm64
	mkdir "$out"
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$work/$1" -cf "$out/layer.tar" .
	layer=$(sha256sum "$out/layer.tar" | cut -d' ' -f1)
	printf '{"architecture":"%s","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$machine" "$2" "$layer" >"$out/config.json"
	config=$(sha256sum "$out/config.json" | cut -d' ' -f1).json
	mv "$out/config.json" "$out/$config"
	printf '[{"Config":"%s","RepoTags":["netmon.test/%s:1"],"Layers":["layer.tar"]}]' "$config" "$1" >"$out/manifest.json"
	tar -C "$out" -cf "$folder/$1.tar.part" manifest.json "$config" layer.tar
	mv "$folder/$1.tar.part" "$folder/$1.tar"
}

mkdir -p "$work"/pause "$work"/tools/{bin,etc,proc,sys,dev,tmp}
cc -static -Os -s -o "$work/pause/pause" "$here/pause.c"
archive pause '{"Entrypoint":["/pause"]}'

cp "$(command -v busybox)" "$work/tools/bin/busybox"
cp "$netload" "$work/tools/bin/netload"
ln -s busybox "$work/tools/bin/sh"
ln -s busybox "$work/tools/bin/sleep"
echo 'root:x:0:0:root:/:/bin/sh' >"$work/tools/etc/passwd"
echo 'root:x:0:' >"$work/tools/etc/group"
archive tools '{"Cmd":["/bin/sh"],"Env":["PATH=/bin"]}'
