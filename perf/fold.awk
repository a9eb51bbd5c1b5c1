# Folds the output of `perf script -F comm,tid,ip,sym,dso`: one line per stack, "thread;outermost;...;innermost samples". Kernel
# functions get the suffix [k]. Mangled names of the AOT compiler become Type.Method.

/^[^ \t]/ { # "netmon-json  123", the thread of the next stack
	thread = $0
	sub(/ +[0-9]+ *$/, "", thread)
	gsub(/;/, ",", thread)
	depth = 0
	next
}

NF == 0 {
	if (thread != "") {
		stack = thread
		for (i = depth; i > 0; i--)
			stack = stack ";" frames[i]
		samples[stack]++
	}
	thread = ""
	next
}

{ # "  ffffffff8123 do_syscall_64 ([kernel.kallsyms])", innermost first
	place = $NF
	name = $0
	sub(/^[ \t]*[0-9a-f]+ /, "", name)
	sub(/ \([^()]*\)$/, "", name)
	name = short(name, place)
	if (name !~ /^(Thread\.(ThreadEntryPoint|StartThread)|Task\.ExecuteWithThreadLocal|ExecutionContext\.RunInternal|AsyncMethodBuilderCore\.Start|\?unknown|\?\[unknown\])$/) # part of every thread or task
		frames[++depth] = name
}

END {
	for (stack in samples)
		print stack, samples[stack]
}

function short(name, place,    parts, n, type) {
	gsub(/[; ]/, "_", name)
	if (place ~ /kernel|\.ko|bpf_prog/)
		return name "[k]"
	if (name == "[unknown]") {
		sub(/^.*\//, "", place)
		gsub(/[()]/, "", place)
		return "?" place
	}
	while (sub(/<[^<>]*>/, "", name)) # of generics
		;
	n = index(name, "__")
	if (n < 2)
		return name
	type = substr(name, 1, n - 1)
	name = substr(name, n + 2)
	sub(/_[0-9]+$/, "", type) # the number of its parameters
	n = split(type, parts, "_")
	return (type ~ /^NetMon_/ ? "NetMon " : type ~ /^(Parquet|ZstdSharp)/ ? "Parquet " : "") parts[n] "." name
}
