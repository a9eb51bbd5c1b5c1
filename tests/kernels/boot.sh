#!/usr/bin/env bash
# Boots a kernel in QEMU (software emulation), runs PAYLOAD_DIR/run.sh in it as root and copies its results back.
# usage: boot.sh 5.10|6.1|6.12|7.2[-arm64] PAYLOAD_DIR OUT_DIR [SECONDS]
# With the suffix -arm64 it is an arm64 guest; its payload must be arm64, too (make cross-arm64).
# GUEST_CPUS sets the number of CPUs, 2 by default.
# Exit codes: that of run.sh; 1 if it did not finish in time, the kernel died twice or no results arrived;
# 77 skipped (the reason is printed); 64 wrong usage.
set -euo pipefail

boot_attempts=5  # if a boot does not reach init
runs=2           # if its kernel dies or hangs after that
boot_seconds=60  # until init must be running
grace_seconds=60 # after the payload's own time, for the results

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { echo "boot.sh: $*" >&2; }
skip() { echo "skipped: $*"; exit 77; }
usage() { echo "usage: boot.sh 5.10|6.1|6.12|7.2 PAYLOAD_DIR OUT_DIR [SECONDS]" >&2; exit 64; }

[[ $# -eq 3 || $# -eq 4 ]] || usage
version=$1 payload=$2 out=$3 seconds=${4:-120}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || usage
[[ -f $payload/run.sh ]] || { say "$payload/run.sh is missing"; exit 64; }
payload=$(cd "$payload" && pwd -P)

[[ $(uname -m) == x86_64 ]] || skip "guests run on x86_64 only, this machine is $(uname -m)"
sysroot= # if the architecture differs from this machine's
emulator=qemu-system-x86_64 package=qemu-system-x86
if [[ $version == *-arm64 ]]; then
  emulator=qemu-system-aarch64 package=qemu-system-arm
fi

# Results of an earlier run must not be mistaken for this run's; a folder without such results is left alone.
mkdir -p "$out"
out=$(cd "$out" && pwd -P)
if [[ -n $(ls -A "$out") ]]; then
  [[ -f $out/console.log ]] || { say "$out is not empty and holds no results of an earlier run"; exit 64; }
  find "$out" -mindepth 1 -delete
fi

has_applets() { # Debian's smaller busybox lacks some
  local applets
  applets=$(busybox --list 2>/dev/null) && grep -qx depmod <<<"$applets"
}

install_missing() {
  local packages=()
  command -v "$emulator" >/dev/null || packages+=("$package")
  has_applets || packages+=(busybox-static)
  command -v cpio >/dev/null || packages+=(cpio)
  ((${#packages[@]})) || return 0
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then skip "not installed here: ${packages[*]}"; fi
  say "installing ${packages[*]}"
  local install=(apt-get install -y -q --no-install-recommends "${packages[@]}")
  DEBIAN_FRONTEND=noninteractive "${install[@]}" >/dev/null 2>&1 ||
    { apt-get update -q >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive "${install[@]}" >/dev/null 2>&1; } ||
    skip "cannot install ${packages[*]}"
}
mkdir -p "$here/../../artifacts"
exec {installing}>"$here/../../artifacts/.kernels.lock"
flock "$installing" # guests that start together install once
install_missing
exec {installing}>&-

"$here/fetch.sh" "$version"
root=$(cd "$here/../.." && pwd)
if [[ $version == *-arm64 ]]; then
  sysroot=$root/artifacts/sysroot-arm64
  "$root/ops/cross/sysroot.sh" arm64 "$sysroot" || skip "no libraries for arm64"
fi
kernel=${NETMON_KERNELS:-$root/artifacts/kernels}/$version
release=$(cat "$kernel/release")

work=$(mktemp -d)
qemu=
stop_qemu() {
  [[ -n $qemu ]] || return 0
  kill -KILL "$qemu" 2>/dev/null || true
  wait "$qemu" 2>/dev/null || true
  qemu=
}
trap 'stop_qemu; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# --- the initramfs ---------------------------------------------------------------------------------------------

tree=$work/tree
mkdir -p "$tree"/{bin,sbin,usr/bin,usr/sbin,dev,proc,sys,tmp,run,root,out,etc,mnt,var/log,lib/modules}

copy_foreign_libraries() { # those that the file itself names, and theirs, from the sysroot
  local name path
  while IFS= read -r name; do
    path=$(find "$sysroot/lib" "$sysroot/usr/lib" -name "$name" | head -n 1)
    [[ -n $path ]] || { say "$1 needs $name, which $sysroot has not"; exit 1; }
    if [[ -e $tree/lib/$name ]]; then continue; fi
    cp -L "$path" "$tree/lib/$name"
    copy_foreign_libraries "$path"
  done < <(readelf -d "$1" 2>/dev/null | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p')
}

copy_libraries() { # the libraries and the loader ldd names, at the same paths
  local listing path
  if [[ $sysroot ]]; then
    copy_foreign_libraries "$1"
    return
  fi
  listing=$(LC_ALL=C ldd "$1" 2>/dev/null) || return 0 # not a dynamic executable
  if grep -q 'not found' <<<"$listing"; then
    say "$1 lacks libraries:"
    grep 'not found' <<<"$listing" >&2
    exit 1
  fi
  while IFS= read -r path; do
    case $path in "$payload"/*) continue ;; esac # the payload includes it
    [[ -e $tree$path ]] || { mkdir -p "$tree${path%/*}" && cp -L "$path" "$tree$path"; }
  done < <(sed -nE 's#^.*[[:space:]](/[^ ]+) \(0x[0-9a-f]+\)$#\1#p' <<<"$listing")
}

busybox=$(command -v busybox)
[[ $sysroot ]] && busybox=$sysroot/bin/busybox
cp -L "$busybox" "$tree/bin/busybox"
copy_libraries "$busybox"
while IFS= read -r applet; do
  [[ -e $tree/bin/$applet ]] || ln -s /bin/busybox "$tree/bin/$applet"
done < <(busybox --list)
ln -s /bin/busybox "$tree/sbin/modprobe" # the kernel's path for it

cp -a "$payload" "$tree/payload"
while IFS= read -r -d '' file; do
  if [[ $(head -c 4 "$file" | tr -d '\0') == $'\x7fELF' ]]; then copy_libraries "$file"; fi
done < <(find "$payload" -type f \( -perm /111 -o -name '*.so' -o -name '*.so.*' \) ! -name '*.dbg' -print0)

cp -a "$kernel/lib/modules/$release" "$tree/lib/modules/"
busybox depmod -b "$tree" "$release"

echo 'root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false' >"$tree/etc/passwd"
echo 'root:x:0:
nogroup:x:65534:' >"$tree/etc/group"
echo '127.0.0.1 localhost netmon-test
::1 localhost' >"$tree/etc/hosts"

sed "s/@SECONDS@/$seconds/" "$here/init.sh" >"$tree/init"
chmod 755 "$tree/init"
(cd "$tree" && find . -print0 | cpio --null --create --format=newc --owner=+0:+0 --quiet) >"$work/initramfs"
rm -rf "$tree"

# --- the boot --------------------------------------------------------------------------------------------------

console=$out/console.log
results=$work/results

# QEMU 7.2 seems to corrupt the flags register at a cmpxchg16b: on a busy machine one boot of 6.12 in three crashed, some after
# init, and 6.1 hung. clearcpuid=141 (cx16) keeps a kernel from using it; with the CPU feature itself removed
# (-cpu max,-cx16), Native AOT programs would not start. Not on newer kernels: without cmpxchg16b kmalloc_nolock() gives no
# memory, so sockets get no BPF storage there.
no_cx16=clearcpuid=141
[[ $version == 7.2 ]] && no_cx16=
# One thread for both CPUs: with a thread each, a CPU can keep executing the old translation of an instruction that the other has
# patched (a static key, as when a syscall tracepoint is enabled). Two guests in ten hung because of that.
machine=(-cpu max) terminal=ttyS0
[[ $version == *-arm64 ]] && machine=(-machine virt -cpu "max,pauth-impdef=on") terminal=ttyAMA0 no_cx16=
start_qemu() {
  : >"$console"
  rm -f "$results"
  "$emulator" -accel tcg,thread=single "${machine[@]}" -m 1024 -smp "${GUEST_CPUS:-2}" -no-reboot \
    -no-user-config -nodefaults -display none -monitor none \
    -kernel "$kernel/vmlinuz" -initrd "$work/initramfs" \
    -append "console=$terminal quiet panic=-1 oops=panic softlockup_panic=1 $no_cx16" \
    -serial "file:$console" \
    -device virtio-serial-pci -chardev "file,id=results,path=$results" \
    -device virtserialport,chardev=results,name=results \
    </dev/null >"$work/qemu.log" 2>&1 &
  qemu=$!
}

# Waits until QEMU has exited (0) or the time is up (1); with a text also until the console shows it (0).
wait_for() {
  local end=$((SECONDS + $1)) text=${2-}
  while ((SECONDS < end)); do
    kill -0 "$qemu" 2>/dev/null || return 0
    if [[ -n $text ]] && shows "$text"; then return 0; fi
    sleep 0.1
  done
  return 1
}
shows() { tr -d '\r' <"$console" | grep -aqx "$1"; }

fail() {
  say "kernel $version: $*"
  echo "--- the console's last lines ($console)" >&2
  tail -n 40 "$console" | tr -d '\r' >&2
  cat "$work/qemu.log" >&2
  exit 1
}

began=$EPOCHREALTIME
since() { awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

boot() {
  local attempt
  for ((attempt = 1; ; attempt++)); do
    start_qemu
    wait_for "$boot_seconds" "init reached" || true
    if shows "init reached"; then return; fi
    stop_qemu
    # QEMU may have written the line just before it was killed.
    if shows "init reached"; then fail "stopped after init was reached"; fi
    if ((attempt >= boot_attempts)); then fail "init was not reached in $attempt boots"; fi
    mv "$console" "$out/console.boot-$attempt.log"
    say "kernel $version: boot $attempt did not reach init, booting again"
  done
}

# A kernel that panicked or hung (softlockup_panic turns that into a panic) is tried once more: emulation causes that occasionally.
# A crash caused by our programs happens the second time, too.
for ((run = 1; ; run++)); do
  boot
  booted=$(since)
  ended=yes
  wait_for $((seconds + grace_seconds)) || ended=
  if ! grep -aqE 'Kernel panic - not syncing|soft lockup|detected stall' "$console" || { [[ $ended ]] && shows "results sent"; }; then break; fi
  stop_qemu
  if ((run >= runs)); then fail "the kernel died or stood still in $run runs"; fi
  say "kernel $version: the kernel died or stood still, trying once more: $(grep -aE 'Kernel panic - not syncing|soft lockup|detected stall' "$console" | head -n 1 | tr -d '\r')"
  mv "$console" "$out/console.run-$run.log"
done
[[ $ended ]] || fail "did not power off $grace_seconds s after the payload's $seconds s"
wait "$qemu" || fail "QEMU ended with $?"
qemu=

# --- the results -----------------------------------------------------------------------------------------------

[[ -s $results ]] || fail "no results came back"
tar -xzf "$results" -C "$out" --no-same-owner 2>"$work/tar.log" || { cat "$work/tar.log" >&2; fail "the results are damaged"; }
[[ -f $out/exit-code ]] || fail "the payload did not end within $seconds s"
code=$(cat "$out/exit-code")
[[ $code =~ ^[0-9]+$ ]] || fail "exit code '$code'"
say "kernel $version ($release): payload exit $code; init after $booted s, all after $(since) s, $(stat -c %s "$results") bytes of results"
if ((code != 0)); then tail -n 30 "$console" | tr -d '\r' >&2; fi # the payload's last output
exit "$code"
