#!/usr/bin/env bash
# A wrapper of runc. Depending on the name it is called by, it gives a container's cgroup the path that another kind of node
# would use, in the bundle's config.json, before "create":
#   runc-plain     unchanged
#   runc-systemd   a-b.slice:PREFIX:ID -> /a.slice/a-b.slice/PREFIX-ID.scope, as systemd does; systemd need not run here
#   runc-crio      .../crio-ID.scope, or .../crio-ID of a cgroupfs path, as CRI-O names them
# If cgroup v2 has no cpu controller, limits are removed: runc would fail to set them.
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
