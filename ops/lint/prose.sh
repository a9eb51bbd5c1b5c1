#!/usr/bin/env bash
# Looks for the words of words.json in what users read: README, documents and the help of the programs. Prints each finding; 1 if there is one.
set -euo pipefail
cd "$(dirname "$0")/../.."
ops/lint/prose/setup.sh
work=artifacts/prose/texts
rm -rf $work
mkdir -p $work

# Descriptions of options and commands, a paragraph each.
grep -rhoE '(Description = |new RootCommand\(|new\("[a-z]+", )\$?"([^"\\]|\\.)*"' engine --include='*.cs' | sed -E 's/^[^"]*("[a-z]+", \$?)?"//; s/"$//; s/$/\n/' >$work/help.txt

sed "s|WORDS|$PWD/ops/lint/prose/words.json|" ops/lint/prose/.textlintrc.json >artifacts/prose/textlintrc.json
cd artifacts/prose
mapfile -t documents < <(git -C ../.. ls-files '*.md' | grep -vE '^CHANGELOG.md$' | sed 's|^|../../|')
NODE_PATH=node_modules node_modules/.bin/textlint --config textlintrc.json --format unix texts/help.txt "${documents[@]}"
