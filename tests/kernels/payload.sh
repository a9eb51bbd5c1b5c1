# Runs inside the guest (busybox sh): the agent against the load generator with each hook that tells accept's owner, and
# what a system call costs without the agent, with it, and with the hooks that are known to make it slower; and which
# container a connection is of, on a unified and on a v1 node. Results stay in /out; the host compares.
cd /out || exit 1

agent_start() { # NAME OPTIONS...
  name=$1
  shift
  /payload/netmon run --json "/out/$name.json" "$@" 2>"/out/$name.log" &
  agent=$!
  tries=0
  until grep -q ' agent: ready: ' "/out/$name.log"; do
    usleep 100000
    tries=$((tries + 1))
    if [ $tries -ge 600 ] || ! kill -0 $agent 2>/dev/null; then
      echo "the agent is not ready:"
      cat "/out/$name.log"
      exit 1
    fi
  done
}

agent_stop() {
  kill -TERM $agent
  wait $agent || { echo "the agent $name ended with $?:"; cat "/out/$name.log"; exit 1; }
  grep ' agent: stopped: ' "/out/$name.log"
}

all_closed() { # nothing but LISTEN (0A) and what is only remembered (timer 03)
  ! awk '$4 != "st" && $4 != "0A" && $6 !~ /^03:/' /proc/net/tcp /proc/net/tcp6 | grep -q .
}

# On a small machine the table is small, and the kernel answers a FIN with a reset where it is full.
echo 65536 >/proc/sys/net/ipv4/tcp_max_tw_buckets

/payload/netmon doctor >doctor.txt || { cat doctor.txt; exit 1; }

for owner in fexit kretprobe; do
  agent_start $owner --accept-owner $owner
  /payload/netload run --connections 4000 --family both --nonblocking 30 --refused 10 --forked 5 --reset 10 --vary \
    --bind-refused --server-processes 3 --log /out/$owner.tsv || { echo "netload ended with $?"; exit 1; }
  until all_closed; do usleep 100000; done
  agent_stop
done

# Few long slices: under emulation the guest's clock and its CPUs do not run in step, and a short slice may seem to take less time than it did.
for round in 1 2 3 4 5 6; do
  /payload/netload getppid --seconds 1 --slices 5 >>getppid-without.txt
  agent_start cost
  /payload/netload getppid --seconds 1 --slices 5 >>getppid-with.txt
  agent_stop
  agent_start taxed --accept-owner syscall
  /payload/netload getppid --seconds 1 --slices 5 >>getppid-taxed.txt
  agent_stop
done

connect_from() { # CGROUP_DIRECTORY
  sh -c "echo \$\$ >$1/cgroup.procs; nc 127.0.0.1 1" 2>/dev/null
}

containers() { # NAME HIERARCHY: one older than the agent, one that is made while it runs
  pod=$2/kubepods/besteffort/pod6f1e1c52-0c2b-4a58-9f0e-1f6f3d7a9b01
  older=$pod/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
  newer=$pod/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
  mkdir -p $older
  agent_start "$1"
  connect_from $older
  mkdir $newer
  connect_from $newer
  rmdir $newer
  nc 127.0.0.1 1 2>/dev/null
  agent_stop
  rmdir $older $pod $2/kubepods/besteffort $2/kubepods
}

mount -t cgroup2 cgroup2 /sys/fs/cgroup
containers containers-v2 /sys/fs/cgroup
umount /sys/fs/cgroup
mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/pids
mount -t cgroup -o pids cgroup /sys/fs/cgroup/pids
containers containers-v1 /sys/fs/cgroup/pids
