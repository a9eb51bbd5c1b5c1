/* Socket addresses of both families in one shape. */
#ifndef NETLOAD_ADDRESS_H
#define NETLOAD_ADDRESS_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t length;
};

/* IPv4 is kept v4-mapped, so that a mapped socket and a plain one give the same endpoint. */
struct endpoint {
	uint8_t ip[16];
	uint16_t port; /* host order */
};

/* "127.0.0.1", "::1", "fe80::1%eth0". Exits with a message when it is none of these. */
struct address address_parse(const char *text, uint16_t port);
/* ::ffff:a.b.c.d of an IPv4 address. */
struct address address_mapped(struct address v4);

void address_set_port(struct address *address, uint16_t port);
struct endpoint address_endpoint(const struct address *address);
/* The local end of a socket; port 0 if the kernel does not report it. */
struct endpoint address_of_socket(int fd);
/* The source address the kernel would choose; no packet is sent. */
struct endpoint address_source_for(const struct address *destination);
int endpoint_has_ip(const struct endpoint *endpoint);
const char *endpoint_text(const struct endpoint *endpoint, char text[INET6_ADDRSTRLEN]);

#endif
