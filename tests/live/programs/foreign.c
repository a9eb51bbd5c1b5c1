/* netforeign: attaches programs of foreign.bpf.c to a cgroup, as other software on a node does, until stdin is closed. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_HERE = 4 };

__attribute__((noreturn, format(printf, 2, 3))) static void die(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("netforeign: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	exit(code);
}

static struct bpf_program *find(struct bpf_object *object, const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);

	if (!program)
		die(EXIT_USAGE, "there is no program '%s' in foreign.bpf.c", name);
	return program;
}

/* Flags 0 and BPF_F_ALLOW_OVERRIDE exist only in the older API; a link is always BPF_F_ALLOW_MULTI. */
static void attach(const struct bpf_program *program, int cgroup, const char *how)
{
	static const struct {
		const char *name;
		unsigned flags;
	} ways[] = {{"exclusive", 0}, {"override", BPF_F_ALLOW_OVERRIDE}, {"multi", BPF_F_ALLOW_MULTI}};

	if (strcmp(how, "link") == 0) {
		if (!bpf_program__attach_cgroup(program, cgroup))
			die(EXIT_FAILED, "%s can't be attached: %s", bpf_program__name(program), strerror(errno));
		return;
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(how, ways[i].name) != 0)
			continue;
		if (bpf_prog_attach(bpf_program__fd(program), cgroup, bpf_program__expected_attach_type(program),
				    ways[i].flags) != 0)
			die(EXIT_FAILED, "%s can't be attached: %s", bpf_program__name(program), strerror(errno));
		return;
	}
	die(EXIT_USAGE, "'%s' is no way to attach: link, exclusive, override or multi", how);
}

int main(int argc, char **argv)
{
	struct bpf_program *program;
	struct bpf_object *object;
	bool is_link;
	char byte;
	int cgroup;

	if (argc < 5) {
		puts("netforeign OBJECT CGROUP link|exclusive|override|multi PROGRAM...\n"
		     "attaches the programs, prints \"attached\" and detaches them at stdin's end; exit 4 where this "
		     "kernel\n"
		     "can't load one of them");
		return EXIT_USAGE;
	}
	libbpf_set_print(NULL);
	object = bpf_object__open(argv[1]);
	if (!object)
		die(EXIT_FAILED, "%s can't be read: %s", argv[1], strerror(errno));
	bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, false);
	for (int i = 4; i < argc; i++)
		bpf_program__set_autoload(find(object, argv[i]), true);
	if (bpf_object__load(object) != 0)
		die(EXIT_NOT_HERE, "this kernel refuses the program: %s", strerror(errno));
	cgroup = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0)
		die(EXIT_FAILED, "%s: %s", argv[2], strerror(errno));
	is_link = strcmp(argv[3], "link") == 0;
	for (int i = 4; i < argc; i++)
		attach(find(object, argv[i]), cgroup, argv[3]);
	puts("attached");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	/* A link is removed with this process. */
	for (int i = 4; i < argc && !is_link; i++) {
		program = find(object, argv[i]);
		bpf_prog_detach2(bpf_program__fd(program), cgroup, bpf_program__expected_attach_type(program));
	}
	return 0;
}
