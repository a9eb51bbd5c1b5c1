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
# What the nodes' kernels keep for the next agent goes with the last one. A pod that can't be asked keeps no deletion waiting.
if [[ $1 == delete ]]; then
	pods=$(kubectl --namespace network-monitoring get pods --selector app=ebpf-netmon --output name) || pods=
	for pod in $pods; do
		kubectl --namespace network-monitoring --request-timeout 30s exec "$pod" -- /netmon forget >/dev/null ||
			echo "deploy: $pod did not forget what its node's kernel keeps: 16 MiB, until the node boots (netmon forget there removes it)" >&2
	done
fi
# The overlay as it is, with the image's name in place of the base's.
kubectl kustomize "$here/overlays/$OVERLAY" |
	sed -E "s|^( *(- )?image: )registry.example.org/netmon:.*|\1$REGISTRY/$IMAGE_NAME:$IMAGE_TAG|" |
	kubectl "$1" "${wait[@]}" -f -
[[ $1 != apply ]] || kubectl --namespace network-monitoring rollout status daemonset/ebpf-netmon --timeout 5m
