#!/usr/bin/env bash
# deploy.sh apply|delete: ops/kubernetes/overlays/$OVERLAY with the images $IMAGE and $QUERY_IMAGE, in kubectl's current context.
# deploy.sh logs: follows the agents' logs.
# DEPLOY_WAIT (5m) limits the wait for all nodes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
namespace=network-monitoring
k() { kubectl --namespace $namespace "$@"; }

follow() {
	local pods
	pods=$(k get pods --selector app=ebpf-netmon --output name | wc -l)
	((pods)) || { echo "logs: no pod of ebpf-netmon in the namespace $namespace; run make deploy" >&2; exit 1; }
	# By default, kubectl follows at most five.
	k logs --selector app=ebpf-netmon --container netmon --follow --prefix --max-log-requests "$pods"
}

# The state that the nodes' kernels keep for the next agent is removed with the last one. A pod that does not answer must not block the
# deletion.
forget() {
	local pods pod
	pods=$(k get pods --selector app=ebpf-netmon --output name) || pods=
	for pod in $pods; do
		k --request-timeout 30s exec "$pod" --container netmon -- /netmon forget >/dev/null ||
			echo "deploy: $pod did not remove the state in its node's kernel: 16 MiB, until the node reboots (netmon forget on the node removes it)" >&2
	done
}

# Prints why a pod does not run: its name, node and reason, and the agent's last log line.
explain() {
	local pod node ready reason restarts line said=0
	while IFS=$'\t' read -r pod node ready restarts reason; do
		[[ $ready != true ]] || continue
		((++said <= 5)) || continue
		echo "deploy: $pod on ${node:-no node yet}: ${reason:-not ready}${restarts:+, $restarts restarts}" >&2
		line=$(k logs "$pod" --container netmon --previous --tail 20 2>/dev/null || true)
		[[ $line ]] || line=$(k logs "$pod" --container netmon --tail 20 2>/dev/null || true)
		line=$(grep -v '^{' <<<"$line" | tail -n 1 || true)
		[[ -z $line ]] || echo "deploy:   its agent's last log line: $line" >&2
	done < <(k get pods --selector app=ebpf-netmon --output 'jsonpath={range .items[*]}{.metadata.name}{"\t"}{.spec.nodeName}{"\t"}{.status.containerStatuses[?(@.name=="netmon")].ready}{"\t"}{.status.containerStatuses[?(@.name=="netmon")].restartCount}{"\t"}{.status.containerStatuses[*].state.waiting.reason}{"\n"}{end}')
	((said <= 5)) || echo "deploy: and $((said - 5)) more pods" >&2
	((said)) || echo "deploy: no pod reports a reason; see kubectl --namespace $namespace describe daemonset ebpf-netmon" >&2
	echo "deploy: docs/troubleshoot.md explains these reasons" >&2
}

# Waiting does not help a pod whose agent exits repeatedly.
is_crashing() { k get pods --selector app=ebpf-netmon --output 'jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}' | grep -Eq 'CrashLoopBackOff|CreateContainerError|InvalidImageName'; }

wait_for_rollout() {
	local rollout
	kubectl --namespace $namespace rollout status daemonset/ebpf-netmon --timeout "${DEPLOY_WAIT:-5m}" &
	rollout=$!
	while kill -0 $rollout 2>/dev/null; do
		if is_crashing; then
			kill $rollout 2>/dev/null || true
			wait $rollout 2>/dev/null || true
			explain
			exit 1
		fi
		sleep 2
	done
	wait $rollout || { explain; exit 1; }
}

[[ $1 != logs ]] || { follow; exit 0; }
: "${OVERLAY:?give it by make deploy}" "${REGISTRY:?}" "${IMAGE:?}" "${QUERY_IMAGE:?}"
if [[ ! -d $here/overlays/$OVERLAY ]]; then
	echo "deploy: no overlay $OVERLAY; expected one of $(cd "$here/overlays" && echo *)" >&2
	exit 2
fi
if [[ $1 == apply && $REGISTRY == localhost ]]; then
	echo "deploy: nodes can't pull $IMAGE from localhost; set the registry that it was pushed to: make deploy REGISTRY=registry.example.org/team" >&2
	exit 2
fi
owner=$(k get daemonset ebpf-netmon --ignore-not-found --output 'jsonpath={.metadata.labels.app\.kubernetes\.io/managed-by}')
if [[ $owner == Helm ]]; then
	echo "deploy: the DaemonSet ebpf-netmon there belongs to a Helm release; change it with helm upgrade, or remove it first with helm uninstall" >&2
	exit 1
fi

if [[ $1 == delete ]]; then
	forget
	wait=(--ignore-not-found)
else
	wait=()
fi
# The unchanged overlay, with these images instead of the base's names.
kubectl kustomize "$here/overlays/$OVERLAY" |
	sed -E "s|^( *(- )?image: )netmon\$|\1$IMAGE|; s|^( *(- )?image: )netmon-query\$|\1$QUERY_IMAGE|" |
	kubectl "$1" "${wait[@]}" -f -
[[ $1 != apply ]] || wait_for_rollout
