# Writes the comments and test names of each FILE to ROOT/FILE.txt, line by line: other lines are empty.
# usage: awk -v root=ROOT -f comments.awk FILE...
# A mark counts as the start of a comment after a blank or at the start of a line. It may be inside a string; that only checks more text.

FNR == 1 {
	close(output)
	output = root "/" FILENAME ".txt"
	slashes = FILENAME ~ /\.(cs|c|h|m?js|proto)$/
	markup = FILENAME ~ /\.(props|csproj)$/
	mark = slashes ? "///?" : FILENAME ~ /\.sql$/ ? "--" : markup ? "" : "##?"
	block = 0
}

{
	text = ""
	if (block) {
		text = $0
	} else if (slashes && match($0, /(^|[ \t])\/\*/) || markup && match($0, /<!--/)) {
		text = substr($0, RSTART + RLENGTH)
		block = 1
	} else if (mark && match($0, "(^|[ \t])" mark "([ \t]|$)")) {
		text = substr($0, RSTART + RLENGTH)
	} else if (slashes && match($0, /(void|Task) [A-Z][A-Za-z0-9]*_[A-Za-z0-9_]*\(/)) {
		text = substr($0, RSTART, RLENGTH - 1)
		sub(/^[a-zA-Z]+ /, "", text)
		gsub(/_/, " ", text)
	}

	if (block && match(text, /\*\/|-->/)) {
		text = substr(text, 1, RSTART - 1)
		block = 0
	}

	gsub(/<[^<>]*>/, " ", text) # documentation tags
	sub(/^[ \t*]+/, "", text)
	sub(/[ \t]+$/, "", text)
	print text > output
}
