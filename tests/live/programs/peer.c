/*
 * netpeer: a TCP peer in user space behind a TUN device. It sends exactly what its steps specify, which no kernel's own stack
 * would, to a socket of this program. Run it in its own network namespace: see usage().
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define OUR_ADDRESS "10.9.9.1" /* the kernel's end */
#define PEER_ADDRESS "10.9.9.2" /* the end of this program */

enum {
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NOT_HERE = 4,
	PORT = 7001, /* the listening port, on whichever side */
	CALLING_PORT = 40000, /* the peer's port as the caller */
	FIRST_SEQUENCE = 1000,
	WINDOW = 65535,
	PATIENCE_MS = 600000, /* only a failure takes this long */
	MOST_BYTES = 60000,
};

struct segment {
	uint32_t sequence, length; /* of data */
	uint8_t flags;
	uint8_t head[28]; /* IP header and 8 bytes, as ICMP quotes them */
};

static int tun, app = -1, listener = -1;
static uint16_t our_port, peer_port;
static uint32_t next_sequence = FIRST_SEQUENCE, expected; /* the peer's next byte, and the kernel's */
static uint32_t acknowledged; /* by the peer's last segment */
static struct segment last;
static uint8_t buffer[65536];

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("netpeer: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	exit(EXIT_FAILED);
}

static void check(int result, const char *what)
{
	if (result < 0)
		fail("%s: %s", what, strerror(errno));
}

static void usage(void)
{
	puts(
	    "netpeer STEP...   in a network namespace of its own, as root\n"
	    "\n"
	    "The socket, of this process:\n"
	    "  connect, listen, accept    non-blocking connect to the peer; wait for the peer's call, take it\n"
	    "  send=BYTES, read=BYTES     read waits for so many; read-end waits for the end of the stream\n"
	    "  readable                   waits for data without reading it\n"
	    "  error                      waits for the socket's error and takes it: prints error=ERRNO\n"
	    "  shutdown, close            shutdown(SHUT_WR); close()\n"
	    "  linger0, recverr, user-timeout=MS   SO_LINGER 0, IP_RECVERR, TCP_USER_TIMEOUT\n"
	    "The peer:\n"
	    "  handshake                  answers the SYN and waits until the socket is connected\n"
	    "  call                       sends a SYN to the listening socket and ends the handshake\n"
	    "  peer-data=BYTES, peer-ack, peer-fin, peer-rst   sends that; each but the first acknowledges all so far\n"
	    "  peer-late=BYTES, peer-late-fin   the same that acknowledge nothing new\n"
	    "  peer-icmp=TYPE,CODE        an ICMP error about the last segment that came\n"
	    "  await=SYN|DATA|FIN|ACK|RST waits for such a segment of the kernel's\n"
	    "Both:\n"
	    "  pause=WORD                 prints the word and waits for a line on stdin\n"
	    "\n"
	    "At the end it prints src_port=N dst_port=N. Exit 4: no TUN device here.");
}

/* --- the device ---------------------------------------------------------------------------------------------- */

static void set_address(int fd, struct ifreq *request, unsigned long what, const char *address)
{
	struct sockaddr_in to = {.sin_family = AF_INET};

	inet_pton(AF_INET, address, &to.sin_addr);
	memcpy(&request->ifr_addr, &to, sizeof(to));
	check(ioctl(fd, what, request), "the TUN device's address");
}

static void open_device(void)
{
	struct ifreq request = {.ifr_name = "peer0", .ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (tun < 0 || ioctl(tun, TUNSETIFF, &request) != 0) {
		fprintf(stderr, "netpeer: no TUN device: %s\n", strerror(errno));
		exit(EXIT_NOT_HERE);
	}
	set_address(fd, &request, SIOCSIFADDR, OUR_ADDRESS);
	set_address(fd, &request, SIOCSIFNETMASK, "255.255.255.0");
	request.ifr_flags = IFF_UP;
	check(ioctl(fd, SIOCSIFFLAGS, &request), "the TUN device");
	close(fd);
}

/* The checksum of RFC 1071; all parts except the last must have an even length. */
static uint32_t add(uint32_t sum, const void *data, size_t length)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < length; i++)
		sum += i & 1 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return sum;
}

static uint16_t checksum(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static void send_packet(uint8_t protocol, const void *body, size_t length)
{
	uint8_t packet[65536];
	struct iphdr ip = {.version = 4, .ihl = 5, .ttl = 64, .protocol = protocol};

	ip.tot_len = htons((uint16_t)(sizeof(ip) + length));
	inet_pton(AF_INET, PEER_ADDRESS, &ip.saddr);
	inet_pton(AF_INET, OUR_ADDRESS, &ip.daddr);
	ip.check = checksum(add(0, &ip, sizeof(ip)));
	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + sizeof(ip), body, length);
	check((int)write(tun, packet, sizeof(ip) + length), "a packet");
}

/* --- the peer ------------------------------------------------------------------------------------------------ */

static void send_segment(uint8_t flags, uint32_t length, uint32_t acknowledges)
{
	uint8_t segment[MOST_BYTES + sizeof(struct tcphdr)] = {0};
	struct tcphdr tcp = {.doff = sizeof(tcp) / 4, .window = htons(WINDOW)};
	uint32_t addresses[2], sum;
	uint16_t size = (uint16_t)(sizeof(tcp) + length);

	tcp.source = htons(peer_port);
	tcp.dest = htons(our_port);
	tcp.seq = htonl(next_sequence);
	tcp.ack_seq = htonl(acknowledges);
	memcpy(segment, &tcp, sizeof(tcp));
	segment[13] = flags;
	inet_pton(AF_INET, PEER_ADDRESS, &addresses[0]);
	inet_pton(AF_INET, OUR_ADDRESS, &addresses[1]);
	sum = add(add(IPPROTO_TCP + size, addresses, sizeof(addresses)), segment, size);
	tcp.check = checksum(sum);
	memcpy(segment + offsetof(struct tcphdr, check), &tcp.check, sizeof(tcp.check));
	send_packet(IPPROTO_TCP, segment, size);
	next_sequence += length + !!(flags & (TH_SYN | TH_FIN));
	acknowledged = acknowledges;
}

/* Processes one segment of the connection; ignores repeated data. */
static int take_segment(void)
{
	struct tcphdr tcp;
	struct iphdr ip;
	ssize_t n = read(tun, buffer, sizeof(buffer));

	check((int)n, "the TUN device");
	memcpy(&ip, buffer, sizeof(ip));
	if (ip.version != 4 || ip.protocol != IPPROTO_TCP)
		return 0;
	memcpy(&tcp, buffer + ip.ihl * 4, sizeof(tcp));
	last.flags = buffer[ip.ihl * 4 + 13];
	last.sequence = ntohl(tcp.seq);
	last.length = (uint32_t)(ntohs(ip.tot_len) - ip.ihl * 4 - tcp.doff * 4);
	memcpy(last.head, buffer, sizeof(last.head));
	our_port = ntohs(tcp.source);
	peer_port = ntohs(tcp.dest);
	if (last.flags & TH_SYN)
		expected = last.sequence + 1;
	else if (last.sequence == expected)
		expected += last.length + !!(last.flags & TH_FIN);
	return 1;
}

static int is_segment(const char *kind)
{
	static const struct {
		const char *name;
		uint8_t flag;
	} kinds[] = {{"SYN", TH_SYN}, {"FIN", TH_FIN}, {"ACK", TH_ACK}, {"RST", TH_RST}};

	if (strcmp(kind, "DATA") == 0)
		return last.length > 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i].name) == 0)
			return !!(last.flags & kinds[i].flag);
	fail("'%s' is no kind of segment", kind);
}

static short wait_for(int fd, short events, const char *what)
{
	struct pollfd p = {.fd = fd, .events = events};
	int n;

	do
		n = poll(&p, 1, PATIENCE_MS);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		fail("waited in vain for %s", what);
	return p.revents;
}

static void await_segment(const char *kind)
{
	do
		wait_for(tun, POLLIN, kind);
	while (!take_segment() || !is_segment(kind));
}

static void send_icmp(const char *numbers)
{
	struct icmphdr icmp = {.code = 0};
	uint8_t message[sizeof(icmp) + sizeof(last.head)];
	unsigned type, code;

	if (sscanf(numbers, "%u,%u", &type, &code) != 2)
		fail("peer-icmp takes TYPE,CODE");
	icmp.type = (uint8_t)type;
	icmp.code = (uint8_t)code;
	icmp.checksum = checksum(add(add(0, &icmp, sizeof(icmp)), last.head, sizeof(last.head)));
	memcpy(message, &icmp, sizeof(icmp));
	memcpy(message + sizeof(icmp), last.head, sizeof(last.head));
	send_packet(IPPROTO_ICMP, message, sizeof(message));
}

/* --- the socket ---------------------------------------------------------------------------------------------- */

static int socket_error(void)
{
	socklen_t length = sizeof(int);
	int error;

	check(getsockopt(app, SOL_SOCKET, SO_ERROR, &error, &length), "SO_ERROR");
	return error;
}

static struct sockaddr_in address(const char *ip)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT)};

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

static void app_connect(void)
{
	struct sockaddr_in to = address(PEER_ADDRESS);

	if (connect(app, (struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS)
		fail("connect: %s", strerror(errno));
}

static void handshake(void)
{
	await_segment("SYN");
	send_segment(TH_SYN | TH_ACK, 0, expected);
	wait_for(app, POLLOUT, "the connection");
	if (socket_error() != 0)
		fail("the handshake failed");
}

static void app_listen(void)
{
	struct sockaddr_in on = address(OUR_ADDRESS);

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(bind(listener, (struct sockaddr *)&on, sizeof(on)), "bind");
	check(listen(listener, 1), "listen");
}

static void call(void)
{
	our_port = PORT;
	peer_port = CALLING_PORT;
	send_segment(TH_SYN, 0, 0);
	await_segment("SYN");
	send_segment(TH_ACK, 0, expected);
}

static void app_accept(void)
{
	close(app);
	app = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	check(app, "accept");
}

static void app_read(uint32_t bytes)
{
	while (bytes) {
		ssize_t n;

		wait_for(app, POLLIN, "data");
		n = recv(app, buffer, bytes < sizeof(buffer) ? bytes : sizeof(buffer), 0);
		check((int)n, "recv");
		if (n == 0)
			fail("the stream ended early");
		bytes -= (uint32_t)n;
	}
}

static void app_read_end(void)
{
	wait_for(app, POLLIN, "the end of the stream");
	if (recv(app, buffer, sizeof(buffer), 0) != 0)
		fail("the stream did not end");
}

static void app_set(int level, int option, const void *value, socklen_t size)
{
	check(setsockopt(app, level, option, value, size), "setsockopt");
}

static void app_error(void)
{
	int error = 0;

	while (!error) {
		wait_for(app, POLLERR, "an error");
		error = socket_error();
		if (!error) /* IP_RECVERR: the error is or was only in the queue */
			fail("an error without a number");
	}
	printf("error=%d\n", error);
}

static void pause_at(const char *word)
{
	char line[64];

	puts(word);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		fail("stdin ended at pause=%s", word);
}

/* --- the steps ----------------------------------------------------------------------------------------------- */

static uint32_t number(const char *text)
{
	unsigned long value = strtoul(text, NULL, 10);

	if (value == 0 || value > MOST_BYTES)
		fail("'%s': give a number up to %d", text, MOST_BYTES);
	return (uint32_t)value;
}

static int app_step(const char *name, const char *value)
{
	static const struct linger now = {.l_onoff = 1, .l_linger = 0};
	static const int on = 1;

	if (strcmp(name, "connect") == 0) {
		app_connect();
	} else if (strcmp(name, "listen") == 0) {
		app_listen();
	} else if (strcmp(name, "accept") == 0) {
		app_accept();
	} else if (strcmp(name, "send") == 0) {
		check((int)send(app, buffer, number(value), MSG_NOSIGNAL), "send");
	} else if (strcmp(name, "read") == 0) {
		app_read(number(value));
	} else if (strcmp(name, "read-end") == 0) {
		app_read_end();
	} else if (strcmp(name, "readable") == 0) {
		wait_for(app, POLLIN, "data");
	} else if (strcmp(name, "error") == 0) {
		app_error();
	} else if (strcmp(name, "shutdown") == 0) {
		check(shutdown(app, SHUT_WR), "shutdown");
	} else if (strcmp(name, "close") == 0) {
		check(close(app), "close");
	} else if (strcmp(name, "linger0") == 0) {
		app_set(SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	} else if (strcmp(name, "recverr") == 0) {
		app_set(IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	} else if (strcmp(name, "user-timeout") == 0) {
		int ms = (int)number(value);

		app_set(IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
	} else {
		return 0;
	}
	return 1;
}

static int peer_step(const char *name, const char *value)
{
	if (strcmp(name, "handshake") == 0)
		handshake();
	else if (strcmp(name, "call") == 0)
		call();
	else if (strcmp(name, "peer-data") == 0)
		send_segment(TH_ACK | TH_PUSH, number(value), expected);
	else if (strcmp(name, "peer-late") == 0)
		send_segment(TH_ACK | TH_PUSH, number(value), acknowledged);
	else if (strcmp(name, "peer-late-fin") == 0)
		send_segment(TH_FIN | TH_ACK, 0, acknowledged);
	else if (strcmp(name, "peer-ack") == 0)
		send_segment(TH_ACK, 0, expected);
	else if (strcmp(name, "peer-fin") == 0)
		send_segment(TH_FIN | TH_ACK, 0, expected);
	else if (strcmp(name, "peer-rst") == 0)
		send_segment(TH_RST | TH_ACK, 0, expected);
	else if (strcmp(name, "peer-icmp") == 0)
		send_icmp(value);
	else if (strcmp(name, "await") == 0)
		await_segment(value);
	else
		return 0;
	return 1;
}

static void step(char *text)
{
	char *value = strchr(text, '=');

	if (value)
		*value++ = '\0';
	if (strcmp(text, "pause") == 0) {
		pause_at(value ? value : "");
	} else if (!app_step(text, value ? value : "") && !peer_step(text, value ? value : "")) {
		fprintf(stderr, "netpeer: there is no step '%s'\n", text);
		exit(EXIT_USAGE);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--help") == 0) {
		usage();
		return argc < 2 ? EXIT_USAGE : 0;
	}
	open_device();
	app = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	check(app, "socket");
	for (int i = 1; i < argc; i++)
		step(argv[i]);
	if (listener >= 0)
		printf("src_port=%u dst_port=%u\n", peer_port, our_port);
	else
		printf("src_port=%u dst_port=%u\n", our_port, peer_port);
	return 0;
}
