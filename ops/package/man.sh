#!/usr/bin/env bash
# Writes the man page netmon(8) to stdout, from the help of the programs in bin/.
# usage: man.sh VERSION
set -euo pipefail
cd "$(dirname "$0")/../.."

# Clears the environment, because it can change a default.
help() { env -i "$@" --help; }

# roff gives a meaning to a point or an apostrophe at the start of a line, a backslash and a hyphen.
escape() { sed -E "s/\\\\/\\\\e/g; s/-/\\\\-/g; s/^([.'])/\\\\\&\1/"; }

options() { # the options in the help on stdin, as tagged paragraphs
	awk '/^Options:/ { on = 1; next } /^[A-Z]/ { on = 0 } on && /^  -/' | sed -E 's/^  //' | escape |
		sed -E 's/^(([^ ]|[^ ] [^ ])+)  +(.*)$/.TP\n.B \1\n\3/'
}

printf '.TH NETMON 8 "" "NetMon %s" "System administration"\n' "$1"
cat <<'ROFF'
.SH NAME
netmon \- records every TCP connection of this machine, with its process, container and pod
.SH SYNOPSIS
.B netmon
.I COMMAND
[options]
.SH DESCRIPTION
The agent,
.BR "netmon run" ,
has the kernel report each TCP connection that is made, accepted or closed, prints one JSON line per event, and keeps the events as hourly Parquet files.
.B netmon query
answers questions about them, the current hour included;
.B netmon observe
shows them as they come, and
.B netmon top
who opens, fails and moves most.
ROFF
for command in $(help bin/netmon | awk '/^Commands:/ { on = 1; next } on && /^  [a-z]/ { print $1 }'); do
	program=(bin/netmon "$command")
	case $command in query | export | files | observe | top | report) program=(bin/netmon-query "$command") ;; esac
	printf '.SH NETMON %s\n' "${command^^}"
	help "${program[@]}" | sed -n '2s/^  //p' | sed 's/^netmon query: //' | escape
	help "${program[@]}" | options
done
cat <<'ROFF'
.SH EXIT STATUS
.TP
.B 0
It did what it was asked for; of the agent: everything from before the signal is written.
.TP
.B 1
It failed; the last line on stderr says why.
.TP
.B 2
An option or variable is wrong.
.TP
.B 3
This kernel, or these privileges, can't trace.
.SH FILES
.TP
.I /etc/default/netmon
options of the service, as variables
.TP
.I /var/lib/netmon
the captures: events/, rollup/, loss/, and hot/ for the current hour
.SH EXAMPLES
.EX
netmon doctor
netmon query
netmon observe \-f \-\-failed
netmon top \-\-by bytes
netmon query "SELECT * FROM failures ORDER BY attempts DESC LIMIT 10"
journalctl \-u netmon
.EE
.SH SEE ALSO
.BR systemctl (1),
.BR ss (8)
ROFF
