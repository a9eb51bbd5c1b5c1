#!/usr/bin/env bash
# Builds the images $IMAGE and $QUERY_IMAGE from the Dockerfile with docker or buildah ($BUILDER), for $PLATFORM or this machine's.
# TARGET builds a single one: agent, query, agent-archive (the agent with the uploader for --archive) or agent-full (also with the watch
# for --kubernetes-api). SDK_IMAGE and DEBIAN_IMAGE name the base images; give them by digest for a reproducible build.
# BUILD_ARGS is passed to the builder.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${IMAGE:?give it by make docker-build}" "${QUERY_IMAGE:?}"

if [[ -z ${BUILDER:-} ]]; then
	if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
		BUILDER=docker
	elif command -v buildah >/dev/null; then
		BUILDER=buildah
	else
		echo "docker-build: neither a running docker nor buildah was found; install one of them (Debian: docker.io, buildah)" >&2
		exit 1
	fi
fi

arguments=(--build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)" --build-arg "VERSION=$(ops/version.sh)")
for name in SDK_IMAGE DEBIAN_IMAGE; do
	[[ -z ${!name:-} ]] || arguments+=(--build-arg "$name=${!name}")
done
[[ -z ${PLATFORM:-} ]] || arguments+=(--platform "$PLATFORM")
read -ra more <<<"${BUILD_ARGS:-}"

case $BUILDER in
docker) build() { DOCKER_BUILDKIT=1 docker build "${arguments[@]}" "${more[@]}" "$@" .; } ;;
# Fixed timestamps in the layers: the same input gives the same digest. Older builders don't set the variables of --platform themselves.
buildah)
	here=linux/$(dpkg --print-architecture 2>/dev/null || case $(uname -m) in aarch64) echo arm64 ;; *) echo amd64 ;; esac)
	wanted=${PLATFORM:-$here}
	arguments+=(--build-arg "BUILDPLATFORM=$here" --build-arg "TARGETARCH=${wanted#*/}")
	build() { buildah bud --timestamp 0 --format docker "${arguments[@]}" "${more[@]}" "$@" .; }
	;;
*)
	echo "docker-build: BUILDER=$BUILDER: expected docker or buildah" >&2
	exit 2
	;;
esac

# Includes the script of netmon report's page, so that the container does not need npm.
if command -v npm >/dev/null; then
	engine/Query/Report/Page/build.sh
fi

for target in ${TARGET:-agent query}; do
	[[ $target == query ]] && image=$QUERY_IMAGE || image=$IMAGE
	build --target "$target" -t "$image"
	echo "built $image"
done
