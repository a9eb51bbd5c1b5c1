// SPDX-License-Identifier: Apache-2.0
//
// Raises the capabilities that this process was permitted but did not get in effect: those of a file that has them as
// permitted only (setcap ...=p). With the file's effective bit, execve(2) fails with EPERM where the bounding set lacks
// one of them, and nobody can say which; so the agent starts, and says it. Before main(), because capset(2) is for the
// calling thread alone, and the runtime has several by the time managed code runs. What fails is left as it is: the
// agent looks at what it has before it traces.

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((constructor)) static void netmon_raise_permitted(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) != 0)
		return;
	if (data[0].effective == data[0].permitted && data[1].effective == data[1].permitted)
		return;
	data[0].effective = data[0].permitted;
	data[1].effective = data[1].permitted;
	syscall(SYS_capset, &header, data);
}
