// SPDX-License-Identifier: Apache-2.0
//
// Capabilities, which are a thread's own: capset(2) is for the calling thread alone.
//
// Before main(), while there is one thread, those are raised that this process was permitted but did not get in effect: those of a
// file that has them as permitted only (setcap ...=p). With the file's effective bit, execve(2) fails with EPERM where the bounding
// set lacks one of them, and nobody can say which; so the agent starts, and says it. What fails is left as it is: the agent looks
// at what it has before it traces.
//
// Later all threads give up those that are not needed any more: each in the handler of a signal that it is sent.

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

// Sets what keep_only() keeps, as bits, and the signal whose handler it is: its number, or -1.
int netmon_keep_capabilities(unsigned long long bits)
{
	struct sigaction action;
	int number = SIGRTMAX - 3; // glibc uses the first two of the kernel's, .NET the first of glibc's

	kept[0] = (unsigned int)bits;
	kept[1] = (unsigned int)(bits >> 32);
	memset(&action, 0, sizeof(action));
	action.sa_handler = keep_only;
	action.sa_flags = SA_RESTART;
	return sigaction(number, &action, 0) == 0 ? number : -1;
}
