#!/usr/bin/env bash
# Downloads a Debian cloud kernel and the modules that the live tests may need into the cache. Installs nothing.
# usage: fetch.sh 5.10|6.1|6.12|7.2 (or 5.10-arm64 etc.; with -rt before that the one with PREEMPT_RT, 6.1-rt)
# Exit codes: 0 the kernel is in the cache, 77 skipped (the reason is printed), 64 wrong usage, 1 anything else.
set -euo pipefail

# Modules to include unless they are built into the kernel, with their dependencies.
# virtio_pci and virtio_console carry the results out; the others are loaded only on demand.
modules=(
  virtio_pci virtio_console
  veth dummy tun bridge macvlan
  inet_diag tcp_diag udp_diag raw_diag unix_diag netlink_diag af_packet_diag
  tcp_bbr sch_netem sch_ingress cls_bpf act_bpf
  nf_conntrack nf_tables nft_chain_nat nft_ct nft_nat nft_redir nft_masq nft_compat x_tables
  overlay sctp
  loop ext4
)

die() { echo "fetch.sh: $*" >&2; exit 1; }
skip() { echo "skipped: $*"; exit 77; }

version=${1-} # names the folder, too
architecture=amd64
[[ $version == *-arm64 ]] && architecture=arm64
number=${version%-arm64}
flavour=cloud
if [[ $number == *-rt ]]; then flavour=rt number=${number%-rt} modules+=(crc32c_generic); fi # for ext4; built into the others
case $number in
  5.10) suite=bullseye ;;
  6.1) suite=bookworm ;;
  6.12) suite=trixie ;;
  7.2) suite=sid ;;
  *) echo "usage: fetch.sh 5.10|6.1|6.12|7.2, or with -rt, -arm64 behind it" >&2; exit 64 ;;
esac

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
kernels=${NETMON_KERNELS:-$root/artifacts/kernels}
mkdir -p "$kernels"
kernels=$(cd "$kernels" && pwd)
target=$kernels/$version

report() { echo "kernel $version: $(cat "$target/release") in $target ($1)"; }

# An existing folder is complete (the last step renames it) if it was made for this list of modules.
cached() { [[ -f $target/release && $(cat "$target/modules.asked" 2>/dev/null) == "${modules[*]}" ]]; }

if cached; then report cached; exit 0; fi
[[ $(uname -m) == x86_64 ]] || skip "kernels are fetched on x86_64 only, this machine is $(uname -m)"
for tool in apt-get apt-cache dpkg flock xz; do
  command -v "$tool" >/dev/null || skip "no $tool on this machine"
done

# One download per version at a time; waiting processes then find it cached.
exec 9>"$kernels/.$version.lock"
flock 9
if cached; then report cached; exit 0; fi

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -r $keyring ]] || skip "no Debian archive keyring ($keyring)"

# The mirrors: those in this machine's apt sources for its own Debian release.
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
if [[ -n ${NETMON_DEBIAN_MIRROR-} ]]; then
  mirrors=("$NETMON_DEBIAN_MIRROR")
else
  # apt expands $(...), not the shell.
  # shellcheck disable=SC2016
  mapfile -t mirrors < <(apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)' 2>/dev/null |
    awk -v name="$codename" '$1 == "Packages" && $2 == "main" && ($3 == name || $3 == "stable" || $3 == "testing" || $3 == "sid" || $3 == "unstable") { print $4 }' | sort -u)
fi
((${#mirrors[@]})) || skip "the apt sources of this machine name no Debian mirror (NETMON_DEBIAN_MIRROR sets one)"

work=$(mktemp -d "$kernels/.fetch-$version.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work"/{state/lists/partial,cache/archives/partial,empty,debs,tree,out}
: >"$work/status"
cat >"$work/apt.conf" <<EOF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "$work/empty";
Dir::Etc::preferences "$work/status";
Dir::Etc::preferencesparts "$work/empty";
Dir::State "$work/state";
Dir::State::lists "$work/state/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "3";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
EOF

reached=
for mirror in "${mirrors[@]}"; do
  echo "deb [arch=$architecture signed-by=$keyring] $mirror $suite main" >"$work/sources.list"
  if apt-get -q -c "$work/apt.conf" update >"$work/log" 2>&1; then reached=$mirror; break; fi
done
if [[ -z $reached ]]; then
  grep -E '^[EW]:' "$work/log" | head -n 3 >&2 || true
  skip "Debian's suite $suite (for kernel $version) cannot be reached"
fi

names=$(apt-cache -c "$work/apt.conf" pkgnames linux-image-)
release=$(sed -nE "s/^linux-image-(${number//./\\.}[.-][0-9][^ ]*-$flavour-$architecture)$/\1/p" <<<"$names" | sort -V | tail -n 1)
[[ -n $release ]] || skip "Debian's suite $suite has no $flavour kernel $number for $architecture any more"

download() {
  (cd "$work/debs" && apt-get -q -c "$work/apt.conf" download "$@") >"$work/log" 2>&1 || {
    grep -E '^E:' "$work/log" >&2 || true
    skip "cannot download $*"
  }
  for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/tree"; rm "$deb"; done
}

find_kernel() { find "$work/tree" -type f \( -name "vmlinuz-$release" -o -path "*/modules/$release/vmlinuz" \) | head -n 1; }

download "linux-image-$release"
kernel=$(find_kernel)
if [[ -z $kernel ]]; then # newer packages separate kernel and modules
  download "linux-binary-$release" "linux-modules-$release"
  kernel=$(find_kernel)
fi
[[ -n $kernel ]] || die "linux-image-$release holds no kernel"

# Module names use _ where the file may use -.
declare -A files=() taken=()
while IFS= read -r file; do
  name=${file##*/}
  name=${name%%.ko*}
  files[${name//-/_}]=$file
done < <(find "$work/tree" -type f -name '*.ko*')
((${#files[@]})) || die "linux-image-$release holds no modules"

destination=$work/out/lib/modules/$release
mkdir -p "$destination"
take() { # unpacks the module and its dependencies; a missing one is built in, or unknown to this kernel
  local name=${1//-/_} copy dependencies dependency
  if [[ -z ${files[$name]-} || -n ${taken[$name]-} ]]; then return; fi
  taken[$name]=1
  copy=$destination/$name.ko
  case ${files[$name]} in
    *.ko) cp "${files[$name]}" "$copy" ;;
    *.xz) xz -dc "${files[$name]}" >"$copy" ;;
    *) die "cannot unpack ${files[$name]##*/}" ;;
  esac
  dependencies=$(tr '\0' '\n' <"$copy" | sed -n 's/^depends=//p')
  for dependency in ${dependencies//,/ }; do take "$dependency"; done
}
for module in "${modules[@]}"; do take "$module"; done

cp "$kernel" "$work/out/vmlinuz"
config=$(find "$work/tree" -type f -name "config*-$flavour-$architecture" | head -n 1)
if [[ -n $config ]]; then cp "$config" "$work/out/config"; fi
echo "${modules[*]}" >"$work/out/modules.asked"
echo "$release" >"$work/out/release"
rm -rf "$target"
mv "$work/out" "$target"
report "fetched from Debian $suite"
