#!/bin/sh
# The first process in the booted kernel; boot.sh fills in the seconds. The payload mounts cgroup2, tracefs and debugfs itself,
# and sets the limit on locked memory (which Linux 5.10 applies to BPF maps).
echo "init reached"
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root TERM=dumb LANG=C.UTF-8

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /out
mount -t bpf bpf /sys/fs/bpf
ln -s /proc/self/fd /dev/fd
ln -s /proc/mounts /etc/mtab

hostname netmon-test
ip link set lo up
# shellcheck disable=SC3045 # busybox sh has it
ulimit -n 1048576

# A separate session, so that all of it can be killed; only a regular exit leaves the exit code.
cd /out || exit 1
setsid sh -c '/bin/sh /payload/run.sh; echo $? >/run/exit-code' </dev/null &
payload=$!
(
  sleep @SECONDS@
  echo "payload timeout after @SECONDS@ s"
  kill -TERM "-$payload"
  sleep 3
  kill -KILL "-$payload"
) &
watch=$!
wait "$payload"
kill "$watch" 2>/dev/null

dmesg >/out/dmesg.log
if [ -f /run/exit-code ]; then
  echo "payload exit $(cat /run/exit-code)"
  cp /run/exit-code /out/exit-code
fi

# If virtio is built in, the two modules do not exist.
modprobe -q virtio_pci
modprobe -q virtio_console
tries=0
while ! port=$(grep -lx results /sys/class/virtio-ports/*/name 2>/dev/null) && [ $tries -lt 50 ]; do
  tries=$((tries + 1))
  usleep 100000
done
port=${port%/name}
tar -cf - -C /out . | gzip -1 >"/dev/${port##*/}"
echo "results sent"
poweroff -f
