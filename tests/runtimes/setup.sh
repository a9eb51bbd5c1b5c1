#!/usr/bin/env bash
# Installs the container runtimes that the suite `runtimes` starts.
exec "$(dirname "$0")/../install.sh" runtimes \
	containerd=containerd runc=runc dockerd=docker.io docker=docker.io busybox=busybox-static jq=jq setpriv=util-linux \
	/usr/lib/cni/bridge=containernetworking-plugins
