#!/usr/bin/env bash
# Installs the programs that the suite `live` uses for measurements and input.
exec "$(dirname "$0")/../install.sh" live \
	rsyslogd=rsyslog prometheus=prometheus promtool=prometheus bpftool=bpftool ip=iproute2 nft=nftables setpriv=util-linux unshare=util-linux git=git awk=mawk chromium=chromium tmux=tmux
