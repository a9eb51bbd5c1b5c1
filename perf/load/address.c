#define _GNU_SOURCE
#include "address.h"
#include "util.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

struct address address_parse(const char *text, uint16_t port)
{
	struct address a;
	char ip[INET6_ADDRSTRLEN];
	const char *scope = strchr(text, '%');
	size_t length = scope ? (size_t)(scope - text) : strlen(text);

	memset(&a, 0, sizeof(a));
	if (length >= sizeof(ip))
		die(EXIT_USAGE, "'%s' is not an IP address; give one such as 127.0.0.1, ::1 or fe80::1%%eth0", text);
	memcpy(ip, text, length);
	ip[length] = 0;
	if (!scope && inet_pton(AF_INET, ip, &a.v4.sin_addr) == 1) {
		a.v4.sin_family = AF_INET;
		a.length = sizeof(a.v4);
	} else if (inet_pton(AF_INET6, ip, &a.v6.sin6_addr) == 1) {
		a.v6.sin6_family = AF_INET6;
		a.length = sizeof(a.v6);
		if (scope) {
			a.v6.sin6_scope_id = if_nametoindex(scope + 1);
			if (!a.v6.sin6_scope_id)
				a.v6.sin6_scope_id = (uint32_t)strtoul(scope + 1, NULL, 10);
			if (!a.v6.sin6_scope_id)
				die(EXIT_USAGE, "'%s': there is no interface '%s'; see `ip link`", text, scope + 1);
		}
	} else {
		die(EXIT_USAGE, "'%s' is not an IP address; give one such as 127.0.0.1, ::1 or fe80::1%%eth0", text);
	}
	address_set_port(&a, port);
	return a;
}

struct address address_mapped(struct address v4)
{
	struct address a;

	memset(&a, 0, sizeof(a));
	a.v6.sin6_family = AF_INET6;
	a.v6.sin6_port = v4.v4.sin_port;
	memcpy(a.v6.sin6_addr.s6_addr, mapped_prefix, 12);
	memcpy(a.v6.sin6_addr.s6_addr + 12, &v4.v4.sin_addr, 4);
	a.length = sizeof(a.v6);
	return a;
}

void address_set_port(struct address *address, uint16_t port)
{
	if (address->any.sa_family == AF_INET)
		address->v4.sin_port = htons(port);
	else
		address->v6.sin6_port = htons(port);
}

struct endpoint address_endpoint(const struct address *address)
{
	struct endpoint e;

	if (address->any.sa_family == AF_INET) {
		memcpy(e.ip, mapped_prefix, 12);
		memcpy(e.ip + 12, &address->v4.sin_addr, 4);
		e.port = ntohs(address->v4.sin_port);
	} else {
		memcpy(e.ip, &address->v6.sin6_addr, 16);
		e.port = ntohs(address->v6.sin6_port);
	}
	return e;
}

struct endpoint address_of_socket(int fd)
{
	struct address a;

	memset(&a, 0, sizeof(a));
	a.length = sizeof(a.v6);
	if (getsockname(fd, &a.any, &a.length) != 0)
		return (struct endpoint){.port = 0};
	return address_endpoint(&a);
}

struct endpoint address_source_for(const struct address *destination)
{
	struct address d = *destination;
	struct endpoint source;
	int fd = socket(d.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	address_set_port(&d, 9); /* connecting a UDP socket needs some port */
	memset(&source, 0, sizeof(source));
	if (fd >= 0 && connect(fd, &d.any, d.length) == 0)
		source = address_of_socket(fd);
	else if (memcmp(address_endpoint(destination).ip, mapped_prefix, 12) == 0)
		memcpy(source.ip, mapped_prefix, 12); /* 0.0.0.0 rather than :: */
	if (fd >= 0)
		close(fd);
	source.port = 0;
	return source;
}

int endpoint_has_ip(const struct endpoint *endpoint)
{
	static const uint8_t zero[16];

	return memcmp(endpoint->ip, zero, 16) != 0 &&
	       (memcmp(endpoint->ip, mapped_prefix, 12) != 0 || memcmp(endpoint->ip + 12, zero, 4) != 0);
}

const char *endpoint_text(const struct endpoint *endpoint, char text[INET6_ADDRSTRLEN])
{
	if (memcmp(endpoint->ip, mapped_prefix, 12) == 0)
		return inet_ntop(AF_INET, endpoint->ip + 12, text, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, endpoint->ip, text, INET6_ADDRSTRLEN);
}
