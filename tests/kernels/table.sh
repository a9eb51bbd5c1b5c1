#!/usr/bin/env bash
# Writes the table of docs/kernels.md: the features of each kernel, from `netmon doctor` in the guests of `make test-kernels`.
# usage: table.sh DIR   (DIR/VERSION/doctor.txt, as NETMON_KERNEL_RESULTS=DIR keeps them)
set -euo pipefail
[[ $# -eq 1 && -d $1 ]] || { echo "usage: table.sh DIR" >&2; exit 64; }
cd "$1"
mapfile -t versions < <(find . -mindepth 2 -maxdepth 2 -name doctor.txt -printf '%h\n' | sed 's#^\./##' | sort -V)
((${#versions[@]})) || { echo "table.sh: no results in $1" >&2; exit 1; }

cat <<'EOF'
# Kernels and what they take

Written by `make kernel-table` from what `netmon doctor` says in guests of QEMU (`make test-kernels`, whose exactness tests run in each). A
number is how many instructions the verifier went through for the program, of the million that it allows (kernels from 5.16 on say it);
`-` is a program that this kernel does not take. One spine and one set of owner hooks is enough: the rest may fail.

EOF
awk '
FNR == 1 {
	version = FILENAME
	sub(/\/.*/, "", version)
	versions[++count] = version
	part = ""
}
/^(programs|container runtimes|trial)/ { part = $1 }
/^  kernel   / { kernel[version] = $2 }
/^  in use / {
	spine[version] = $0; sub(/.*spine /, "", spine[version]); sub(/[ ,].*/, "", spine[version])
	owner[version] = $0; sub(/.*accept owner /, "", owner[version]); sub(/[ ,].*/, "", owner[version])
	flow[version] = $0 ~ /open connections not reported/ ? "-" : "yes"
}
/^  kernel memory/ { memory[version] = $3 / 1024 }
/^[^ ]+ verdict/ { verdict[version] = $1 == "✓" ? "yes" : "no" }
part == "programs" && /^(✓|-) / {
	hook = substr($0, index($0, " ") + 1)
	sub(/  +.*/, "", hook)
	if (!(hook in known)) { known[hook] = 1; hooks[++rows] = hook }
	cell[hook, version] = $1 == "-" ? "-" : match($0, /; [0-9]+ instructions/) ? substr($0, RSTART + 2, RLENGTH - 15) : "yes"
}
function row(name, values, key, i, line) {
	line = "| " name " |"
	for (i = 1; i <= count; i++) line = line " " ((key == "" ? values[versions[i]] : values[key, versions[i]])) " |"
	print line
}
END {
	line = "| |"; rule = "|---|"
	for (i = 1; i <= count; i++) { line = line " " versions[i] " |"; rule = rule "---|" }
	print line; print rule
	row("release", kernel); row("can be traced", verdict); row("spine", spine); row("owner of an ACCEPT, by default", owner)
	row("open connections (FLOW)", flow)
	for (i = 1; i <= count; i++) memory[versions[i]] = sprintf("%.0f MiB", memory[versions[i]])
	row("kernel memory", memory)
	for (i = 1; i <= rows; i++) row("`" hooks[i] "`", cell, hooks[i])
}' "${versions[@]/%//doctor.txt}"
