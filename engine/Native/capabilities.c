// SPDX-License-Identifier: Apache-2.0
//
// Capabilities, which belong to a thread: capset(2) only changes those of the calling thread.
//
// Before main(), while there is one thread, this raises the capabilities that the process was permitted but that are not effective:
// those of a file that has them as permitted only (setcap ...=p). With the file's effective bit, execve(2) fails with EPERM if the
// bounding set lacks one of them, without saying which; without the bit the agent starts and can report it. Failures are ignored: the
// agent checks its capabilities before it traces.
//
// Later all threads drop the capabilities that are no longer needed, each in the handler of a signal that is sent to it.

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WORDS _LINUX_CAPABILITY_U32S_3

static volatile unsigned int kept[WORDS];

static int get(struct __user_cap_data_struct *data)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};

	return syscall(SYS_capget, &header, data);
}

static int set(const struct __user_cap_data_struct *data)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};

	return syscall(SYS_capset, &header, data);
}

__attribute__((constructor)) static void netmon_raise_permitted(void)
{
	struct __user_cap_data_struct data[WORDS];

	if (get(data) != 0)
		return;
	if (data[0].effective == data[0].permitted && data[1].effective == data[1].permitted)
		return;
	data[0].effective = data[0].permitted;
	data[1].effective = data[1].permitted;
	set(data);
}

static void keep_only(int signal)
{
	int before = errno;
	struct __user_cap_data_struct data[WORDS];

	(void)signal;
	if (get(data) == 0) {
		for (int word = 0; word < WORDS; word++) {
			data[word].permitted &= kept[word];
			data[word].effective &= kept[word];
			data[word].inheritable &= kept[word];
		}
		set(data);
	}
	errno = before;
}

// Sets the capabilities that keep_only() keeps, as bits, and the signal that it handles; returns the signal's number, or -1.
int netmon_keep_capabilities(unsigned long long bits)
{
	struct sigaction action;
	int number =
	    SIGRTMAX - 3; // glibc uses the first two of the kernel's real-time signals, .NET the first of glibc's

	kept[0] = (unsigned int)bits;
	kept[1] = (unsigned int)(bits >> 32);
	memset(&action, 0, sizeof(action));
	action.sa_handler = keep_only;
	action.sa_flags = SA_RESTART;
	return sigaction(number, &action, 0) == 0 ? number : -1;
}
