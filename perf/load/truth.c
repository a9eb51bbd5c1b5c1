#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct shared {
	_Atomic uint64_t used;
	struct truth entries[];
};

static struct shared *shared;
static uint64_t capacity;

void truth_open(uint64_t entries)
{
	size_t size = sizeof(*shared) + entries * sizeof(struct truth);

	shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (shared == MAP_FAILED)
		die(EXIT_FAILED, "cannot map %zu bytes for the log: %s; use fewer --connections", size,
		    strerror(errno));
	capacity = entries;
}

struct truth *truth_add(enum side side)
{
	uint64_t i = atomic_fetch_add_explicit(&shared->used, 1, memory_order_relaxed);
	struct truth *entry;

	if (i >= capacity)
		die(EXIT_FAILED,
		    "more than %" PRIu64 " log entries: somebody else connects to the listening ports; run in a "
		    "network namespace of its own",
		    capacity);
	entry = &shared->entries[i];
	entry->side = (uint8_t)side;
	entry->who = self;
	return entry;
}

static uint64_t used_entries(void)
{
	uint64_t used = atomic_load(&shared->used);

	return used < capacity ? used : capacity;
}

struct tuple {
	struct endpoint src, dst;
};

static int tuple_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct tuple));
}

uint64_t truth_repeated(void)
{
	uint64_t n = 0, repeated = 0, used = used_entries();
	struct tuple *tuples = calloc(used + 1, sizeof(*tuples));

	if (!tuples)
		die(EXIT_FAILED, "no memory to compare %" PRIu64 " entries; use fewer --connections", used);
	for (uint64_t i = 0; i < used; i++) {
		const struct truth *e = &shared->entries[i];

		if (e->side == SIDE_CLIENT && e->src.port) {
			tuples[n].src = e->src;
			tuples[n++].dst = e->dst;
		}
	}
	qsort(tuples, n, sizeof(*tuples), tuple_compare);
	for (uint64_t i = 1; i < n; i++)
		repeated += tuple_compare(&tuples[i - 1], &tuples[i]) == 0;
	free(tuples);
	return repeated;
}

struct totals truth_totals(void)
{
	struct totals t = {0};

	for (uint64_t i = 0, used = used_entries(); i < used; i++) {
		const struct truth *e = &shared->entries[i];

		if (e->result == RESULT_ESTABLISHED && e->error) {
			t.exchange_errors++;
			t.first_error = e->error;
		}
		t.unknown_ports += e->src.port == 0;
		if (e->side == SIDE_SERVER) {
			t.server_ends++;
			continue;
		}
		t.established += e->result == RESULT_ESTABLISHED;
		t.refused += e->result == RESULT_REFUSED;
		t.aborted += e->result == RESULT_ABORTED;
		t.reset += e->ended == ENDED_RESET;
		if (e->result == RESULT_ERROR) {
			t.errors++;
			t.first_error = e->error;
		}
	}
	return t;
}

static void write_name(FILE *f, const char *name)
{
	for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
		if (*p < 0x20 || *p > 0x7e || *p == '\\')
			fprintf(f, "\\x%02x", *p);
		else
			fputc(*p, f);
	}
}

static void write_entry(FILE *f, const struct truth *e)
{
	static const char *const ended[] = {"none", "client_first", "server_first", "reset"};
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN], number[16];

	fprintf(f, "%s\t%s\t%u\t%s\t%u\t%d\t", e->side == SIDE_CLIENT ? "client" : "server",
		endpoint_text(&e->src, src), e->src.port, endpoint_text(&e->dst, dst), e->dst.port, (int)e->who.pid);
	write_name(f, e->who.name);
	fprintf(f, "\t%u\t%" PRIu64 "\t", (unsigned)e->who.uid, e->who.netns);
	switch (e->result) {
	case RESULT_ESTABLISHED:
		fputs("established", f);
		break;
	case RESULT_REFUSED:
		fputs("refused", f);
		break;
	case RESULT_ABORTED:
		fputs("other:ABORTED", f);
		break;
	default:
		fprintf(f, "other:%s", errno_name(e->error, number));
	}
	fprintf(f, "\t%d\t%" PRIu64 "\t%" PRIu64 "\t%s\t%" PRIu64 "\t%" PRIu64 "\n", e->error, e->sent, e->received,
		ended[e->ended], e->start_ns, e->end_ns);
}

void truth_write(const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		die(EXIT_FAILED, "cannot write the log %s: %s; use another --log", path, strerror(errno));
	fputs("side\tsrc_ip\tsrc_port\tdst_ip\tdst_port\tpid\tname\tuid\tnetns\tresult\terrno\tbytes_sent\t"
	      "bytes_received\tended\tstart_ns\tend_ns\n",
	      f);
	for (uint64_t i = 0, used = used_entries(); i < used; i++)
		write_entry(f, &shared->entries[i]);
	if (fflush(f) != 0 || ferror(f))
		die(EXIT_FAILED, "the log %s is incomplete: %s; free space or use another --log", path,
		    strerror(errno));
	fclose(f);
}
