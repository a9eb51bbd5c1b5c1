#!/usr/bin/env bash
# Builds the images with buildah as `make docker-build` does, from stand-ins for the base images (bases.sh), into
# artifacts/image/netmon.tar and netmon-query.tar (docker-archives of localhost/netmon:test and localhost/netmon-query:test). If buildah or debootstrap is not available it says so,
# and the tests of the image are skipped. Quick if nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$PWD/artifacts/image
mkdir -p "$folder"

newer=$(find Dockerfile .dockerignore Makefile ./*.props bpf engine schemas ops/setup.sh ops/image tests/image -type f -newer "$folder/netmon.tar" 2>/dev/null | head -n 1 || true)
if [[ -f $folder/netmon.tar && -z $newer ]]; then
	exit 0
fi

missing=()
for program in buildah debootstrap; do
	command -v $program >/dev/null || missing+=("$program")
done
if ((${#missing[@]})); then
	if ((EUID)) || ! command -v apt-get >/dev/null; then
		echo "image: missing: ${missing[*]}; without them the tests of the image are skipped" >&2
		exit 0
	fi
	echo "image: installing ${missing[*]}" >&2
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
fi

# All clones of this user share base images and layers: fetching their contents takes minutes.
store=${NETMON_IMAGE_STORE:-${XDG_CACHE_HOME:-$HOME/.cache}/netmon/images}
mkdir -p "$store"
printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' "$store" "$store" >"$folder/storage.conf"
export CONTAINERS_STORAGE_CONF=$folder/storage.conf
# Each state of the sources adds layers, which nothing else removes.
if (($(du -sx --block-size=1G "$store" | cut -f1) > ${NETMON_IMAGE_STORE_GIB:-12})); then
	buildah rmi --prune >/dev/null
fi
tests/image/bases.sh "$store"
BUILDER=buildah SDK_IMAGE=localhost/stand-in/dotnet-sdk:10 DEBIAN_IMAGE=localhost/stand-in/debian:12 \
	BUILD_ARGS="--pull-never --isolation chroot --network host --layers" IMAGE=localhost/netmon:test QUERY_IMAGE=localhost/netmon-query:test ops/image/build.sh >"$folder/build.log" 2>&1 || {
	tail -n 30 "$folder/build.log" >&2
	exit 1
}
# The agent's archive comes last: its time marks all of them as up to date.
for name in netmon-query netmon; do
	rm -f "$folder/$name.tar.part"
	buildah push -q "localhost/$name:test" "docker-archive:$folder/$name.tar.part:localhost/$name:test"
	mv "$folder/$name.tar.part" "$folder/$name.tar"
done
