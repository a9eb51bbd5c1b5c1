# Writes the comments and test names of each source file FILE to DIRECTORY/FILE.txt, line for line: what is no comment is an empty line.
# Usage: awk -v directory=DIRECTORY -f comments.awk FILE...

function spoken(text) {
	gsub(/<[^<>]*>/, " ", text) # documentation tags
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}

FNR == 1 {
	close(output)
	output = directory "/" FILENAME ".txt"
	c = FILENAME ~ /\.(cs|c|h|mjs)$/
	block = 0
}

{
	text = ""
	if (c) {
		if (block || match($0, /(^|[ \t])\/\*/)) {
			text = block ? $0 : substr($0, RSTART + RLENGTH)
			block = text !~ /\*\//
			sub(/\*\/.*/, "", text)
			sub(/^[ \t]*\*/, "", text)
		} else if (match($0, /(^|[ \t])\/\/\/?([ \t]|$)/)) {
			text = substr($0, RSTART + RLENGTH)
		} else if (match($0, /(void|Task) [A-Z][A-Za-z0-9]*_[A-Za-z0-9_]*\(/)) {
			text = substr($0, RSTART, RLENGTH - 1)
			sub(/^[a-zA-Z]+ /, "", text)
			gsub(/_/, " ", text)
		}
	} else if (match($0, /(^|[ \t])##?([ \t]|$)/)) {
		text = substr($0, RSTART + RLENGTH)
	}
	print spoken(text) > output
}
