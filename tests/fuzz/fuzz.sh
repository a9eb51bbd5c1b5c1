#!/usr/bin/env bash
# Fuzzes one target for a given time with AFL++ and SharpFuzz: tests/fuzz/fuzz.sh TARGET SECONDS [loop].
# With "loop" the target's own process makes the inputs, guided by the same coverage: 10 to 50 times as fast, in artifacts/fuzz/loop/TARGET.
# TARGET "all" runs every target in the loop, SECONDS each. Starts with tests/fuzz/corpus/TARGET and the inputs that earlier
# runs kept; prints the number of executions and the inputs that failed. Exits with 1 if there are any. tests/fuzz/totals.sh adds up all runs.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${1:?usage: tests/fuzz/fuzz.sh TARGET SECONDS [loop]} seconds=${2:?usage: tests/fuzz/fuzz.sh TARGET SECONDS [loop]}
program=artifacts/fuzz/program out=artifacts/fuzz/out/$target
[[ $target == all || -d tests/fuzz/corpus/$target ]] || { echo "fuzz: no target $target; there are: all $(cd tests/fuzz/corpus && echo *)" >&2; exit 2; }
# Instruments once for each state of the sources.
if [[ ! -e $program/instrumented || -n $(find engine tests/fuzz Directory.Packages.props -newer $program/instrumented -not -path '*/corpus/*' -type f -print -quit) ]]; then
	rm -rf "$program"
	dotnet tool restore >/dev/null
	# shellcheck disable=SC2086 # several arguments
	dotnet build tests/fuzz -c Release -v quiet -clp:NoSummary ${BUILD_ARGS:-}
	mkdir -p "$program"
	cp artifacts/dotnet/bin/NetMon.Fuzz/release/*.{dll,json} "$program" # without DuckDB's library, which no target loads
	for assembly in "$program"/NetMon.*.dll "$program"/netmon*.dll; do
		[[ $assembly == */NetMon.Fuzz.dll ]] || dotnet sharpfuzz "$assembly"
	done
	touch "$program/instrumented"
fi

export DOTNET_TieredPGO=0
if [[ ${3:-} == loop || $target == all ]]; then
	result=0
	for one in $([[ $target == all ]] && (cd tests/fuzz/corpus && echo *) || echo "$target"); do
		nice -n 19 dotnet "$program/NetMon.Fuzz.dll" loop "$one" "$seconds" "tests/fuzz/corpus/$one" "artifacts/fuzz/loop/$one" || result=1
	done
	exit $result
fi

if ! command -v afl-fuzz >/dev/null; then
	((EUID == 0 && $(command -v apt-get | wc -l))) || { echo "fuzz: needs afl-fuzz (Debian's package afl++)" >&2; exit 2; }
	apt-get install -y -qq afl++ >&2
fi
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_AUTORESUME=1
mkdir -p "$out"
nice -n 19 afl-fuzz -i "tests/fuzz/corpus/$target" -o "$out" -t 10000 -m none -V "$seconds" -- dotnet "$program/NetMon.Fuzz.dll" afl "$target" >"$out/log" 2>&1 || {
	tail -n 20 "$out/log" >&2
	exit 1
}

value() { sed -nE "s/^$1 *: *//p" "$out/default/fuzzer_stats"; }
found=$(find "$out/default/crashes" "$out/default/hangs" -name 'id:*' 2>/dev/null | sort)
echo "fuzz: $target: $(value execs_done) executions in all, $(value execs_per_sec) a second, $(value corpus_count) inputs kept, $(value bitmap_cvg) of the map; $(grep -c . <<<"$found" || true) failed"
[[ -z $found ]] || { echo "$found"; exit 1; }
