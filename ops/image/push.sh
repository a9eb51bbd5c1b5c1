#!/usr/bin/env bash
# Pushes $IMAGE and $QUERY_IMAGE to their registry, with docker or buildah, whichever has them. TARGET pushes a single one.
set -euo pipefail
: "${IMAGE:?give it by make docker-push}" "${QUERY_IMAGE:?}"
if [[ $IMAGE == localhost/* ]]; then
	echo "docker-push: $IMAGE has no registry; set one: make docker-push REGISTRY=registry.example.org/team" >&2
	exit 2
fi
for target in ${TARGET:-agent query}; do
	[[ $target == query ]] && image=$QUERY_IMAGE || image=$IMAGE
	if command -v docker >/dev/null && docker image inspect "$image" >/dev/null 2>&1; then
		docker push "$image"
	elif command -v buildah >/dev/null && buildah inspect --type image "$image" >/dev/null 2>&1; then
		buildah push "$image"
	else
		echo "docker-push: neither docker nor buildah has $image; build it first, with the same REGISTRY, IMAGE_NAME and IMAGE_TAG: make docker-build" >&2
		exit 1
	fi
done
