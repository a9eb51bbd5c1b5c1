#!/usr/bin/env bash
# Installs the engines of package.json into artifacts/readers, with the versions and checksums of package-lock.json: ClickHouse, Polars and
# hyparquet, which must read our files (x86-64, 660 MB). Quick if they are installed. If they are not available it says so and exits with 0: their
# tests are then skipped and say what is missing.
set -euo pipefail
cd "$(dirname "$0")"
target=../../artifacts/readers

if [[ -d $target/node_modules ]] && cmp -s package-lock.json $target/package-lock.json; then
	exit 0
fi

without() {
	echo "readers: $1; without them the tests of ClickHouse, Polars and hyparquet are skipped" >&2
	exit 0
}

[[ $(uname -m) == x86_64 ]] || without "the packages of the engines are for x86-64"
for program in node npm; do
	command -v $program >/dev/null || without "missing: $program"
done
(($(node -p 'process.versions.node.split(".")[0]') >= 20)) || without "Node.js is older than 20"

echo "readers: fetching chdb, nodejs-polars and hyparquet" >&2
rm -rf $target $target.partial
mkdir -p $target.partial
cp package.json package-lock.json $target.partial/
cd $target.partial
# Not "npm ci": it also requires the packages for other platforms in the lock file.
timeout 540 npm install --no-save --ignore-scripts --loglevel=error >&2 || without "npm could not fetch them"
cd ..
mv readers.partial readers
