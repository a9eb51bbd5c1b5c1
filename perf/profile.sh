#!/usr/bin/env bash
# Where the agent's CPU time goes: perf(1) on the synthetic node as fast as it goes, JSON lines to a pipe and Parquet, as a flame graph.
#   perf/profile.sh [FILE.svg]     (docs/profile.svg); EVENTS=4000000
set -euo pipefail
cd "$(dirname "$0")/.."

svg=$(realpath -m "${1:-docs/profile.svg}")
events=${EVENTS:-4000000}
command -v perf >/dev/null || {
	echo "profile: perf is missing. Install it (Debian: linux-perf) and run this again." >&2
	exit 1
}

# The same agent with its symbols, built beside the other: stripped, it has no names to show.
rid=linux-$([[ $(uname -m) == aarch64 ]] && echo arm64 || echo x64)
make --no-print-directory generate
dotnet publish engine/Host -c Release -r "$rid" -v quiet -p:StripSymbols=false -p:ArtifactsPath="$PWD/artifacts/profile/dotnet" -o artifacts/profile/publish

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# By the clock of the CPU and not by its counters: virtual machines often have none. An odd rate, so as not to beat with timers.
perf record -q -e cpu-clock -F 997 -g -o "$scratch/perf.data" -- \
	artifacts/profile/publish/netmon run --source "synthetic:count=$events" --json - --capture "$scratch/capture" --node profile \
	2>"$scratch/log" | cat >/dev/null
grep -E ' info agent: (stopped|memory):' "$scratch/log" >&2
# Without the generator, which is no part of the agent and spins where it has to wait.
perf script -i "$scratch/perf.data" -F comm,tid,ip,sym,dso 2>/dev/null | awk -f perf/fold.awk | grep -v '^netmon-syntheti;' | LC_ALL=C sort >"$scratch/folded"
awk -v title="netmon, $events events of the synthetic node, to JSON and Parquet" -f perf/flame.awk "$scratch/folded" >"$scratch/svg"
mv "$scratch/svg" "$svg"
chmod 644 "$svg"
echo "profile: $(awk '{ n += $NF } END { print n }' "$scratch/folded") samples in $svg"
