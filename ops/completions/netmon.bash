# bash completion of netmon's commands and options: the program itself lists the candidates.
_netmon() {
	local word=${COMP_WORDS[COMP_CWORD]} program=netmon line=${COMP_LINE:0:COMP_POINT}
	case $COMP_CWORD:${COMP_WORDS[1]} in
	1:*) ;;
	*:query | *:export | *:files | *:observe | *:top | *:report) program=netmon-query line="netmon-query ${COMP_WORDS[1]}${line#*"${COMP_WORDS[1]}"}" ;;
	esac
	mapfile -t COMPREPLY < <(command "$program" "[suggest:${#line}]" "$line" 2>/dev/null | grep -F -- "$word" | grep -v '^/')
	((${#COMPREPLY[@]})) || compopt -o default
}
complete -F _netmon netmon
