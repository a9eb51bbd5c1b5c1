# Turns folded stacks ("a;b;c samples", sorted) into a flame graph: each box is a function, as wide as the share of all samples in
# which it was running or waiting for the boxes on top of it; threads are at the bottom. Hovering over a box shows its name and share.
# -v title=TEXT

BEGIN {
	wide = 1200
	high = 16 # of a box
	least = 0.0008 # share; narrower boxes are left out
	nodes = 1
}

{
	count = $NF
	sub(/ [0-9]+$/, "")
	total += count
	samples[1] += count
	n = split($0, frames, ";")
	node = 1
	for (i = 1; i <= n; i++) {
		key = node SUBSEP frames[i]
		if (!(key in child)) {
			child[key] = ++nodes
			label[nodes] = frames[i]
			of[node, ++sons[node]] = nodes
		}
		node = child[key]
		samples[node] += count
	}
}

END {
	if (total == 0) {
		print "flame: no samples" > "/dev/stderr"
		exit 1
	}
	levels = height(1) - 1
	tall = (levels + 3) * high + 30
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"10\">\n", wide, tall
	printf "<style>rect{stroke:#fff;stroke-width:.5}g:hover>rect{stroke:#000}.n{fill:#8ab6e8}.p{fill:#a8d5a2}.k{fill:#f3b37a}.r{fill:#d9d3e3}.t{fill:#cfcfcf}</style>\n"
	printf "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", wide, tall
	printf "<text x=\"6\" y=\"16\" font-size=\"13\">%s: %d samples</text>\n", escape(title), total
	split("t thread n NetMon p Parquet.Net,_Zstd k kernel r .NET_and_libc", legend, " ")
	split("720 780 845 960 1010", at, " ")
	for (i = 1; i < 11; i += 2) {
		gsub(/_/, " ", legend[i + 1])
		printf "<rect class=\"%s\" x=\"%d\" y=\"6\" width=\"12\" height=\"12\"/><text x=\"%d\" y=\"16\">%s</text>\n", legend[i], at[(i + 1) / 2], at[(i + 1) / 2] + 16, legend[i + 1]
	}
	left = 0
	for (i = 1; i <= sons[1]; i++) {
		draw(of[1, i], left, 1)
		left += samples[of[1, i]]
	}
	print "</svg>"
}

# Levels of boxes from here on, without those that are too narrow.
function height(node,    i, most, h) {
	if (samples[node] < least * total)
		return 0
	for (i = 1; i <= sons[node]; i++)
		if ((h = height(of[node, i])) > most)
			most = h
	return most + 1
}

function draw(node, from, level,    i, w, name, kind, room) {
	if (samples[node] < least * total)
		return
	w = samples[node] / total * wide
	name = label[node]
	kind = level == 1 ? "t" : name ~ /\[k\]$/ ? "k" : name ~ /^NetMon / ? "n" : name ~ /^Parquet / ? "p" : "r"
	sub(/^(NetMon|Parquet) /, "", name)
	printf "<g><title>%s: %.1f %%</title><rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>", escape(name), 100 * samples[node] / total, kind, from / total * wide, tall - (level + 1) * high, w, high
	room = int(w / 6.2)
	if (room > 3)
		printf "<text x=\"%.1f\" y=\"%d\">%s</text>", from / total * wide + 2, tall - level * high - 4, escape(length(name) > room ? substr(name, 1, room - 1) "…" : name)
	print "</g>"
	for (i = 1; i <= sons[node]; i++) {
		draw(of[node, i], from, level + 1)
		from += samples[of[node, i]]
	}
}

function escape(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}
