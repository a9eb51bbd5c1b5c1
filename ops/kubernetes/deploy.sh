#!/usr/bin/env bash
# deploy.sh apply|delete: ops/kubernetes/overlays/$OVERLAY with the image $IMAGE, into kubectl's current context.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${OVERLAY:?give it by make deploy}" "${REGISTRY:?}" "${IMAGE_NAME:?}" "${IMAGE_TAG:?}"
if [[ ! -d $here/overlays/$OVERLAY ]]; then
	echo "deploy: there is no overlay $OVERLAY; there are $(ls "$here/overlays" | xargs)" >&2
	exit 2
fi
if [[ $1 == apply && $REGISTRY == localhost ]]; then
	echo "deploy: nodes can't pull $IMAGE_NAME from localhost; give the registry that it was pushed to: make deploy REGISTRY=registry.example.org/team" >&2
	exit 2
fi
[[ $1 == apply ]] && wait=() || wait=(--ignore-not-found)
# The overlay as it is, with the image's name in place of the base's.
kubectl kustomize "$here/overlays/$OVERLAY" |
	sed -E "s|^( *(- )?image: )registry.example.org/netmon:.*|\1$REGISTRY/$IMAGE_NAME:$IMAGE_TAG|" |
	kubectl "$1" "${wait[@]}" -f -
[[ $1 != apply ]] || kubectl --namespace network-monitoring rollout status daemonset/ebpf-netmon --timeout 5m
