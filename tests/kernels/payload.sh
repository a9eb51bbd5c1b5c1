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

for owner in $(cat /payload/owners); do
  agent_start $owner --accept-owner $owner
  /payload/netload run --connections 4000 --family both --nonblocking 30 --refused 10 --forked 5 --reset 10 --vary \
    --bind-refused --server-processes 3 --log /out/$owner.tsv || { echo "netload ended with $?"; exit 1; }
  until all_closed; do usleep 100000; done
  agent_stop
done

# Multipath TCP: the accepting child owns what it accepts. Exit 4: this kernel has none. Then the same of a listener that is
# older than the agent.
for owner in $(cat /payload/owners); do
  for side in server both; do
    agent_start mptcp-$owner-$side --accept-owner $owner
    /payload/netload run --connections 500 --family both --mptcp $side --server-processes 3 --log /out/mptcp-$owner-$side.tsv || [ $? = 4 ] || exit 1
    until all_closed; do usleep 100000; done
    agent_stop
  done
  mkfifo /tmp/go-$owner
  /payload/netload run --wait --connections 200 --mptcp both --log /out/mptcp-$owner-older.tsv </tmp/go-$owner >/tmp/listening-$owner &
  load=$!
  exec 3>/tmp/go-$owner
  until grep -q listening /tmp/listening-$owner || ! kill -0 $load 2>/dev/null; do usleep 100000; done
  agent_start mptcp-$owner-older --accept-owner $owner
  (trap '' PIPE; echo >&3) 2>/dev/null # it has ended where there is no MPTCP
  wait $load || [ $? = 4 ] || exit 1
  exec 3>&-
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

# A connect() that another program denies in a child cgroup, which runs before the agent's; its socket is closed by another process.
# At the end: what is left of a cgroup with programs keeps the v1 hierarchy from being mounted.
umount /sys/fs/cgroup/pids
umount /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir /sys/fs/cgroup/denied
for owner in $(cat /payload/owners); do
  for program in deny4 unreachable4; do
    mkfifo /tmp/attached-$owner-$program
    sleep 1000 | /payload/netforeign /payload/foreign.bpf.o /sys/fs/cgroup/denied link $program >/tmp/attached-$owner-$program &
    read -r attached </tmp/attached-$owner-$program
    [ "$attached" = attached ] || continue # bpf_set_retval() is there from 5.18 on
    agent_start denied-$owner-$program --accept-owner $owner
    sh -c "echo \$\$ >/sys/fs/cgroup/denied/cgroup.procs; /payload/netload connect 127.0.0.1 4444 --count 20 --threads 20 --hold --closer process --log /out/denied-$owner-$program.tsv </dev/null" || exit 1
    agent_stop
    pkill -x netforeign
    pkill -x sleep
  done
done

# A connection that is open over three hours' starts. The clock is set to just before each; then time goes on by itself.
date -s '2026-01-01 08:59:00' >/dev/null
agent_start hours --capture /out/hours --flow-every 1h # nothing but the hours' starts
mkfifo /tmp/hold
/payload/netload hold --connections 1 --name long </tmp/hold >/tmp/held &
load=$!
exec 3>/tmp/hold
until grep -q open /tmp/held || ! kill -0 $load 2>/dev/null; do usleep 100000; done
for hour in 09 10 11; do
  date -s "2026-01-01 $(printf %02d $((${hour#0} - 1))):59:57" >/dev/null
  tries=0
  until [ "$(grep -c "\"timestamp\":\"2026-01-01T$hour:.*\"type\":\"FLOW\"" hours.json)" -ge 2 ]; do
    usleep 100000
    tries=$((tries + 1))
    [ $tries -lt 900 ] || { echo "no FLOW in hour $hour"; exit 1; }
  done
done
kill $load
wait $load
exec 3>&-
agent_stop

# The agent in a memory cgroup that is full of page cache, as that of a pod is which writes files, and 5,000 connections of
# others: what the kernel allocates for them must not be charged to the agent, or it fails for them.
if echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null; then
  full=/sys/fs/cgroup/full
  mkdir $full
  echo 96M >$full/memory.max
  truncate -s 300M /tmp/disk
  modprobe loop
  modprobe ext4
  mke2fs -q -F /tmp/disk && mount -t ext4 -o loop /tmp/disk /mnt || exit 1
  echo $$ >$full/cgroup.procs # for what is started from here on
  agent_start full
  dd if=/dev/zero of=/mnt/cache bs=1M count=200 2>/dev/null
  echo $$ >/sys/fs/cgroup/cgroup.procs
  cat $full/memory.current >/out/full-memory.txt
  cp /proc/net/netstat /out/full-before.txt
  /payload/netload run --connections 5000 --log /out/full.tsv || exit 1
  cp /proc/net/netstat /out/full-after.txt
  until all_closed; do usleep 100000; done
  agent_stop
fi
