#!/usr/bin/env bash
# bases.sh FOLDER: stand-ins for the Dockerfile's two base images, for machines without access to a registry:
# Debian 12 by debootstrap, and this machine's .NET SDK. Puts them into the store of CONTAINERS_STORAGE_CONF as
# localhost/stand-in/debian:12 and localhost/stand-in/dotnet-sdk:10. Quick if they exist.
set -euo pipefail
folder=$1
: "${CONTAINERS_STORAGE_CONF:?names the store}"
mkdir -p "$folder"

has() { buildah inspect --type image "$1" >/dev/null 2>&1; }

commit() { # NAME: commits the work container as an image
	buildah commit -q --format docker --rm "$work" "$1" >/dev/null
}

if ! has localhost/stand-in/debian:12; then
	root=$folder/debian
	rm -rf "$root"
	debootstrap --variant=minbase --include=ca-certificates bookworm "$root" >"$folder/debootstrap.log"
	# The CA certificates of this machine, in case its package mirrors use their own.
	cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
	chroot "$root" update-ca-certificates >/dev/null 2>&1
	rm -rf "${root:?}"/var/cache/apt/archives/*.deb "${root:?}"/dev/*
	work=$(buildah from scratch)
	buildah copy -q "$work" "$root" / >/dev/null
	commit localhost/stand-in/debian:12
	rm -rf "$root"
fi

if ! has localhost/stand-in/dotnet-sdk:10; then
	dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
	work=$(buildah from scratch)
	buildah copy -q "$work" "$dotnet" /usr/share/dotnet >/dev/null
	commit localhost/stand-in/dotnet-sdk:10
fi
