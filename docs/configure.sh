#!/usr/bin/env bash
# Writes docs/configure.md to stdout, from the help of bin/netmon and bin/netmon-query. `make docs` runs it.
set -euo pipefail
cd "$(dirname "$0")/.."

# Clears the environment, because it can change a default.
help() { env -i "$@" --help; }

options() { # PROGRAM [COMMAND]: a table of the options in its help
	help "$@" | awk '
		function cell(text) { gsub(/\|/, "\\|", text); return text }
		/^Options:/ { on = 1; next }
		/^[A-Z]/ { on = 0 }
		on && /^  -/ {
			line = substr($0, 3)
			# The name and its value end at the first two blanks.
			at = index(line, "  ")
			option = substr(line, 1, at - 1); text = line
			sub(/^.*/, substr(line, at), text); gsub(/^ +/, "", text)
			gsub(/[<>]/, "", option)
			fallback = ""; variable = ""
			if (match(text, / \[default: [^]]*\]$/)) { fallback = substr(text, RSTART + 11, RLENGTH - 12); text = substr(text, 1, RSTART - 1) }
			if (match(text, / \[[A-Z_]+\]$/)) { variable = substr(text, RSTART + 2, RLENGTH - 3); text = substr(text, 1, RSTART - 1) }
			if (option ~ /--version|--help/) next
			if (!rows++) print "| option | variable | default | what |\n|---|---|---|---|"
			print "| `" cell(option) "` | " (variable ? "`" variable "`" : "") " | " (fallback != "" ? "`" cell(fallback) "`" : "") " | " cell(text) " |"
		}
		END { if (!rows) print "It takes no options." }'
}

about() { help "$@" | sed -n '2s/^  //p'; }

cat <<'TEXT'
# Every option

<!-- Written by `make docs` from the programs' own --help; a test compares. Change the option's description in the code. -->

Set an option on the command line or with its variable. The option overrides the variable; an empty variable counts as unset. An invalid value or an unknown option ends the program with exit code 2 and a message that says what is expected; unknown variables are ignored. Times are `500ms`, `30s`, `5m`, `2h`, `7d`; sizes `500MiB`, `10GiB`. In Kubernetes: `env` of the container, or the chart's `extraEnv` and `extraArgs` ([values](../ops/helm/netmon/README.md)).
TEXT
for command in $(help bin/netmon | awk '/^Commands:/ { on = 1; next } on && /^  [a-z]/ { print $1 }'); do
	printf '\n## netmon %s\n\n' "$command"
	program=(bin/netmon "$command")
	case $command in query | export | files | observe | top | report) program=(bin/netmon-query "$command") ;; esac
	about "${program[@]}"
	echo
	options "${program[@]}"
done
