#!/usr/bin/env bash
# A Debian machine for the package's tests: a debootstrapped root with systemd, started as the first process of its own namespaces,
# below its own cgroup. It uses this machine's kernel.
#   machine.sh root FOLDER      makes FOLDER/root with debootstrap, kept for the next time; reports what is missing and exits with 0
#   machine.sh start FOLDER RUN starts systemd in a copy-on-write view of it; RUN is a new folder for the changes
#   machine.sh exec RUN COMMAND...
#   machine.sh stop RUN
set -euo pipefail

cgroups() { [[ -f /sys/fs/cgroup/cgroup.controllers ]] && echo /sys/fs/cgroup || echo /sys/fs/cgroup/unified; }
first() { cat "$1/pid"; }
inside() { nsenter --target "$(first "$1")" --all env --chdir=/ "${@:2}"; }

case $1 in
root)
	[[ ! -d $2/root ]] || exit 0
	command -v debootstrap >/dev/null || { echo "package: debootstrap is missing; without it the test of the package is skipped" >&2; exit 0; }
	mkdir -p "$2"
	rm -rf "$2/root.part"
	debootstrap --variant=minbase --include=systemd,systemd-sysv,libstdc++6,iproute2,man-db bookworm "$2/root.part" >"$2/debootstrap.log" || { tail -n 5 "$2/debootstrap.log" >&2; exit 1; }
	rm -rf "$2/root.part"/var/cache/apt/archives/*.deb
	mv "$2/root.part" "$2/root"
	;;
start)
	folder=$2 run=$3
	cgroup=$(cgroups)/netmon-package-$$
	mkdir -p "$cgroup" "$run/root"
	echo "$cgroup" >"$run/cgroup"
	# All mounts disappear with the namespaces; only a tmpfs works as the upper layer on any file system of RUN.
	# shellcheck disable=SC2016 # the inner shells expand it
	setsid unshare --fork --pid --mount --net --uts --ipc --propagation private --kill-child bash -c '
		set -e
		folder=$1 run=$2 cgroup=$3
		echo 0 >"$cgroup/cgroup.procs"
		mount -t tmpfs -o size=2g tmpfs "$run/root"
		mkdir "$run/root"/{upper,work,machine}
		mount -t overlay -o "lowerdir=$folder/root,upperdir=$run/root/upper,workdir=$run/root/work" overlay "$run/root/machine"
		exec unshare --cgroup bash -c '\''
			set -e
			root=$1
			mount -t proc proc "$root/proc"
			mount -t sysfs sysfs "$root/sys"
			mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
			mount -t bpf bpf "$root/sys/fs/bpf"
			mount -t tmpfs tmpfs "$root/run"
			mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
			mknod -m 666 "$root/dev/null" c 1 3
			mknod -m 666 "$root/dev/urandom" c 1 9
			mknod -m 666 "$root/dev/random" c 1 8
			mknod -m 666 "$root/dev/zero" c 1 5
			mknod -m 666 "$root/dev/full" c 1 7
			mknod -m 666 "$root/dev/tty" c 5 0
			mknod -m 600 "$root/dev/console" c 5 1
			ln -s /proc/self/fd "$root/dev/fd"
			ln -s pts/ptmx "$root/dev/ptmx"
			ip link set lo up
			export container=netmon-test
			cd "$root"
			pivot_root . mnt
			umount -l /mnt
			exec /lib/systemd/systemd --system --show-status=0 --log-target=console
		'\'' machine "$run/root/machine"
	' machine "$folder" "$run" "$cgroup" </dev/null >"$run/systemd.log" 2>&1 &
	outer=$!
	echo $outer >"$run/outer"
	for ((i = 0; i < 600; i++)); do
		child=$(pgrep -P $outer | head -n 1 || true)
		if [[ $child ]]; then
			echo "$child" >"$run/pid"
			if state=$(inside "$run" systemctl is-system-running 2>/dev/null) || [[ $state == degraded ]]; then
				exit 0
			fi
		fi
		kill -0 $outer 2>/dev/null || break
		sleep 0.2
	done
	echo "package: systemd did not come up:" >&2
	tail -n 20 "$run/systemd.log" >&2
	exit 1
	;;
exec)
	inside "${@:2}"
	;;
stop)
	kill -KILL "$(cat "$2/outer")" 2>/dev/null || true
	while kill -0 "$(cat "$2/outer")" 2>/dev/null; do sleep 0.1; done
	cgroup=$(cat "$2/cgroup")
	for ((i = 0; i < 100; i++)); do
		find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break
		sleep 0.1
	done
	;;
esac
