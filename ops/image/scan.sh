#!/usr/bin/env bash
# Scans $IMAGE with Trivy; ends with 1 when there is a hole of severity HIGH or CRITICAL that has a mend.
# Where Trivy is not installed it says so and ends with 0: nothing was scanned.
set -euo pipefail
: "${IMAGE:?give it by make scan}"
if ! command -v trivy >/dev/null; then
	echo "scan: NOT SCANNED: Trivy is not installed here (https://trivy.dev; Debian has no package)." >&2
	exit 0
fi
trivy image --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 "$IMAGE"
