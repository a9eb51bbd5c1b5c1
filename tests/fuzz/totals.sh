#!/usr/bin/env bash
# Prints the sum of all fuzzing runs on this machine as the table of docs/reliability.md: tests/fuzz/totals.sh [FOLDER].
# FOLDER (artifacts/fuzz) has the runs in one process in loop and those of AFL++ in out.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=${1:-artifacts/fuzz}
echo '| target | executions, million | per processor second | with AFL++, million | inputs kept | failed |'
echo '|---|---|---|---|---|---|'
for corpus in tests/fuzz/corpus/*/; do
	target=$(basename "$corpus")
	read -r executions seconds failed < <(cat "$folder/loop/$target/executions" 2>/dev/null || echo 0 0 0)
	afl=$(sed -nE 's/^execs_done *: *//p' "$folder/out/$target/default/fuzzer_stats" 2>/dev/null || true)
	mkdir -p "$folder/loop/$target/kept"
	kept=$(find "$corpus" "$folder/loop/$target/kept" -type f | wc -l)
	echo "$target $executions $seconds $failed ${afl:-0} $kept"
done | awk '
	function million(n) { return n >= 1e7 ? sprintf("%.0f", n / 1e6) : n > 0 ? sprintf("%.2f", n / 1e6) : "" }
	function rate(n, s) { return s > 0 ? sprintf("%d,000", n / s / 1e3) : "" }
	function row(name, n, s, failed, afl, kept) { printf "| %s | %s | %s | %s | %d | %d |\n", name, million(n), rate(n, s), million(afl), kept, failed }
	{ row("`" $1 "`", $2, $3, $4, $5, $6); n += $2; s += $3; failed += $4; afl += $5; kept += $6 }
	END { row("all", n, s, failed, afl, kept) }'
