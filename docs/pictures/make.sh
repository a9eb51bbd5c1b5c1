#!/usr/bin/env bash
# Makes the pictures of netmon observe and netmon top: runs both on a terminal of tmux beside an agent with a synthetic node.
# usage: make.sh [DIR], where the pictures go; without it here
set -euo pipefail
cd "$(dirname "$0")/../.."
to=$(realpath "${1:-docs/pictures}")
work=$(mktemp -d)
socket=$work/none
mkdir "$work/node-1"
bin/netmon run --capture "$work/node-1/netmon" --json none --keep-free 0 --source synthetic:rate=2000,node=1,seed=1,flow=2000,churn=1 2>"$work/log" &
agent=$!
trap 'tmux -S "$socket" kill-server 2>/dev/null || true; kill "$agent" 2>/dev/null || true; wait "$agent" || true; rm -rf "$work"' EXIT
netmon=$PWD/bin/netmon
export NETMON_CAPTURE=node-1/netmon # as the screen shows it

wait_for() { # PATTERN: until the screen has it
	for _ in {1..600}; do
		if tmux -S "$socket" capture-pane -p 2>/dev/null | grep -qE -- "$1"; then return; fi
		sleep 0.1
	done
	echo "make.sh: waited in vain for $1" >&2
	exit 1
}

picture() { # NAME COLUMNS LINES KEYS PATTERN COMMAND...
	local name=$1 columns=$2 lines=$3 keys=$4 pattern=$5
	shift 5
	socket=$work/$name-$columns
	tmux -S "$socket" -f /dev/null new-session -d -c "$work" -x "$columns" -y "$lines" "$* 2>$work/said; exec cat"
	wait_for "$pattern"
	if [[ -n $keys ]]; then
		tmux -S "$socket" send-keys "$keys"
		sleep 2
	fi
	tmux -S "$socket" capture-pane -e -p | awk -v columns="$columns" -f docs/pictures/terminal.awk >"$to/$name-$columns.svg"
	tmux -S "$socket" kill-server
}

until "$netmon" top --capture "$work/$NETMON_CAPTURE" --once 2>/dev/null | grep -q shop; do sleep 0.5; done
sleep "${SECONDS_BEFORE:-20}" # so that the windows of ten seconds and a minute differ
for columns in 80 120 200; do
	picture observe "$columns" 20 "" '(CLOSE|ACCEPT)' "$netmon" observe --last 19 --color always
	picture top "$columns" 20 "" 'q quit|p peers' "$netmon" top --color always
done
picture top-peers 120 20 p 'p peers' "$netmon" top --by failures --color always
