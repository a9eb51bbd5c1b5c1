#!/usr/bin/env bash
# Writes the SBOM of the images, CycloneDX, to artifacts/netmon.cdx.json: the packages of the agent, netmon-kubernetes and
# netmon-archive, as cdxgen (an npm package, fetched for this) reads them from the restored projects, and the C
# libraries, which are the same on this machine as in the Dockerfile's Debian.
set -euo pipefail
cd "$(dirname "$0")/../.."
cdxgen=@cyclonedx/cdxgen@12.8.4
out=artifacts/netmon.cdx.json
for program in npm jq dpkg-query dotnet; do
	command -v $program >/dev/null || { echo "sbom: missing: $program" >&2; exit 1; }
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for program in Host Kubernetes Uploader; do
	dotnet restore "engine/$program" -v quiet
	mkdir -p "$folder/project/$program/obj"
	cp "engine/$program/NetMon.$program.csproj" "$folder/project/$program/"
	cp "artifacts/dotnet/obj/NetMon.$program/project.assets.json" "$folder/project/$program/obj/"
done
(cd "$folder" && npm exec --yes --package="$cdxgen" -- cdxgen -t dotnet --no-install-deps -o "$folder/packages.json" project) >"$folder/log" 2>&1 ||
	{ cat "$folder/log" >&2; echo "sbom: cdxgen failed, see above" >&2; exit 1; }

library() { # PACKAGE LICENCE
	local version
	version=$(dpkg-query -W -f '${Version}' "$1") || { echo "sbom: $1 is not installed; make setup installs it" >&2; return 1; }
	jq -n --arg name "$1" --arg version "$version" --arg licence "$2" \
		'{type: "library", name: $name, version: $version, purl: "pkg:deb/debian/\($name)@\($version)", "bom-ref": "pkg:deb/debian/\($name)@\($version)", licenses: [{expression: $licence}]}'
}
{
	library libbpf-dev "LGPL-2.1-only OR BSD-2-Clause"
	library libelf-dev "LGPL-3.0-or-later OR GPL-2.0-or-later"
	library zlib1g-dev Zlib
	library libc6 "LGPL-2.1-or-later"
} >"$folder/libraries.json"
# npm packages inside netmon-query.
jq '.packages | to_entries[] | select(.key != "" and (.value.dev | not)) | (.key | sub("^node_modules/"; "")) as $name
	| {type: "library", name: $name, version: .value.version, purl: "pkg:npm/\($name)@\(.value.version)", "bom-ref": "pkg:npm/\($name)@\(.value.version)", licenses: [{expression: .value.license}]}' \
	engine/Query/Report/Page/package-lock.json >>"$folder/libraries.json"
mkdir -p artifacts
jq --slurpfile libraries "$folder/libraries.json" '.components += $libraries' "$folder/packages.json" >"$out"
echo "sbom: $(jq '.components | length' "$out") components in $out"
