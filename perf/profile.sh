#!/usr/bin/env bash
# Profiles the agent's CPU time: perf(1) on the synthetic node at full speed, JSON lines to a pipe and Parquet, as a flame graph.
#   perf/profile.sh [FILE.svg]     (docs/profile.svg); EVENTS=4000000
set -euo pipefail
cd "$(dirname "$0")/.."

svg=$(realpath -m "${1:-docs/profile.svg}")
events=${EVENTS:-4000000}
command -v perf >/dev/null || {
	echo "profile: perf is missing. Install it (Debian: linux-perf) and run this again." >&2
	exit 1
}

# The same agent with symbols, built separately: the stripped one has no function names.
rid=linux-$([[ $(uname -m) == aarch64 ]] && echo arm64 || echo x64)
make --no-print-directory generate
dotnet publish engine/Host -c Release -r "$rid" -v quiet -p:StripSymbols=false -p:ArtifactsPath="$PWD/artifacts/profile/dotnet" -o artifacts/profile/publish

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Samples by the CPU clock, not by hardware counters: virtual machines often have none. An odd rate avoids beating with timers.
perf record -q -e cpu-clock -F 997 -g -o "$scratch/perf.data" -- \
	artifacts/profile/publish/netmon run --source "synthetic:count=$events" --json - --capture "$scratch/capture" --node profile \
	2>"$scratch/log" | cat >/dev/null
grep -E ' info agent: (stopped|memory):' "$scratch/log" >&2
# Without the generator, which is not part of the agent and spins while it waits.
perf script -i "$scratch/perf.data" -F comm,tid,ip,sym,dso 2>/dev/null | awk -f perf/fold.awk | grep -v '^netmon-syntheti;' | LC_ALL=C sort >"$scratch/folded"
awk -v title="netmon, $events events of the synthetic node, to JSON and Parquet" -f perf/flame.awk "$scratch/folded" >"$scratch/svg"
mv "$scratch/svg" "$svg"
chmod 644 "$svg"
echo "profile: $(awk '{ n += $NF } END { print n }' "$scratch/folded") samples in $svg"
