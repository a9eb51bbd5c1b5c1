/* Errors, clock, and identity of this process. */
#ifndef NETLOAD_UTIL_H
#define NETLOAD_UTIL_H

#include <stdint.h>
#include <stddef.h>
#include <sys/types.h>

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_HERE = 4 };

#define NAME_BYTES 16 /* TASK_COMM_LEN: 15 bytes and the terminator */

struct identity {
	pid_t pid;
	uid_t uid;
	uint64_t netns;
	char name[NAME_BYTES];
};

/* Of the calling process; a child must call identity_set() again. */
extern struct identity self;

__attribute__((noreturn, format(printf, 2, 3))) void die(int status, const char *format, ...);

uint64_t now_ns(void);
void sleep_until_ns(uint64_t when);

/* Sets the name of this thread (NAME + suffix, cut as the kernel cuts it) and fills `self`. */
void identity_set(const char *name, const char *suffix);

/* C escapes -> bytes. Exits with a message if the text is not a valid name. */
void name_unescape(const char *text, char out[256]);

/* "ECONNREFUSED"; an errno without a known name becomes "E123", the only case that uses the buffer. */
const char *errno_name(int error, char buffer[16]);

uint64_t parse_count(const char *option, const char *text, uint64_t min, uint64_t max);
double parse_number(const char *option, const char *text, double min, double max);
size_t parse_choice(const char *option, const char *text, const char *const *choices);

#endif
