#!/usr/bin/env bash
# Installs the prose linter into artifacts/prose, with the versions and checksums of package-lock.json. Quick if it is installed.
set -euo pipefail
cd "$(dirname "$0")"
target=../../../artifacts/prose

if [[ -d $target/node_modules ]] && cmp -s package-lock.json $target/package-lock.json; then
	exit 0
fi
for program in node npm; do
	command -v $program >/dev/null || { echo "prose: $program is missing (Debian: apt-get install nodejs npm)" >&2; exit 1; }
done
rm -rf $target $target.partial
mkdir -p $target.partial
cp package.json package-lock.json $target.partial/
cd $target.partial
timeout 540 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
cd ..
mv prose.partial prose
