#!/usr/bin/env bash
# Pushes $IMAGE to its registry, with docker or buildah, whichever has it.
set -euo pipefail
: "${IMAGE:?give it by make docker-push}"
if [[ $IMAGE == localhost/* ]]; then
	echo "docker-push: $IMAGE has no registry; give one: make docker-push REGISTRY=registry.example.org/team" >&2
	exit 2
fi
if command -v docker >/dev/null && docker image inspect "$IMAGE" >/dev/null 2>&1; then
	docker push "$IMAGE"
elif command -v buildah >/dev/null && buildah inspect --type image "$IMAGE" >/dev/null 2>&1; then
	buildah push "$IMAGE"
else
	echo "docker-push: neither docker nor buildah has $IMAGE; build it first, with the same REGISTRY, IMAGE_NAME and IMAGE_TAG: make docker-build" >&2
	exit 1
fi
