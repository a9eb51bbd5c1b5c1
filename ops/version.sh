#!/usr/bin/env bash
# Prints the version of this tree, from Directory.Build.props.
set -euo pipefail
sed -nE 's|.*<VersionPrefix>(.*)</VersionPrefix>.*|\1|p' "$(dirname "$0")/../Directory.Build.props"
