#define _GNU_SOURCE
#include "attempt.h"
#include "options.h"
#include "run.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct option known[] = {
    {"count", 1, NULL, 'c'}, {"nonblocking", 0, NULL, 'n'}, {"timeout", 1, NULL, 't'}, {"name", 1, NULL, 'N'},
    {"log", 1, NULL, 'l'},   {"help", 0, NULL, 'h'},	    {NULL, 0, NULL, 0},
};

static void attempt_once(const struct attempt *attempt, const struct endpoint *source)
{
	struct truth *entry = truth_add(SIDE_CLIENT);
	int fd = attempt_connect(attempt, entry);

	if (!endpoint_has_ip(&entry->src))
		memcpy(entry->src.ip, source->ip, sizeof(entry->src.ip));
	if (entry->result == RESULT_ESTABLISHED)
		entry->ended = ENDED_CLIENT_FIRST;
	if (fd >= 0)
		close(fd);
}

int connect_main(int argc, char **argv)
{
	struct attempt attempt = {.nonblocking = 0};
	struct endpoint source;
	struct totals t;
	uint64_t count = 1;
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'c':
			count = parse_count("--count", optarg, 1, 10000000);
			break;
		case 'n':
			attempt.nonblocking = 1;
			break;
		case 't':
			attempt.timeout_ms = (int)parse_count("--timeout", optarg, 1, 3600000);
			attempt.nonblocking = 1;
			break;
		case 'N':
			name_unescape(optarg, options.name);
			break;
		case 'l':
			options.log = optarg;
			break;
		case 'h':
			usage();
			return 0;
		default:
			die(EXIT_USAGE, "see `netload --help`");
		}
	}
	if (argc - optind != 2)
		die(EXIT_USAGE, "connect needs an address and a port, such as: netload connect 127.0.0.1 80");
	attempt.to = address_parse(argv[optind], (uint16_t)parse_count("PORT", argv[optind + 1], 1, 65535));
	identity_set(options.name, "");
	truth_open(count);
	source = address_source_for(&attempt.to);
	for (uint64_t i = 0; i < count; i++)
		attempt_once(&attempt, &source);
	if (options.log)
		truth_write(options.log);
	t = truth_totals();
	printf("connections=%" PRIu64 " established=%" PRIu64 " refused=%" PRIu64 " aborted=%" PRIu64 " other=%" PRIu64
	       "\n",
	       count, t.established, t.refused, t.aborted, t.errors);
	return 0;
}
