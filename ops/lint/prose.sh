#!/usr/bin/env bash
# Looks for the words of words.json in what users read: README, documents, and what the programs say. Prints each finding; 1 if there is one.
set -euo pipefail
cd "$(dirname "$0")/../.."
ops/lint/prose/setup.sh
work=artifacts/prose/texts
rm -rf $work
mkdir -p $work

# What the programs say: the texts of three words and more in their sources, without comments, a paragraph each.
grep -rhE '"' engine --include='*.cs' | grep -vE '^\s*//' | grep -oE '"([^"\\]|\\.)*"' | sed -E 's/^"//; s/"$//; s/[{][^}]*[}]/X/g' | awk 'split($0, words, " ") >= 3 { print; print "" }' >$work/programs.txt

sed "s|WORDS|$PWD/ops/lint/prose/words.json|" ops/lint/prose/.textlintrc.json >artifacts/prose/textlintrc.json
cd artifacts/prose
mapfile -t documents < <(git -C ../.. ls-files '*.md' | grep -vE '^CHANGELOG.md$' | sed 's|^|../../|')
NODE_PATH=node_modules node_modules/.bin/textlint --config textlintrc.json --format unix texts/programs.txt "${documents[@]}"
echo "lint: no word of the list in ${#documents[@]} documents and the texts of the programs"
