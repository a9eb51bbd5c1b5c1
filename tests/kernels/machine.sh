# Runs inside a guest (busybox sh) with many CPUs: more than the number of rings, CPUs that go offline and online, and a clock that is
# set while connections are made. Results go to /out; the host compares.
# shellcheck shell=sh # busybox
cd /out || exit 1

agent_start() { # NAME
	name=$1
	/payload/netmon run --json "/out/$name.json" 2>"/out/$name.log" &
	agent=$!
	until grep -q ' agent: ready: ' "/out/$name.log"; do
		usleep 50000
		kill -0 $agent 2>/dev/null || { cat "/out/$name.log"; exit 1; }
	done
}

agent_stop() {
	while awk '$4 != "st" && $4 != "0A" && $6 !~ /^03:/' /proc/net/tcp /proc/net/tcp6 | grep -q .; do usleep 20000; done
	kill -TERM $agent
	wait $agent || { cat "/out/$name.log"; exit 1; }
	grep ' agent: stopped: ' "/out/$name.log"
}

load() { # NAME CONNECTIONS
	/payload/netload run --connections "$2" --family both --nonblocking 30 --refused 10 --log "/out/$1.tsv" || exit 1
}

mount -t cgroup2 cgroup2 /sys/fs/cgroup
nproc >/out/cpus
echo 65536 >/proc/sys/net/ipv4/tcp_max_tw_buckets

agent_start many
load many 2000
agent_stop

agent_start plugged
load plugged 1000 &
load=$!
round=0
while kill -0 $load 2>/dev/null; do
	cpu=$((round % 8 + 1))
	echo 0 >/sys/devices/system/cpu/cpu$cpu/online
	usleep 100000
	echo 1 >/sys/devices/system/cpu/cpu$cpu/online
	round=$((round + 1))
done
wait $load || exit 1
echo $round >/out/unplugged
agent_stop

agent_start stepped
load stepped 1000 &
load=$!
for step in 3600 -7200 31536000 -31536000 -1700000000 1700003600; do
	usleep 200000
	date -s "@$(($(date +%s) + step))" >/dev/null
done
wait $load || exit 1
agent_stop
