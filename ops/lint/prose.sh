#!/usr/bin/env bash
# Finds the words of prose/words.json in README and documents, in the messages of the programs, and in comments and test names. Prints
# each finding with its place; exits with 1 if there is one.
set -euo pipefail
cd "$(dirname "$0")/../.."
ops/lint/prose/setup.sh
work=artifacts/prose/texts
rm -rf $work
mkdir -p $work

# What the programs say: the texts of three words and more in their sources, without comments, a paragraph each, and public names (metrics,
# reasons of losses) as separate words; and the texts of the report's page, the alerts and kubectl-netmon.
{
	grep -rhE '"' engine --include='*.cs' --exclude=FormerNames.cs | grep -vE '^\s*//' | grep -oE '"([^"\\]|\\.)*"' | sed -E 's/^"//; s/"$//; s/[{][^}]*[}]/X/g' |
		awk '/^[a-z]+(_[a-z]+)*$/ { gsub(/_/, " "); print; print ""; next } split($0, words, " ") >= 3 { print; print "" }'
	cat engine/Query/Report/Page/*.js | grep -oE "'[^']{12,}'" | sed -E "s/^'//; s/'$//; G"
	grep -E '^ +(summary|description):' ops/monitoring/alerts.yaml | sed -E 's/^ +[a-z]+: //; s/[{]{2}[^}]*[}]{2}/X/g; G'
	grep -oE '(refuse|fail|warn|echo) "[^"]{12,}"' ops/kubectl/kubectl-netmon | sed -E 's/^[a-z]+ "//; s/"$//; s/[$][{][^}]*[}]/X/g; G'
} >$work/programs.txt

# Comments: one text per source, with the same line numbers.
mapfile -t sources < <(git ls-files '*.cs' '*.c' '*.h' '*.js' '*.mjs' '*.proto' '*.awk' '*.sh' '*.bash' '*.yaml' '*.yml' '*.sql' '*.props' '*.csproj' Makefile Dockerfile .editorconfig .ci ops tests |
	grep -E '(\.(cs|c|h|m?js|proto|awk|sh|bash|ya?ml|sql|props|csproj|default|service|conf)|/[^./]*|Makefile|Dockerfile|\.editorconfig)$' | grep -v '/corpus/' | sort -u)
printf '%s\n' "${sources[@]}" | awk -v root=$work 'sub("[^/]*$", "") && !seen[$0]++ { print root "/comments/" $0 }' | xargs mkdir -p
awk -v root=$work/comments -f ops/lint/prose/comments.awk "${sources[@]}"

sed "s|WORDS|$PWD/ops/lint/prose/words.json|" ops/lint/prose/.textlintrc.json >artifacts/prose/textlintrc.json
mapfile -t documents < <(git ls-files '*.md' | grep -vE '^CHANGELOG.md$')
cd artifacts/prose
NODE_PATH=node_modules node_modules/.bin/textlint --config textlintrc.json --format unix texts "${documents[@]/#/../../}" |
	sed -E "s|^$PWD/texts/comments/([^:]*)\.txt:|\1:|; s|^$PWD/texts/programs.txt:[0-9]+|engine|; s|^${PWD%/*/*}/||"
echo "lint: no word of the list in ${#documents[@]} documents, the messages of the programs, and the comments of ${#sources[@]} files"
