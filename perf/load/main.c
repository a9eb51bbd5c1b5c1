#define _GNU_SOURCE
#include "options.h"
#include "run.h"
#include "util.h"

#include <string.h>

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*main)(int, char **);
	} commands[] = {
	    {"run", run_main},	       {"connect", connect_main}, {"hold", hold_main},
	    {"getppid", getppid_main}, {"cost", cost_main},
	};

	if (argc < 2)
		die(EXIT_USAGE, "say what to do: run, connect, hold, getppid or cost; see `netload --help`");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		usage();
		return 0;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0) {
			argv[1] = argv[0]; /* getopt prints this name in its messages */
			return commands[i].main(argc - 1, argv + 1);
		}
	die(EXIT_USAGE, "'%s' is not a subcommand; there are run, connect, hold, getppid and cost", argv[1]);
}
