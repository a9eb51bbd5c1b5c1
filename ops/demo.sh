#!/usr/bin/env bash
# Makes a capture of a synthetic cluster to try questions on: seven nodes with named pods that call each other, for a few seconds.
# usage: demo.sh DIR [SECONDS]; DIR must not exist
set -euo pipefail
directory=${1:?usage: demo.sh DIR [SECONDS]}
seconds=${2:-30}
[[ ! -e $directory ]] || { echo "demo: $directory exists; use another directory, or remove it" >&2; exit 1; }
mkdir -p "$directory/nodes"
directory=$(cd "$directory" && pwd)
cd "$(dirname "$0")/.."
[[ -x bin/netmon ]] || { echo "demo: bin/netmon is missing; run make build first" >&2; exit 1; }

# Each agent has its own directory, as on nodes; then all files go into one.
agents=()
trap 'kill -TERM "${agents[@]}" 2>/dev/null || true' EXIT
for node in 1 2 3 4 5 6 7; do
	bin/netmon run --node "node-$node" --json none --capture "$directory/nodes/$node" --duration "${seconds}s" \
		--source "synthetic:rate=2000,node=$node,seed=$node,flow=2000,churn=1" 2>"$directory/nodes/$node.log" &
	agents+=($!)
done
for node in 1 2 3 4 5 6 7; do
	wait "${agents[node - 1]}" || { echo "demo: node-$node failed:" >&2; tail -n 2 "$directory/nodes/$node.log" >&2; exit 1; }
done
trap - EXIT
for node in 1 2 3 4 5 6 7; do
	for part in events rollup owners loss; do
		[[ ! -d $directory/nodes/$node/$part ]] || cp -a "$directory/nodes/$node/$part" "$directory/"
	done
done
rm -rf "$directory/nodes"
echo "demo: try bin/netmon query --capture $directory"
