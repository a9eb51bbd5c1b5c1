#!/usr/bin/env bash
# Runs shellcheck on every tracked script: files named *.sh or *.bash, or with a shell's #! line.
set -euo pipefail
cd "$(dirname "$0")/../.."

scripts=()
while IFS= read -r file; do
	case $file in
	*.sh | *.bash) scripts+=("$file") ;;
	*.*) ;;
	*) ! head -c 64 "$file" | head -n 1 | LC_ALL=C grep -qaE '^#!.*sh\b' || scripts+=("$file") ;;
	esac
done < <(git ls-files)
shellcheck "${scripts[@]}"
echo "lint: ${#scripts[@]} scripts"
