#!/usr/bin/env bash
# Runs test suites and sums their counts: tests/run.sh [unit] [offline] [live] [runtimes] [kernels] [image] [package] [faults] [soak];
# without arguments unit, offline and live.
# The last line is "N passed, N failed, N skipped"; each skipped test is printed with its reason.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

((EUID == 0)) || echo "tests: not root, so what loads BPF programs is skipped" >&2
suites=("$@")
((${#suites[@]})) || suites=(unit offline live)
passed=0 failed=0 skipped=0
mkdir -p artifacts/tests
failures=$(mktemp)

build() { # SUITE PROJECT
	dotnet build "tests/$2" -c Release -v quiet -clp:NoSummary && return
	echo "tests: the suite $1 does not build" >&2
	failed=$((failed + 1))
	return 1
}

# The duration of each test is in artifacts/tests/SUITE.xml. In a shell's background job SIGINT is ignored, and bash can't trap it.
execute() { # SUITE ARGUMENTS...
	local suite=$1 class=${suite_class[$1]}
	shift
	env --default-signal=INT,QUIT "artifacts/dotnet/bin/NetMon.$class/release/NetMon.$class" -noColor -showLiveOutput "$@" -result-xml "artifacts/tests/$suite.xml"
}

count() { # SUITE LOG
	local total errors bad left
	# "NetMon.UnitTests  Total: 40, Errors: 0, Failed: 3, Skipped: 0, Not Run: 0, Time: 50.9s"
	if ! read -r total errors bad left < <(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/p' "$2" | tail -n 1); then
		echo "tests: the suite $1 ended without a result" >&2
		failed=$((failed + 1))
	else
		failed=$((failed + bad + errors))
		skipped=$((skipped + left))
		passed=$((passed + total - bad - left))
	fi
	grep -F -A 6 ' [FAIL]' "$2" >>"$failures"
}

run() { # SUITE PROJECT ARGUMENTS...
	local suite=$1 project=$2 log
	shift 2
	echo "== $suite"
	build "$suite" "$project" || return
	log=$(mktemp)
	execute "$suite" "$@" | tee "$log"
	count "$suite" "$log"
	rm -f "$log"
}

declare -A suite_class=([unit]=UnitTests [offline]=LiveTests [live]=LiveTests [runtimes]=LiveTests [kernels]=LiveTests [image]=LiveTests [package]=LiveTests [faults]=LiveTests [soak]=LiveTests)

# One thread emulates each guest, and tests of runtimes mostly wait, so they run in parallel. Live tests have budgets: they run alone.
guests='' guests_log=$(mktemp)
trap 'rm -f "$failures" "$guests_log"; [[ -z $guests ]] || kill "$guests" 2>/dev/null' EXIT
start_guests() {
	[[ " ${suites[*]} " == *" kernels "* ]] || return 0
	build kernels live || return 0
	execute kernels -trait suite=kernels >"$guests_log" 2>&1 &
	guests=$!
}

for suite in "${suites[@]}"; do
	case $suite in
	unit)
		tests/readers/setup.sh
		run unit unit
		;;
	offline) # the programs without the kernel's events: their tests do not disturb one another
		tests/helm/setup.sh
		tests/readers/setup.sh
		tests/live/setup.sh
		run offline live -trait suite=offline -trait- suite=image -parallelMode all -maxThreads 4
		;;
	live)
		tests/live/setup.sh
		run live live -trait- suite=offline -trait- suite=kernels -trait- suite=runtimes -trait- suite=image -trait- suite=package -trait- suite=faults -trait- suite=soak
		;;
	runtimes)
		tests/runtimes/setup.sh
		start_guests
		run runtimes live -trait suite=runtimes
		;;
	kernels)
		if [[ $guests ]]; then
			wait "$guests"
			guests=''
			echo "== kernels"
			cat "$guests_log"
			count kernels "$guests_log"
		else
			run kernels live -trait suite=kernels
		fi
		;;
	image)
		tests/runtimes/setup.sh
		if ! tests/image/build.sh; then
			echo "tests: the image does not build" >&2
			failed=$((failed + 1))
		fi
		run image live -trait suite=image
		;;
	package)
		if ! tests/package/setup.sh; then
			echo "tests: the package is not made" >&2
			failed=$((failed + 1))
		fi
		run package live -trait suite=package
		;;
	faults) run faults live -class NetMon.LiveTests.DiskFaultTests ;;
	soak) run soak live -trait suite=soak ;;
	*)
		echo "tests: there is no suite $suite; there are unit, offline, live, runtimes, kernels, image, package, faults and soak" >&2
		exit 2
		;;
	esac
done

# Printed again at the end of a long output, where readers look: each with the first lines of its message.
cat "$failures"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
