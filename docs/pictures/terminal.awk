# Makes an SVG of a terminal's screen: reads what `tmux capture-pane -e -p` prints, lines of text with SGR sequences (ECMA-48).
# usage: awk -v columns=80 -f terminal.awk
BEGIN {
	advance = 8.4; step = 18; margin = 12
	split("#1d1f21 #e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #d0d0d0", palette, " ")
	ESCAPE = sprintf("%c", 27)
}

function escaped(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); return text }

# Characters of UTF-8: bytes that do not continue one.
function cells(text) { gsub(/[\200-\277]/, "", text); return length(text) }

function restyle(codes,    parts, count, i) {
	count = split(codes, parts, ";")
	if (count == 0) { colour = ""; bold = dim = 0 }
	for (i = 1; i <= count; i++) {
		if (parts[i] + 0 == 0) { colour = ""; bold = dim = 0 }
		else if (parts[i] == 1) bold = 1
		else if (parts[i] == 2) dim = 1
		else if (parts[i] == 22) bold = dim = 0
		else if (parts[i] >= 30 && parts[i] <= 37) colour = palette[parts[i] - 29]
		else if (parts[i] >= 90 && parts[i] <= 97) colour = palette[parts[i] - 89]
		else if (parts[i] == 39) colour = ""
	}
}

function run(text,    style, start) {
	if (text ~ /[^ ]/) {
		style = (colour != "" ? " fill=\"" colour "\"" : "") (bold ? " font-weight=\"bold\"" : "") (dim ? " opacity=\"0.6\"" : "")
		start = match(text, /[^ ]/) - 1
		body = body sprintf("<text x=\"%.1f\" y=\"%d\"%s xml:space=\"preserve\">%s</text>\n", margin + (column + start) * advance, margin + NR * step - 4, style, escaped(substr(text, start + 1)))
	}
	column += cells(text)
}

{
	column = 0; rest = $0
	while ((at = index(rest, ESCAPE "[")) > 0) {
		run(substr(rest, 1, at - 1))
		rest = substr(rest, at + 2)
		end = match(rest, /[a-zA-Z]/)
		if (substr(rest, end, 1) == "m") restyle(substr(rest, 1, end - 1))
		rest = substr(rest, end + 1)
	}
	run(rest)
}

END {
	width = columns * advance + 2 * margin; height = NR * step + 2 * margin
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\" fill=\"#d0d0d0\">\n", width, height, width, height
	printf "<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#1d1f21\"/>\n%s</svg>\n", width, height, body
}
