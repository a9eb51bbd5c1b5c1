#!/usr/bin/env bash
# Takes the pictures of docs/report.md again, by the test that takes them, and makes them small (Debian: chromium, pngquant).
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v pngquant >/dev/null || { echo "report.sh: missing: pngquant" >&2; exit 1; }
make bin/netmon bin/netmon-query
tests/live/setup.sh
dotnet build tests/live -c Release -v quiet -clp:NoSummary
artifacts/dotnet/bin/NetMon.LiveTests/release/NetMon.LiveTests -class NetMon.LiveTests.ReportPageTests
for name in 390-light 390-dark 1280-light 1280-dark; do
	pngquant --force --skip-if-larger --speed 1 --strip --quality 60-95 --output "docs/pictures/report-$name.png" "artifacts/report-pictures/report-$name.png"
done
