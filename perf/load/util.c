#define _GNU_SOURCE
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef SIOCGSKNS
#define SIOCGSKNS 0x894C
#endif

struct identity self;

void die(int status, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("netload: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(status);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void sleep_until_ns(uint64_t when)
{
	struct timespec t = {.tv_sec = (time_t)(when / 1000000000u), .tv_nsec = (long)(when % 1000000000u)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static uint64_t netns_inode(void)
{
	struct stat st;
	int fd, ns, known;

	if (stat("/proc/self/ns/net", &st) == 0)
		return st.st_ino;
	/* /proc may be missing in a small initramfs; a socket also knows its namespace. */
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ns = fd < 0 ? -1 : ioctl(fd, SIOCGSKNS);
	known = ns >= 0 && fstat(ns, &st) == 0;
	if (ns >= 0)
		close(ns);
	if (fd >= 0)
		close(fd);
	if (!known)
		die(EXIT_FAILED, "cannot tell the network namespace: /proc is not mounted and SIOCGSKNS failed; mount "
				 "/proc or run as root");
	return st.st_ino;
}

void identity_set(const char *name, const char *suffix)
{
	char full[256 + 8];

	snprintf(full, sizeof(full), "%s%s", name, suffix);
	prctl(PR_SET_NAME, full);
	memset(self.name, 0, sizeof(self.name));
	prctl(PR_GET_NAME, self.name);
	self.pid = getpid();
	self.uid = getuid();
	if (!self.netns)
		self.netns = netns_inode();
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void name_unescape(const char *text, char out[256])
{
	static const char letters[] = "abfnrtv\\\"'?", bytes[] = "\a\b\f\n\r\t\v\\\"'?";
	size_t n = 0;

	for (const char *p = text; *p; p++) {
		int value = (unsigned char)*p;

		if (*p == '\\') {
			const char *letter = *++p ? strchr(letters, *p) : NULL;

			if (letter) {
				value = bytes[letter - letters];
			} else if (*p == 'x' && hex_digit(p[1]) >= 0) {
				value = hex_digit(*++p);
				if (hex_digit(p[1]) >= 0)
					value = value * 16 + hex_digit(*++p);
			} else if (*p >= '0' && *p <= '7') {
				value = *p - '0';
				for (int i = 0; i < 2 && p[1] >= '0' && p[1] <= '7'; i++)
					value = value * 8 + (*++p - '0');
			} else {
				die(EXIT_USAGE, "--name '%s': unknown escape; use C escapes such as \\n, \\xff, \\\\",
				    text);
			}
		}
		if (value == 0 || value > 255)
			die(EXIT_USAGE, "--name '%s': a name cannot hold byte %d; leave it out", text, value);
		if (n >= 250)
			die(EXIT_USAGE, "--name is longer than 250 bytes; the kernel keeps 15 of them");
		out[n++] = (char)value;
	}
	out[n] = 0;
}

const char *errno_name(int error, char buffer[16])
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
#define N(e) {e, #e}
	    N(EPERM),	     N(EINTR),	    N(EIO),	      N(EBADF),	       N(EAGAIN),	   N(ENOMEM),
	    N(EACCES),	     N(EFAULT),	    N(EINVAL),	      N(ENFILE),       N(EMFILE),	   N(EPIPE),
	    N(EPROTO),	     N(EOVERFLOW),  N(ENOTSOCK),      N(EDESTADDRREQ), N(EPROTONOSUPPORT), N(EOPNOTSUPP),
	    N(EAFNOSUPPORT), N(EADDRINUSE), N(EADDRNOTAVAIL), N(ENETDOWN),     N(ENETUNREACH),	   N(ENETRESET),
	    N(ECONNABORTED), N(ECONNRESET), N(ENOBUFS),	      N(EISCONN),      N(ENOTCONN),	   N(ETIMEDOUT),
	    N(ECONNREFUSED), N(EHOSTDOWN),  N(EHOSTUNREACH),  N(EALREADY),     N(EINPROGRESS),	   N(ECANCELED),
	    N(ENODEV),	     N(ENXIO),	    N(ENOSYS),
#undef N
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	snprintf(buffer, 16, "E%d", error);
	return buffer;
}

double parse_number(const char *option, const char *text, double min, double max)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= min && value <= max))
		die(EXIT_USAGE, "%s '%s': give a number from %g to %g", option, text, min, max);
	return value;
}

uint64_t parse_count(const char *option, const char *text, uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (end == text || *end || errno || strchr(text, '-') || value < min || value > max)
		die(EXIT_USAGE, "%s '%s': give a whole number from %llu to %llu", option, text, (unsigned long long)min,
		    (unsigned long long)max);
	return value;
}

size_t parse_choice(const char *option, const char *text, const char *const *choices)
{
	char list[128] = "";

	for (size_t i = 0; choices[i]; i++) {
		if (strcmp(text, choices[i]) == 0)
			return i;
		strcat(strcat(list, i ? ", " : ""), choices[i]);
	}
	die(EXIT_USAGE, "%s '%s': give one of %s", option, text, list);
}
