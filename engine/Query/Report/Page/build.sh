#!/usr/bin/env bash
# Bundles the page's script and style sheet into artifacts/report, with the charts' library from npm at the versions and checksums of
# package-lock.json. netmon-query embeds both. Does nothing where they are there already of the same sources, so that they can be
# brought along to a build without npm or network; npm is asked only where artifacts/report/node_modules lacks the packages.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")"
sources=$PWD
target=$(realpath -m ../../../../artifacts/report)
mkdir -p "$target"
exec 9>"$target/.lock"
flock 9

made_of=$(cat package.json package-lock.json build.sh ./*.js page.css | sha256sum | cut -d ' ' -f 1)
if [[ -s $target/page.js && -s $target/page.css && -s $target/page.js.sha256 && -s $target/page.css.sha256 && $(cat "$target/made-of" 2>/dev/null) == "$made_of" ]]; then
	exit 0
fi

if ! cmp -s package-lock.json "$target/package-lock.json" || [[ ! -x $target/node_modules/.bin/esbuild ]]; then
	../../../../ops/setup.sh npm
	echo "report: fetching the charts' library" >&2
	rm -rf "$target/node_modules"
	cp package.json package-lock.json "$target/"
	# Not "npm ci": it wants the packages for other platforms in the lock file, too.
	(cd "$target" && npm install --no-save --ignore-scripts --loglevel=error >&2) || {
		rm -f "$target/package-lock.json"
		echo "report: npm could not fetch the packages of engine/Query/Report/Page/package.json" >&2
		exit 1
	}
fi

bundle() { NODE_PATH=$target/node_modules "$target/node_modules/.bin/esbuild" "$@" --minify --charset=utf8 --log-level=warning; }
rm -f "$target/made-of"
bundle "$sources/main.js" --bundle --format=iife --target=es2020 --legal-comments=eof --outfile="$target/page.js" \
	"--banner:js=/*! With Apache ECharts, copyright The Apache Software Foundation, Apache License 2.0 */"
bundle "$sources/page.css" --outfile="$target/page.css"
# For the page's policy. The image has no OpenSSL, by which .NET would hash.
for file in page.js page.css; do
	node -e 'process.stdout.write(require("crypto").createHash("sha256").update(require("fs").readFileSync(process.argv[1])).digest("base64"))' "$target/$file" >"$target/$file.sha256"
done
echo "$made_of" >"$target/made-of"
