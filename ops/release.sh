#!/usr/bin/env bash
# release.sh PART...: puts the parts of a release into artifacts/release, with SHA256SUMS over all of them. `make release` builds the
# programs first. Archives have fixed owners and the commit's time, so that the same programs give the same bytes. Parts:
#   binaries   netmon-VERSION-linux-{x86_64,arm64}.tar.gz     images      netmon{,-query}-VERSION-image-PLATFORM.tar, as docker load takes them
#   package    netmon_VERSION_amd64.deb                       manifests   netmon-VERSION-manifests.tar.gz: kustomizations and the chart
#   plugin     kubectl-netmon.tar.gz, netmon-krew.yaml        sbom        netmon-VERSION.cdx.json
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(ops/version.sh)
out=artifacts/release
time=$(git log -1 --format=%ct)
git diff --quiet HEAD || echo "release: the tree has uncommitted changes" >&2

pack() { # ARCHIVE FOLDER NAME...
	tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" --mode='u+rw,go+r-w' -C "$2" -cf - "${@:3}" | gzip -9n >"$out/$1"
}

binaries() {
	local programs=(netmon netmon-query netmon-archive netmon-kubernetes libduckdb.so) here=x86_64
	[[ $(uname -m) == x86_64 ]] || { echo "release: binaries are built on x86-64, which cross-builds those for arm64" >&2; exit 1; }
	for folder in bin bin/arm64; do
		cp LICENSE "$folder/"
		pack "netmon-$version-linux-$here.tar.gz" "$folder" LICENSE "${programs[@]}"
		rm "$folder/LICENSE"
		here=arm64
	done
}

package() {
	ops/package/build.sh
	cp "artifacts/netmon_${version}_$(dpkg --print-architecture).deb" "$out/"
}

images() {
	local image platform name
	for platform in ${RELEASE_PLATFORMS:-linux/amd64 linux/arm64}; do
		IMAGE=localhost/netmon:$version QUERY_IMAGE=localhost/netmon-query:$version PLATFORM=$platform ops/image/build.sh
		for name in netmon netmon-query; do
			image=$out/$name-$version-image-${platform#*/}.tar
			rm -f "$image"
			if [[ ${BUILDER:-} != buildah ]] && command -v docker >/dev/null && docker info >/dev/null 2>&1; then
				docker save --output "$image" "localhost/$name:$version"
			else
				buildah push -q "localhost/$name:$version" "docker-archive:$image:localhost/$name:$version"
			fi
		done
	done
}

manifests() { pack "netmon-$version-manifests.tar.gz" ops kubernetes helm; }

plugin() {
	cp LICENSE ops/kubectl/LICENSE
	pack kubectl-netmon.tar.gz ops/kubectl LICENSE kubectl-netmon
	rm ops/kubectl/LICENSE
	sed "s/VERSION/$version/g; s/SHA256/$(sha256sum "$out/kubectl-netmon.tar.gz" | cut -d' ' -f1)/; /^#/d" ops/kubectl/netmon.yaml >"$out/netmon-krew.yaml"
}

sbom() {
	ops/image/sbom.sh
	cp artifacts/netmon.cdx.json "$out/netmon-$version.cdx.json"
}

rm -rf $out
mkdir -p $out
for part in "$@"; do
	case $part in
	binaries | package | images | manifests | plugin | sbom) "$part" ;;
	*) echo "release: unknown part $part" >&2; exit 2 ;;
	esac
done
cd $out
sha256sum -- * >SHA256SUMS.partial
mv SHA256SUMS.partial SHA256SUMS
cat SHA256SUMS
