#!/usr/bin/env bash
# A test's own node for a container runtime: network and mount namespaces that leave the machine's own unchanged.
#   node.sh FOLDER hybrid|v2 TAG
# hybrid: the machine's cgroups unchanged; v2: /sys/fs/cgroup has only cgroup v2. FOLDER gets sockets and logs. TAG, eight
# hexadecimal digits, is the prefix of the uids of all its pods.
# Commands on stdin, each answered by one line: "start containerd|dockerd [OPTION...]" by the daemon's pid, "kill" (SIGKILL to the
# daemon alone) by "killed". The end of stdin, including the death of the starter, ends every process and removes everything.
set -uo pipefail
folder=$1 layout=$2 tag=$3
here=$(cd "$(dirname "$0")" && pwd)
[[ $folder == /*/* && $tag =~ ^[0-9a-f]{8}$ ]] || exit 2
[[ ${4:-} == inside ]] || exec setsid unshare --net --mount --propagation private "$0" "$@" inside
for process in 1 $PPID; do
	[[ ! /proc/self/ns/mnt -ef /proc/$process/ns/mnt ]] || { echo "node.sh: this mount namespace is not its own" >&2; exit 2; }
done
inside=$folder/inside
daemon=

prepare() {
	mount --make-rshared / || exit # as on a node with systemd; the peers belong to this namespace, so no mount escapes
	ip link set lo up
	# On tmpfs, so that images and containers can be overlay mounts on any file system of FOLDER.
	mkdir -p "$inside" && mount -t tmpfs tmpfs "$inside" || exit
	local path layer
	for path in /etc /run /var/lib; do
		layer=$inside/over${path//\//-}
		mkdir -p "$layer" "$layer-work"
		mount -t overlay overlay -o "lowerdir=$path,upperdir=$layer,workdir=$layer-work" $path || exit
	done
	if [[ $layout == v2 ]]; then
		umount -R -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit
	fi
	for path in plain systemd crio; do
		ln -s "$here/runc.sh" "$folder/runc-$path"
	done
}

containerd_configuration() {
	local cri='plugins."io.containerd.grpc.v1.cri"' handler front=
	[[ $layout != v2 ]] || front=$folder/runc-plain
	cat <<-EOF
		version = 2
		root = "$inside/containerd"
		state = "$inside/containerd-state"
		oom_score = 0
		[grpc]
		address = "$folder/containerd.sock"
		[$cri]
		sandbox_image = "netmon.test/pause:1"
		disable_tcp_service = true
		stream_server_address = "127.0.0.1"
		stream_server_port = "0"
		disable_apparmor = true
		restrict_oom_score_adj = true
		[$cri.cni]
		bin_dir = "/usr/lib/cni"
		conf_dir = "$inside/cni"
		[$cri.containerd.runtimes.runc]
		runtime_type = "io.containerd.runc.v2"
		[$cri.containerd.runtimes.runc.options]
		BinaryName = "$front"
	EOF
	for handler in systemd crio; do
		cat <<-EOF
			[$cri.containerd.runtimes.$handler]
			runtime_type = "io.containerd.runc.v2"
			[$cri.containerd.runtimes.$handler.options]
			BinaryName = "$folder/runc-$handler"
		EOF
	done
}

containerd_command() {
	mkdir -p "$inside/cni"
	cat >"$inside/cni/10-bridge.conflist" <<-EOF
		{"cniVersion": "0.4.0", "name": "netmon-test", "plugins": [{"type": "bridge", "bridge": "pods0", "isGateway": true,
		 "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.213.0.0/16"}]]}}]}
	EOF
	containerd_configuration >"$folder/containerd.toml"
	command=(containerd -c "$folder/containerd.toml")
}

dockerd_command() {
	echo '{}' >"$folder/docker.json"
	# The remains of a killed daemon. Its containerd dies with it, but dockerd considers that one alive until init has reaped it.
	rm -f "$inside/docker.pid" "$inside/docker-exec/containerd/containerd.pid"
	command=(dockerd --config-file "$folder/docker.json" -H "unix://$folder/docker.sock" --data-root "$inside/docker"
		--exec-root "$inside/docker-exec" --pidfile "$inside/docker.pid" --storage-driver overlay2 --bridge=none --iptables=false
		--ip6tables=false --ip-forward=false --ip-masq=false --exec-opt native.cgroupdriver=cgroupfs)
	[[ $layout != v2 ]] || command+=(--add-runtime "plain=$folder/runc-plain" --default-runtime plain)
}

start() { # containerd|dockerd [OPTION...]
	local -a command
	"$1_command"
	setpriv --pdeathsig KILL "${command[@]}" "${@:2}" >>"$folder/$1.log" 2>&1 </dev/null &
	daemon=$!
	echo $daemon
}

stop_daemon() {
	[[ $daemon ]] || return
	kill -KILL $daemon
	wait $daemon
	daemon=
} 2>/dev/null

# The cgroups of this node's pods and Docker containers, the deepest first. Their names are unique: all processes in them are killed.
cgroups() {
	local id names=(-path "*/*pod$tag-*" -o -path "*/*pod${tag}_*")
	for id in "$inside"/docker/containers/*; do
		id=${id##*/} # without matches it is the asterisk, which must never become part of a pattern
		[[ ! $id =~ ^[0-9a-f]{64}$ ]] || names+=(-o -path "*/docker/$id*")
	done
	find /sys/fs/cgroup -mindepth 2 -depth -type d \( "${names[@]}" \) 2>/dev/null
}

end() {
	trap '' TERM INT HUP
	local group turn process
	stop_daemon
	# Shims and other processes started here: everything in this mount namespace.
	for process in /proc/[0-9]*; do
		[[ $process != /proc/$$ && $process/ns/mnt -ef /proc/$$/ns/mnt ]] && kill -KILL "${process#/proc/}"
	done 2>/dev/null
	for ((turn = 0; turn < 100; turn++)); do
		mapfile -t group < <(cgroups)
		((${#group[@]})) || break
		cat "${group[@]/%//cgroup.procs}" 2>/dev/null | sort -u | xargs -r kill -KILL 2>/dev/null
		rmdir "${group[@]}" 2>/dev/null || sleep 0.05
	done
	# Their parents, unless someone else has a pod there.
	rmdir /sys/fs/cgroup{,/*}/{kubepods/burstable,kubepods,kubepods.slice/kubepods-burstable.slice,kubepods.slice,docker} 2>/dev/null
	umount -l "$inside"
	rm -rf --one-file-system "$folder"
}

trap end EXIT
trap 'exit 1' TERM INT HUP
prepare
echo ready
while read -r -a words; do
	case ${words[0]:-} in
	start) start "${words[@]:1}" ;;
	kill) stop_daemon && echo killed ;;
	esac
done
