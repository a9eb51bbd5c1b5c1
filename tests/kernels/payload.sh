# Runs inside the guest (busybox sh): the agent against the load generator with each hook that finds the owner of an accept;
# the cost of a system call without the agent, with it, and with the hooks that are known to slow it down; and the
# container of a connection on a unified and on a v1 node. Results go to /out; the host compares. Starting an agent takes
# seconds here, so one agent serves as many sections as possible. sections.txt has the duration of each.
# shellcheck shell=sh disable=SC2086,SC2013 # its words have neither blanks nor globs
cd /out || exit 1

hundredths() { # hundredths of a second since boot
  IFS=' .' read -r whole part _ </proc/uptime
  echo $((whole * 100 + ${part#0}))
}

section() { # NAME of the section that starts
  now=$(hundredths)
  [ -z "$section" ] || echo "section $section: $(((now - began) / 100)) s" | tee -a /out/sections.txt
  section=$1
  began=$now
}

agent_start() { # NAME OPTIONS...
  name=$1
  shift
  /payload/netmon run --json "/out/$name.json" "$@" 2>"/out/$name.log" &
  agent=$!
  tries=0
  until grep -q ' agent: ready: ' "/out/$name.log"; do
    usleep 20000
    tries=$((tries + 1))
    if [ $tries -ge 3000 ] || ! kill -0 $agent 2>/dev/null; then
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

all_closed() { # nothing except LISTEN (0A) and sockets that the kernel only remembers (timer 03)
  ! awk '$4 != "st" && $4 != "0A" && $6 !~ /^03:/' /proc/net/tcp /proc/net/tcp6 | grep -q .
}

wait_closed() {
  until all_closed; do usleep 20000; done
}

connect_from() { # CGROUP_DIRECTORY
  sh -c "echo \$\$ >$1/cgroup.procs; nc 127.0.0.1 1" 2>/dev/null
}

# Containers: one older than the agent, one made while it runs. HIERARCHY
containers_before() {
  pod=$1/kubepods/besteffort/pod6f1e1c52-0c2b-4a58-9f0e-1f6f3d7a9b01
  older=$pod/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
  newer=$pod/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
  mkdir -p $older
}
containers_while() {
  connect_from $older
  mkdir $newer
  connect_from $newer
  rmdir $newer
  nc 127.0.0.1 1 2>/dev/null
}
containers_after() {
  rmdir $older $pod $1/kubepods/besteffort $1/kubepods
}

# At several times. Under emulation the guest's clock and its CPUs do not run in step, so slices are long and a ratio is compared.
getppid() { # WHEN
  /payload/netload getppid --seconds 2 --slices 5 >>"getppid-$1.txt"
}

section doctor
# A small machine has a small table, and the kernel answers a FIN with a reset when it is full.
echo 65536 >/proc/sys/net/ipv4/tcp_max_tw_buckets
/payload/netmon doctor >doctor.txt || { cat doctor.txt; exit 1; }
getppid without

# First: the remains of a cgroup v2 with programs prevent mounting a v1 hierarchy.
section containers-v1
mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/pids
mount -t cgroup -o pids cgroup /sys/fs/cgroup/pids
containers_before /sys/fs/cgroup/pids
agent_start containers-v1
containers_while
agent_stop
containers_after /sys/fs/cgroup/pids
umount /sys/fs/cgroup/pids
umount /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir /sys/fs/cgroup/denied

# The hooks that know the owner, the default first.
connections=4000
for owner in $(cat /payload/owners); do
  section "$owner: start"
  # A Multipath TCP listener older than the agent. Exit 4: this kernel has no MPTCP.
  mkfifo /tmp/go-$owner
  /payload/netload run --wait --connections 200 --mptcp both --log /out/$owner-mptcp-older.tsv </tmp/go-$owner >/tmp/listening-$owner &
  load=$!
  exec 3>/tmp/go-$owner
  until grep -q listening /tmp/listening-$owner || ! kill -0 $load 2>/dev/null; do usleep 20000; done
  if [ $connections = 4000 ]; then
    containers_before /sys/fs/cgroup
    agent_start $owner
  else
    agent_start $owner --accept-owner $owner
  fi

  section "$owner: mptcp" # the accepting child owns the connections that it accepts
  (trap '' PIPE; echo >&3) 2>/dev/null # it has exited if MPTCP is missing
  wait $load || [ $? = 4 ] || exit 1
  exec 3>&-
  for side in server both; do
    /payload/netload run --connections 300 --family both --mptcp $side --server-processes 3 --log /out/$owner-mptcp-$side.tsv || [ $? = 4 ] || exit 1
  done

  section "$owner: $connections connections"
  /payload/netload run --connections $connections --family both --nonblocking 30 --refused 10 --forked 5 --reset 10 --vary \
    --bind-refused --server-processes 3 --log /out/$owner.tsv || { echo "netload ended with $?"; exit 1; }

  section "$owner: denied" # by another program, in a child cgroup, which runs before the agent's; another process closes the socket
  for program in deny4 unreachable4; do
    mkfifo /tmp/attached-$owner-$program /tmp/end-$owner-$program
    /payload/netforeign /payload/foreign.bpf.o /sys/fs/cgroup/denied link $program </tmp/end-$owner-$program >/tmp/attached-$owner-$program &
    foreign=$!
    exec 3>/tmp/end-$owner-$program
    read -r attached </tmp/attached-$owner-$program
    if [ "$attached" = attached ]; then # bpf_set_retval() exists from 5.18 on
      sh -c "echo \$\$ >/sys/fs/cgroup/denied/cgroup.procs; /payload/netload connect 127.0.0.1 4444 --count 20 --threads 20 --hold --closer process --log /out/$owner-denied-$program.tsv </dev/null" || exit 1
    fi
    exec 3>&-
    wait $foreign
  done

  section "$owner: rewritten" # by another program, as a socket load balancer does
  mkfifo /tmp/attached-$owner-rewrite4 /tmp/end-$owner-rewrite4
  /payload/netforeign /payload/foreign.bpf.o /sys/fs/cgroup/denied link rewrite4 </tmp/end-$owner-rewrite4 >/tmp/attached-$owner-rewrite4 &
  foreign=$!
  exec 3>/tmp/end-$owner-rewrite4
  read -r attached </tmp/attached-$owner-rewrite4
  sh -c "echo \$\$ >/sys/fs/cgroup/denied/cgroup.procs; /payload/netload connect 203.0.113.9 4445 --count 20 --name balanced --log /out/$owner-balanced.tsv </dev/null" || exit 1
  exec 3>&-
  wait $foreign

  if [ $connections = 4000 ]; then
    section "$owner: containers-v2"
    containers_while
  fi
  section "$owner: getppid"
  wait_closed
  getppid with
  getppid with
  agent_stop
  getppid without
  [ $connections != 4000 ] || containers_after /sys/fs/cgroup
  connections=1000
done

section "syscall: getppid"
agent_start taxed --accept-owner syscall
getppid taxed
getppid taxed
agent_stop
getppid without

# Storms of 40,000 connections like those of StormTests, each in its own network namespace; keeps the namespace's count of resets.
if [ -f /payload/storms ]; then
  section storms
  for storm in $(seq "$(cat /payload/storms)"); do
    agent_start storm-$storm
    unshare -n sh -c "ip link set lo up
      echo 65536 >/proc/sys/net/ipv4/tcp_max_tw_buckets
      /payload/netload run --connections 40000 --family both --payload 0 --reply 0 --log /out/storm-$storm.tsv || exit 1
      while awk '\$4 != \"st\" && \$4 != \"0A\" && \$6 !~ /^03:/' /proc/net/tcp /proc/net/tcp6 | grep -q .; do usleep 20000; done
      cat /proc/net/snmp >/out/storm-$storm.snmp" || exit 1
    agent_stop
  done
fi

section hours
# A connection that is open across three hour boundaries. The clock is set to just before each, then runs on.
date -s '2026-01-01 08:59:00' >/dev/null
agent_start hours --capture /out/hours --flow-every 2s # idle connections have one FLOW at first, and then only at hour boundaries
mkfifo /tmp/hold
/payload/netload hold --connections 1 --name long </tmp/hold >/tmp/held &
load=$!
exec 3>/tmp/hold
until grep -q open /tmp/held || ! kill -0 $load 2>/dev/null; do usleep 20000; done
for hour in 09 10 11; do
  date -s "2026-01-01 $(printf %02d $((${hour#0} - 1))):59:59" >/dev/null
  tries=0
  until [ "$(grep -c "\"timestamp\":\"2026-01-01T$hour:.*\"type\":\"FLOW\"" hours.json)" -ge 2 ]; do
    usleep 50000
    tries=$((tries + 1))
    [ $tries -lt 3600 ] || { echo "no FLOW in hour $hour"; exit 1; }
  done
done
kill $load
wait $load
exec 3>&-
agent_stop

# The agent in a memory cgroup full of page cache, like that of a pod that writes files, and 5,000 connections of other
# processes: kernel allocations for them must not be charged to the agent, or they would fail.
if echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null; then
  section full
  full=/sys/fs/cgroup/full
  mkdir $full
  echo 96M >$full/memory.max
  truncate -s 300M /tmp/disk
  modprobe loop
  modprobe ext4
  mke2fs -q -F /tmp/disk && mount -t ext4 -o loop /tmp/disk /mnt || exit 1
  echo $$ >$full/cgroup.procs # for all processes started from here on
  agent_start full
  dd if=/dev/zero of=/mnt/cache bs=1M count=200 2>/dev/null
  echo $$ >/sys/fs/cgroup/cgroup.procs
  cat $full/memory.current >/out/full-memory.txt
  cp /proc/net/netstat /out/full-before.txt
  /payload/netload run --connections 5000 --log /out/full.tsv || exit 1
  cp /proc/net/netstat /out/full-after.txt
  wait_closed
  agent_stop
fi

# At the end, because lockdown is permanent. Unmounts securityfs again, because containers do not see it.
section lockdown
mount -t securityfs securityfs /sys/kernel/security
if echo confidentiality >/sys/kernel/security/lockdown; then
  cat /sys/kernel/security/lockdown >lockdown.txt
  umount /sys/kernel/security
  if /payload/netmon doctor >lockdown-doctor.txt; then # fails before 6.1
    agent_start lockdown
    /payload/netload run --connections 500 --family both --server-processes 3 --log /out/lockdown.tsv || exit 1
    wait_closed
    agent_stop
  fi
fi
section end
