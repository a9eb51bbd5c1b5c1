#!/usr/bin/env bash
# In front of runc. By the name under which it is called it gives a container's cgroup the path that a node of another kind
# would give it, in the bundle's config.json, before "create":
#   runc-plain     as asked
#   runc-systemd   a-b.slice:PREFIX:ID -> /a.slice/a-b.slice/PREFIX-ID.scope, what systemd makes of it; none need run here
#   runc-crio      .../crio-ID.scope, or .../crio-ID of a cgroupfs path, as CRI-O names them
# Where cgroup v2 has no cpu controller limits are left out: runc would fail to set them.
set -euo pipefail
shape=${0##*/runc-}
arguments=("$@")
bundle=. creates=
while (($#)); do
	case $1 in
	--bundle | -b) bundle=$2 && shift ;;
	create) creates=1 ;;
	esac
	shift
done

if [[ $creates ]]; then
	config=$bundle/config.json
	limits=keep
	[[ ! -e /sys/fs/cgroup/cgroup.controllers ]] || grep -qw cpu /sys/fs/cgroup/cgroup.controllers || limits=drop
	jq --arg shape "$shape" --arg limits "$limits" '
		def folders: rtrimstr(".slice") | split("-") | [foreach .[] as $part (null; if . then . + "-" + $part else $part end; "/" + . + ".slice")] | add;
		def shaped:
			if $shape == "plain" then .
			elif test("\\.slice:") then split(":") | (.[0] | folders) + "/" + (if $shape == "crio" then "crio" else .[1] end) + "-" + .[2] + ".scope"
			elif $shape == "crio" then sub("/(?<id>[^/]+)$"; "/crio-\(.id)")
			else . end;
		.linux.cgroupsPath |= (if . then shaped else . end)
		| if $limits == "drop" then .linux.resources |= {devices: .devices} else . end' "$config" >"$config.shaped"
	cat "$config.shaped" >"$config"
	rm "$config.shaped"
fi
exec runc "${arguments[@]}"
