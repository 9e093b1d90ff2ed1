// SPDX-License-Identifier: GPL-2.0
/* mptcpx_traffic: traffic generator and meter for MPTCP (and plain TCP,
 * and messages over SCTP).
 *
 * One program, two roles. "listen" is a server that does what each client asks
 * for in a fixed-size request; the other modes are clients:
 *
 *   bulk   as much as fits for -t seconds (or -n bytes): goodput
 *   msg    -n messages of -s bytes, one every -i microseconds: one-way latency
 *   fetch  -n times request/response of -s bytes on one warm connection
 *   data   -n pseudo-random bytes, every byte verified, orderly close required
 *   hold   a connection kept idle for -t seconds, or until SIGUSR1, then shown to be alive
 *   many   -k connections at once, each of them a "data" transfer
 *
 * Course of a connection:
 *
 *   client                                server
 *     | -- struct request ------------------> |
 *     |                                       | waits for the wanted subflows
 *     | <------------------ struct ready ---- |
 *     | waits for them as well, settles       |
 *     | -- struct go (time zero) ------------> |
 *     | <=========== payload, up/down =======> |
 *     | <------------- struct trailer -------- | what the server measured
 *     | -- orderly close, or a reset --------> |
 *
 * A bulk transfer by time ends with a reset (fastclose on MPTCP): its queues
 * may hold seconds of data that nobody needs any more. All others end with
 * both ends seeing the other's end of stream. SCTP has no half-closed state: there
 * the server's trailer follows the last message, and the client closes.
 *
 * One-way figures need both ends to read the same CLOCK_MONOTONIC: two network
 * namespaces of one machine. A negative latency is reported as an error.
 *
 * Percentiles are nearest-rank: the smallest sample such that at least P
 * percent of all samples are not greater, i.e. sorted[ceil(P / 100 * n)] with
 * the index counted from 1. No interpolation: every figure is a sample.
 *
 * Exit code: 0 success, 1 failure, 2 usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/sctp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef SOL_MPTCP
#define SOL_MPTCP 284
#endif

#define OPT_MPTCP_INFO		1
#define INFO_FALLBACK		1	/* MPTCP_INFO_FLAG_FALLBACK */

#define NS_PER_SEC		1000000000ULL
#define REQUEST_MAGIC		0x6d70787472616631ULL
#define READY_MAGIC		0x6d70787265616479ULL
#define GO_MAGIC		0x6d7078676f676f21ULL
#define TRAILER_MAGIC		0x6d7078656e640001ULL	/* no leading zero byte */
#define BUF_SIZE		(256 * 1024)
#define RANDOM_CHUNK		UINT32_MAX

/* The stable head of struct mptcp_info (uapi/linux/mptcp.h); declared here
 * because older libc headers lack the tail we want to look at.
 */
struct mptcp_info_head {
	uint8_t subflows;
	uint8_t add_addr_signal;
	uint8_t add_addr_accepted;
	uint8_t subflows_max;
	uint8_t add_addr_signal_max;
	uint8_t add_addr_accepted_max;
	uint32_t flags;
	uint32_t token;
	uint64_t write_seq;
	uint64_t snd_una;
	uint64_t rcv_nxt;
	uint8_t local_addr_used;
	uint8_t local_addr_max;
	uint8_t csum_enabled;
	uint32_t retransmits;
	uint64_t bytes_retrans;
	uint64_t bytes_sent;
	uint64_t bytes_received;
	uint64_t bytes_acked;
	uint8_t subflows_total;
};

enum mode { MODE_BULK, MODE_MSG, MODE_FETCH, MODE_DATA, MODE_HOLD, MODE_MANY };
enum dir { DIR_UP = 1, DIR_DOWN = 2, DIR_BOTH = 3 };

static const char * const mode_names[] = {
	"bulk", "msg", "fetch", "data", "hold", "many"
};

struct request {
	uint64_t magic;
	uint32_t mode;
	uint32_t dir;
	uint64_t bytes;		/* bulk, data: payload a direction; 0 = by time */
	uint64_t duration_ns;	/* bulk, hold */
	uint64_t skip_ns;	/* bulk: left out at the start */
	uint64_t count;		/* msg, fetch */
	uint64_t size;		/* msg, fetch */
	uint64_t interval_ns;	/* msg */
	uint64_t seed;		/* data */
	uint32_t chunk;		/* bytes a send(), RANDOM_CHUNK = 1..BUF_SIZE */
	uint32_t subflows;	/* wanted before the start */
	uint32_t wait_ms;	/* for how long to wait for them */
	uint32_t timeout_s;
	uint32_t sndbuf;
	uint32_t rcvbuf;
};

struct ready {
	uint64_t magic;
	uint32_t subflows;
	uint32_t error;		/* errno of what went wrong, or 0 */
};

struct go {
	uint64_t magic;
	uint64_t start_ns;	/* CLOCK_MONOTONIC */
};

/* What a receiver measured; all times in ns. */
struct trailer {
	uint64_t magic;
	uint32_t error;		/* errno, or 0 */
	uint32_t fallback;
	uint64_t bytes;		/* inside the measured window */
	uint64_t total;		/* all payload */
	uint64_t window;
	uint64_t n;
	uint64_t p50, p95, p99, min, max, mean, gap;
	uint64_t mismatch;	/* offset of the first wrong byte, or UINT64_MAX */
};

/* The head of each message of mode msg; the rest of it is filler. */
struct stamp {
	uint64_t seq;
	uint64_t due_ns;
};

struct conn_info {
	bool fallback, csum;
	unsigned int subflows;
	uint32_t token;
	uint32_t retransmits;
};

static struct options {
	enum mode mode;
	bool listen, once, verbose, abort, raw, timeout_given;
	int proto;
	const char *peer, *bind;
	uint16_t port;
	unsigned int nconn;
	double settle, connect_timeout;
	uint64_t pause_ns;
	unsigned int warm;
	struct request rq;
} opt;

static const struct {
	const char *name;
	int proto;
} protos[] = {
	{ "mptcp", IPPROTO_MPTCP },	/* the default */
	{ "tcp", IPPROTO_TCP },
	{ "sctp", IPPROTO_SCTP },
};

static const char *who = "client";
/* shown when the overall timeout strikes */
static uint64_t progress_tx, progress_rx;
/* hold: told to end */
static int released;

static void complain(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "mptcpx_traffic: %s: %s: ", who, mode_names[opt.mode]);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

static void sleep_until(uint64_t when)
{
	struct timespec ts = { when / NS_PER_SEC, when % NS_PER_SEC };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static void on_alarm(int sig)
{
	char line[160];
	int len;

	(void)sig;
	len = snprintf(line, sizeof(line),
		       "mptcpx_traffic: %s: %s: timeout, sent=%" PRIu64 " received=%" PRIu64 "\n",
		       who, mode_names[opt.mode], progress_tx, progress_rx);
	if (write(STDERR_FILENO, line, len) < 0)
		_exit(1);
	_exit(1);
}

/* --- the pseudo-random payload --- */

/* splitmix64: word @i of the stream of @seed, computable from anywhere */
static uint64_t payload_word(uint64_t seed, uint64_t i)
{
	uint64_t z = seed + (i + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static void payload_fill(uint8_t *buf, size_t len, uint64_t seed, uint64_t off)
{
	while (len) {
		uint64_t word = payload_word(seed, off / 8);
		size_t in = off % 8, n = 8 - in;

		if (n > len)
			n = len;
		memcpy(buf, (uint8_t *)&word + in, n);
		buf += n;
		off += n;
		len -= n;
	}
}

/* offset (in the stream) of the first wrong byte, or UINT64_MAX */
static uint64_t payload_check(const uint8_t *buf, size_t len, uint64_t seed,
			      uint64_t off)
{
	while (len) {
		uint64_t word = payload_word(seed, off / 8);
		const uint8_t *want = (uint8_t *)&word + off % 8;
		size_t n = 8 - off % 8;

		if (n > len)
			n = len;
		if (memcmp(buf, want, n)) {
			while (*buf == *want) {
				buf++;
				want++;
				off++;
			}
			return off;
		}
		buf += n;
		off += n;
		len -= n;
	}
	return UINT64_MAX;
}

/* --- sockets --- */

static void get_info(int fd, struct conn_info *ci)
{
	struct mptcp_info_head info = { 0 };
	socklen_t len = sizeof(info);

	*ci = (struct conn_info){ .fallback = true, .subflows = 1 };
	/* a plain TCP socket, or an MPTCP one that fell back, refuses this */
	if (getsockopt(fd, SOL_MPTCP, OPT_MPTCP_INFO, &info, &len))
		return;

	ci->token = info.token;
	ci->retransmits = info.retransmits;
	ci->csum = info.csum_enabled;
	if (info.flags & INFO_FALLBACK)
		return;
	ci->fallback = false;
	ci->subflows = info.subflows + 1;
}

static int wait_subflows(int fd, const struct request *rq, unsigned int *have)
{
	uint64_t end = now_ns() + rq->wait_ms * 1000000ULL;
	struct conn_info ci;

	for (;;) {
		get_info(fd, &ci);
		*have = ci.subflows;
		if (ci.subflows >= rq->subflows)
			return 0;
		if (now_ns() > end)
			return -ETIMEDOUT;
		sleep_until(now_ns() + 2000000);
	}
}

static int parse_addr(const char *text, uint16_t port, struct sockaddr_storage *ss,
		      socklen_t *len)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		*len = sizeof(*in);
		return 0;
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		*len = sizeof(*in6);
		return 0;
	}
	return -1;
}

/* Bind to an address, or to several of an SCTP socket, separated by commas.
 * Returns 0 or a negative errno; -EINVAL if one is not an address.
 */
static int bind_to(int fd, const char *list, uint16_t port)
{
	char *copy = strdup(list), *save = NULL, *word;
	struct sockaddr_storage ss;
	bool bound = false;
	socklen_t len;
	int err = copy ? 0 : -ENOMEM;

	for (word = copy ? strtok_r(copy, ",", &save) : NULL; word && !err;
	     word = strtok_r(NULL, ",", &save)) {
		if (parse_addr(word, port, &ss, &len))
			err = -EINVAL;
		else if (!bound)
			err = bind(fd, (struct sockaddr *)&ss, len);
		else
			err = setsockopt(fd, IPPROTO_SCTP, SCTP_SOCKOPT_BINDX_ADD,
					 &ss, len);
		if (err == -1)
			err = -errno;
		bound = true;
	}
	free(copy);
	return err;
}

static void set_opt(int fd, int level, int name, int value, const char *what)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		complain("%s: %s", what, strerror(errno));
}

static void set_buffers(int fd, const struct request *rq)
{
	if (rq->sndbuf)
		set_opt(fd, SOL_SOCKET, SO_SNDBUF, rq->sndbuf, "SO_SNDBUF");
	if (rq->rcvbuf)
		set_opt(fd, SOL_SOCKET, SO_RCVBUF, rq->rcvbuf, "SO_RCVBUF");
}

static void set_nodelay(int fd)
{
	if (opt.proto == IPPROTO_SCTP)
		set_opt(fd, IPPROTO_SCTP, SCTP_NODELAY, 1, "SCTP_NODELAY");
	else
		set_opt(fd, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
}

/* SO_LINGER 0 turns the next close() into a reset, on MPTCP into a fastclose */
static void close_reset(int fd)
{
	struct linger l = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close(fd);
}

static int write_all(int fd, const void *buf, size_t len)
{
	const uint8_t *p = buf;

	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		progress_tx += n;
		p += n;
		len -= n;
	}
	return 0;
}

/* Can one direction end before the other? */
static bool half_closes(void)
{
	return opt.proto != IPPROTO_SCTP;
}

/* -EPIPE stands for an end of stream in the middle of what was expected */
static int read_all(int fd, void *buf, size_t len)
{
	uint8_t *p = buf;

	while (len) {
		ssize_t n = recv(fd, p, len, 0);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (!n)
			return -EPIPE;
		progress_rx += n;
		p += n;
		len -= n;
	}
	return 0;
}

/* --- figures --- */

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* nearest rank, see the head of this file */
static uint64_t percentile(const uint64_t *sorted, uint64_t n, unsigned int p)
{
	return n ? sorted[(n * p + 99) / 100 - 1] : 0;
}

static void summarize(struct trailer *t, uint64_t *samples, uint64_t n)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < n; i++) {
		sum += samples[i];
		if (opt.raw)
			printf("sample %" PRIu64 " %.1f\n", i, samples[i] / 1e3);
	}
	qsort(samples, n, sizeof(*samples), cmp_u64);
	t->n = n;
	t->mean = n ? sum / n : 0;
	t->p50 = percentile(samples, n, 50);
	t->p95 = percentile(samples, n, 95);
	t->p99 = percentile(samples, n, 99);
	t->min = n ? samples[0] : 0;
	t->max = n ? samples[n - 1] : 0;
}

/* --- one stream in each direction at once: bulk, msg, data --- */

struct stream {
	int fd;
	const struct request *rq;
	bool server;
	uint64_t start, skip_end, stop;	/* stop: only bulk by time */
	bool by_time;

	/* sending */
	bool tx_active;
	uint64_t tx_total, tx_done;
	bool tx_closed;
	uint32_t rnd;
	uint8_t *tx_buf;
	size_t tx_off, tx_len;

	/* receiving */
	bool rx_active, rx_eof;
	uint64_t rx_total, rx_done;
	uint64_t *samples;
	struct stamp stamp;
	size_t stamp_have;
	uint64_t last_arrival, msg_seen;
	uint8_t *rx_buf;
	struct trailer mine;

	/* the server's trailer, behind its payload */
	struct trailer theirs;
	size_t trailer_done;
	bool trailer_tx;
};

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* How long is the piece handed to one send()? */
static size_t piece(struct stream *s)
{
	if (s->rq->chunk == RANDOM_CHUNK)
		return 1 + next_random(&s->rnd) % BUF_SIZE;
	return s->rq->chunk;
}

/* Put the next piece of payload into tx_buf; when there is none yet, tell
 * when it is due. Returns false when nothing is to be sent now.
 */
static bool tx_prepare(struct stream *s, uint64_t now, uint64_t *wake)
{
	const struct request *rq = s->rq;
	size_t n;

	if (s->tx_off < s->tx_len)
		return true;
	if (!s->tx_active)
		return false;
	if (s->by_time ? now >= s->stop : s->tx_done >= s->tx_total) {
		s->tx_active = false;
		return false;
	}

	s->tx_off = 0;
	s->tx_len = 0;
	if (rq->mode == MODE_MSG) {
		uint64_t seq = s->tx_done / rq->size;
		/* Latency counts from when the message was due: a sender held
		 * up by a full socket buffer must not hide its own delay.
		 * Without an interval there is no such time but the present.
		 */
		struct stamp st = {
			.seq = seq,
			.due_ns = rq->interval_ns ? s->start + seq * rq->interval_ns : now,
		};

		if (st.due_ns > now) {
			*wake = st.due_ns;
			return false;
		}
		memcpy(s->tx_buf, &st, sizeof(st));
		s->tx_len = rq->size;
		return true;
	}

	n = piece(s);
	if (!s->by_time && n > s->tx_total - s->tx_done)
		n = s->tx_total - s->tx_done;
	if (rq->mode == MODE_DATA)
		payload_fill(s->tx_buf, n, rq->seed + s->server, s->tx_done);
	s->tx_len = n;
	return true;
}

/* Send until the socket is full or nothing is due. */
static int tx_run(struct stream *s, uint64_t *wake, bool *full)
{
	*full = false;
	for (int i = 0; tx_prepare(s, now_ns(), wake); i++) {
		ssize_t n = send(s->fd, s->tx_buf + s->tx_off,
				 s->tx_len - s->tx_off,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			if (errno != EAGAIN)
				return -errno;
			*full = true;
			return 0;
		}
		s->tx_off += n;
		s->tx_done += n;
		progress_tx += n;
		/* look at the other direction now and then */
		if (i == 64) {
			*full = true;
			return 0;
		}
	}
	return 0;
}

static int rx_messages(struct stream *s, const uint8_t *p, size_t len, uint64_t now)
{
	const struct request *rq = s->rq;

	while (len) {
		size_t in = s->rx_done % rq->size, n = rq->size - in;

		if (n > len)
			n = len;
		if (in < sizeof(s->stamp)) {
			size_t m = sizeof(s->stamp) - in;

			if (m > n)
				m = n;
			memcpy((uint8_t *)&s->stamp + in, p, m);
		}
		p += n;
		len -= n;
		s->rx_done += n;
		if (in + n < rq->size)
			break;

		if (s->stamp.seq != s->msg_seen || now < s->stamp.due_ns) {
			complain("message %" PRIu64 ": sequence %" PRIu64 ", age %" PRId64 " ns",
				 s->msg_seen, s->stamp.seq,
				 (int64_t)(now - s->stamp.due_ns));
			return -EBADMSG;
		}
		if (s->msg_seen && now - s->last_arrival > s->mine.gap)
			s->mine.gap = now - s->last_arrival;
		s->last_arrival = now;
		s->samples[s->msg_seen++] = now - s->stamp.due_ns;
	}
	return 0;
}

/* Take @len bytes of payload. Returns 0 or a negative errno. */
static int rx_payload(struct stream *s, const uint8_t *p, size_t len, uint64_t now)
{
	if (s->rq->mode == MODE_MSG)
		return rx_messages(s, p, len, now);

	if (s->rq->mode == MODE_DATA) {
		uint64_t bad = payload_check(p, len, s->rq->seed + !s->server, s->rx_done);

		if (bad != UINT64_MAX) {
			s->mine.mismatch = bad;
			complain("payload differs at byte %" PRIu64, bad);
			return -EBADMSG;
		}
	}
	if (now >= s->skip_end && (!s->by_time || now <= s->stop))
		s->mine.bytes += len;
	s->last_arrival = now;
	s->rx_done += len;
	return 0;
}

/* The client's view of the server's stream: payload, then the trailer. */
static int rx_chunk(struct stream *s, const uint8_t *p, size_t len, uint64_t now)
{
	size_t n = len;
	int err;

	if (s->by_time) {
		/* Payload of unknown length is made of zero bytes, so that the
		 * trailer's magic marks its end; before the end of the transfer
		 * there cannot be one.
		 */
		if (s->trailer_done)
			n = 0;
		else if (!s->server && (!s->rx_active || now >= s->stop))
			for (n = 0; n < len && !p[n]; n++)
				;
	} else if (n > s->rx_total - s->rx_done) {
		n = s->rx_total - s->rx_done;
	}
	err = n ? rx_payload(s, p, n, now) : 0;
	if (err || n == len)
		return err;

	p += n;
	len -= n;
	if (s->server || len > sizeof(s->theirs) - s->trailer_done) {
		complain("%zu bytes more than expected", len);
		return -EBADMSG;
	}
	memcpy((uint8_t *)&s->theirs + s->trailer_done, p, len);
	s->trailer_done += len;
	return 0;
}

/*
 * recv() on a socket that was connected. A connection that has fallen back to TCP may
 * close before it is marked as ended: the worker ends its last subflow between
 * subflow_sched_work_if_closed() and mptcp_update_rcv_data_fin() of
 * subflow_state_change(), and mptcp_recvmsg() says "not connected" for the end of the
 * stream (6.12, any scheduler). What must have come before it, the caller knows.
 */
static ssize_t recv_or_end(int fd, void *buf, size_t len, int flags)
{
	ssize_t n = recv(fd, buf, len, flags);

	return n < 0 && errno == ENOTCONN ? 0 : n;
}

static int rx_run(struct stream *s)
{
	/* bounded, so that a fast sender cannot starve our own sending */
	for (int i = 0; i < 8; i++) {
		ssize_t n = recv_or_end(s->fd, s->rx_buf, BUF_SIZE, MSG_DONTWAIT);
		int err;

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return errno == EAGAIN ? 0 : -errno;
		}
		if (!n) {
			s->rx_eof = true;
			return 0;
		}
		progress_rx += n;
		err = rx_chunk(s, s->rx_buf, n, now_ns());
		if (err)
			return err;
	}
	return 0;
}

static bool rx_finished(const struct stream *s, uint64_t now)
{
	if (!s->rx_active)
		return true;
	return s->by_time ? now >= s->stop : s->rx_done >= s->rx_total;
}

static void rx_result(struct stream *s, int err)
{
	struct conn_info ci;
	struct trailer *t = &s->mine;

	get_info(s->fd, &ci);
	t->magic = TRAILER_MAGIC;
	t->error = -err;
	t->fallback = ci.fallback;
	t->total = s->rx_done;
	if (s->by_time)
		t->window = s->stop - s->skip_end;
	else if (s->last_arrival > s->skip_end)
		t->window = s->last_arrival - s->skip_end;
	if (s->samples)
		summarize(t, s->samples, s->msg_seen);
}

static int stream_alloc(struct stream *s)
{
	size_t tx = s->rq->mode == MODE_MSG ? s->rq->size : BUF_SIZE;

	s->tx_buf = calloc(1, tx);
	s->rx_buf = malloc(BUF_SIZE);
	if (s->rq->mode == MODE_MSG && s->rx_active)
		s->samples = calloc(s->rq->count, sizeof(*s->samples));
	if (!s->tx_buf || !s->rx_buf ||
	    (s->rq->mode == MODE_MSG && s->rx_active && !s->samples)) {
		complain("out of memory");
		return -ENOMEM;
	}
	return 0;
}

static void stream_free(struct stream *s)
{
	free(s->tx_buf);
	free(s->rx_buf);
	free(s->samples);
}

static void stream_init(struct stream *s, int fd, const struct request *rq,
			bool server, uint64_t start)
{
	unsigned int tx_dir = server ? DIR_DOWN : DIR_UP;
	uint64_t total = rq->mode == MODE_MSG ? rq->size * rq->count : rq->bytes;

	*s = (struct stream) {
		.fd = fd, .rq = rq, .server = server, .start = start,
		.skip_end = start + rq->skip_ns,
		.stop = start + rq->duration_ns,
		.by_time = rq->mode == MODE_BULK && !rq->bytes,
		.tx_active = rq->dir & tx_dir,
		.rx_active = rq->dir & (DIR_BOTH ^ tx_dir),
		.rnd = rq->seed + server,
		.mine.mismatch = UINT64_MAX,
	};
	s->tx_total = s->tx_active ? total : 0;
	s->rx_total = s->rx_active ? total : 0;
}

/* Wait for what can happen next: input, room for output, or time @wake. */
static int stream_wait(struct stream *s, bool want_out, uint64_t wake)
{
	struct pollfd pfd = { .fd = s->fd };
	struct timespec ts, *tsp = NULL;
	uint64_t now;

	if (!s->rx_eof)
		pfd.events |= POLLIN;
	if (want_out)
		pfd.events |= POLLOUT;
	if (wake != UINT64_MAX) {
		now = now_ns();
		wake = wake > now ? wake - now : 0;
		ts = (struct timespec){ wake / NS_PER_SEC, wake % NS_PER_SEC };
		tsp = &ts;
	}
	/* a half-closed socket reports HUP for ever: do not watch for nothing */
	if (!pfd.events)
		pfd.fd = -1;
	if (ppoll(&pfd, 1, tsp, NULL) < 0 && errno != EINTR)
		return -errno;
	return 0;
}

/* Server: payload both ways, then the trailer, then the close. */
static int stream_server(struct stream *s)
{
	bool reported = false;
	int err = 0, werr;

	for (;;) {
		uint64_t wake = UINT64_MAX;
		bool full;

		err = tx_run(s, &wake, &full);
		if (!err && !s->rx_eof)
			err = rx_run(s);
		if (err)
			break;
		if (s->rx_eof && !rx_finished(s, now_ns())) {
			complain("end of stream after %" PRIu64 " bytes", s->rx_done);
			err = -EPIPE;
			break;
		}
		/* without a length, the client resets when it has its figures */
		if (!reported && !s->tx_active && s->tx_off == s->tx_len &&
		    rx_finished(s, now_ns()) &&
		    (s->by_time || s->rx_eof || !half_closes())) {
			rx_result(s, 0);
			werr = write_all(s->fd, &s->mine, sizeof(s->mine));
			reported = true;
			if (werr) {
				err = werr;
				break;
			}
			if (!s->by_time && half_closes())
				shutdown(s->fd, SHUT_WR);
		}
		if (reported && s->rx_eof)
			return 0;
		if (s->by_time && now_ns() < s->stop && wake > s->stop)
			wake = s->stop;
		err = stream_wait(s, full, wake);
		if (err)
			break;
	}
	/* by time, the client's reset is the regular end */
	if (s->by_time && now_ns() >= s->stop &&
	    (err == -ECONNRESET || err == -EPIPE))
		return 0;
	if (!reported) {
		rx_result(s, err);
		write_all(s->fd, &s->mine, sizeof(s->mine));
	}
	complain("%s", strerror(-err));
	return err;
}

static int stream_client(struct stream *s)
{
	for (;;) {
		uint64_t wake = UINT64_MAX, now;
		bool full, tx_over;
		int err;

		err = tx_run(s, &wake, &full);
		if (!err && !s->rx_eof)
			err = rx_run(s);
		if (err) {
			complain("%s", strerror(-err));
			return err;
		}
		now = now_ns();
		tx_over = !s->tx_active && s->tx_off == s->tx_len;
		if (s->by_time) {
			/* figures of our own need no trailer */
			if (s->trailer_done == sizeof(s->theirs) ||
			    (s->rq->dir == DIR_DOWN && now >= s->stop))
				return 0;
			if (now < s->stop && wake > s->stop)
				wake = s->stop;
		} else if (!half_closes()) {
			if (tx_over && rx_finished(s, now) &&
			    s->trailer_done == sizeof(s->theirs))
				return 0;
		} else if (tx_over && !s->tx_closed) {
			shutdown(s->fd, SHUT_WR);
			s->tx_closed = true;
		}
		if (s->rx_eof) {
			if (tx_over && !s->by_time && rx_finished(s, now) &&
			    s->trailer_done == sizeof(s->theirs))
				return 0;
			complain("end of stream after %" PRIu64 " bytes", s->rx_done);
			return -EPIPE;
		}
		err = stream_wait(s, full, wake);
		if (err)
			return err;
	}
}

/* --- request and response: fetch; keep-alive check of hold --- */

struct fetch_req {
	uint64_t up, down;
};

static int discard(int fd, uint8_t *buf, uint64_t len)
{
	while (len) {
		size_t n = len < BUF_SIZE ? len : BUF_SIZE;
		int err = read_all(fd, buf, n);

		if (err)
			return err;
		len -= n;
	}
	return 0;
}

static int send_zeros(int fd, const uint8_t *zeros, uint64_t len)
{
	while (len) {
		size_t n = len < BUF_SIZE ? len : BUF_SIZE;
		int err = write_all(fd, zeros, n);

		if (err)
			return err;
		len -= n;
	}
	return 0;
}

static int fetch_server(int fd)
{
	uint8_t *buf = malloc(BUF_SIZE), *zeros = calloc(1, BUF_SIZE);
	struct fetch_req fr;
	int err = 0;

	while (buf && zeros) {
		ssize_t n = recv_or_end(fd, &fr, sizeof(fr), MSG_WAITALL);

		if (n == 0)
			break;
		if (n != sizeof(fr)) {
			err = n < 0 ? -errno : -EPIPE;
			break;
		}
		progress_rx += n;
		err = discard(fd, buf, fr.up);
		if (!err)
			err = send_zeros(fd, zeros, fr.down);
		if (err)
			break;
	}
	if (!buf || !zeros)
		err = -ENOMEM;
	if (err)
		complain("%s", strerror(-err));
	free(buf);
	free(zeros);
	return err;
}

static int fetch_once(int fd, const struct request *rq, uint8_t *buf,
		      const uint8_t *zeros)
{
	/* a direction without payload is a 16-byte word of confirmation */
	struct fetch_req fr = {
		.up = rq->dir & DIR_UP ? rq->size : 0,
		.down = rq->dir & DIR_DOWN ? rq->size : sizeof(fr),
	};
	int err = write_all(fd, &fr, sizeof(fr));

	if (!err)
		err = send_zeros(fd, zeros, fr.up);
	if (!err)
		err = discard(fd, buf, fr.down);
	return err;
}

static int fetch_client(int fd, const struct request *rq)
{
	uint64_t *samples = calloc(rq->count, sizeof(*samples));
	uint8_t *buf = malloc(BUF_SIZE), *zeros = calloc(1, BUF_SIZE);
	struct trailer t = { 0 };
	uint64_t i, n = 0;
	int err = 0;

	if (!samples || !buf || !zeros)
		err = -ENOMEM;
	for (i = 0; !err && i < opt.warm + rq->count; i++) {
		uint64_t begin = now_ns();

		err = fetch_once(fd, rq, buf, zeros);
		if (!err && i >= opt.warm)
			samples[n++] = now_ns() - begin;
		if (opt.pause_ns && i + 1 < opt.warm + rq->count)
			sleep_until(now_ns() + opt.pause_ns);
	}
	if (err) {
		complain("%s", strerror(-err));
	} else {
		summarize(&t, samples, n);
		printf("fetch dir=%s n=%" PRIu64 " size=%" PRIu64
		       " p50_us=%.1f p95_us=%.1f p99_us=%.1f min_us=%.1f max_us=%.1f mean_us=%.1f\n",
		       rq->dir == DIR_UP ? "up" : rq->dir == DIR_DOWN ? "down" : "both",
		       t.n, rq->size, t.p50 / 1e3, t.p95 / 1e3, t.p99 / 1e3,
		       t.min / 1e3, t.max / 1e3, t.mean / 1e3);
	}
	free(samples);
	free(buf);
	free(zeros);
	return err;
}

static void on_release(int sig)
{
	(void)sig;
	__atomic_store_n(&released, 1, __ATOMIC_RELAXED);
}

/* SIGUSR1 waits until ppoll() looks for it */
static void hold_prepare(void)
{
	struct sigaction sa = { .sa_handler = on_release };
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	sigaction(SIGUSR1, &sa, NULL);
}

static int hold_client(int fd, const struct request *rq)
{
	uint64_t begin = now_ns(), end = begin + rq->duration_ns, now;
	sigset_t none;
	struct request alive = { .dir = DIR_BOTH, .size = 64 };
	uint8_t buf[BUF_SIZE], zeros[64] = { 0 };
	int err = 0;

	sigemptyset(&none);
	while (!err && !__atomic_load_n(&released, __ATOMIC_RELAXED) &&
	       (now = now_ns()) < end) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		struct timespec ts = { (end - now) / NS_PER_SEC, (end - now) % NS_PER_SEC };

		if (ppoll(&pfd, 1, &ts, &none) > 0)
			err = -ECONNRESET;	/* nothing is expected meanwhile */
	}
	now = now_ns();
	if (!err)
		err = fetch_once(fd, &alive, buf, zeros);
	if (err)
		complain("not alive any more: %s", strerror(-err));
	printf("hold secs=%.3f alive=%d\n", (now - begin) / 1e9, !err);
	return err;
}

/* --- one connection, server side --- */

static int serve(int fd)
{
	struct ready rdy = { .magic = READY_MAGIC };
	struct conn_info ci;
	struct request rq;
	struct stream s;
	struct go go;
	int err;

	who = "server";
	err = read_all(fd, &rq, sizeof(rq));
	/* connected and gone: nothing was asked for */
	if (err == -EPIPE && !progress_rx)
		return 0;
	if (err || rq.magic != REQUEST_MAGIC || rq.mode > MODE_DATA + 1 ||
	    (rq.mode == MODE_MSG && rq.size < sizeof(struct stamp))) {
		complain("bad request");
		return 1;
	}
	opt.mode = rq.mode;
	alarm(rq.timeout_s);
	set_nodelay(fd);
	set_buffers(fd, &rq);

	rdy.error = -wait_subflows(fd, &rq, &rdy.subflows);
	stream_init(&s, fd, &rq, true, 0);
	if (!rdy.error && (rq.mode == MODE_BULK || rq.mode == MODE_MSG || rq.mode == MODE_DATA))
		rdy.error = -stream_alloc(&s);
	err = write_all(fd, &rdy, sizeof(rdy));
	if (rdy.error) {
		complain("%u of %u subflows: %s", rdy.subflows, rq.subflows,
			 strerror(rdy.error));
		return 1;
	}
	if (!err)
		err = read_all(fd, &go, sizeof(go));
	if (err || go.magic != GO_MAGIC) {
		complain("no start: %s", strerror(err ? -err : EBADMSG));
		return 1;
	}

	if (rq.mode == MODE_FETCH || rq.mode == MODE_HOLD) {
		err = fetch_server(fd);
	} else {
		s.start = go.start_ns;
		s.skip_end = s.start + rq.skip_ns;
		s.stop = s.start + rq.duration_ns;
		err = stream_server(&s);
		stream_free(&s);
	}
	get_info(fd, &ci);
	if (opt.verbose)
		printf("served %s error=%d fallback=%d subflows=%u token=%08x\n",
		       mode_names[rq.mode], err, ci.fallback, ci.subflows, ci.token);
	close(fd);
	return err ? 1 : 0;
}

static int server(void)
{
	const char *to = opt.bind ? opt.bind : "::";
	int fd, err, one = 1;

	who = "server";
	fd = socket(strchr(to, ':') ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC,
		    opt.proto);
	if (fd < 0) {
		perror("mptcpx_traffic: socket");
		return 1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	/* before listen(): the receive buffer decides the window scale */
	set_buffers(fd, &opt.rq);
	err = bind_to(fd, to, opt.port);
	if (!err && listen(fd, 512))
		err = -errno;
	if (err) {
		fprintf(stderr, "mptcpx_traffic: bind/listen: %s: %s\n", to, strerror(-err));
		return 1;
	}
	/* a server without -T waits for ever; each connection has its timeout */
	if (opt.timeout_given)
		alarm(opt.rq.timeout_s);
	if (opt.verbose)
		printf("listening port=%u\n", opt.port);

	if (!opt.once)
		signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int c = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		pid_t pid;

		if (c < 0) {
			if (errno == EINTR || errno == ECONNABORTED)
				continue;
			perror("mptcpx_traffic: accept");
			return 1;
		}
		if (opt.once) {
			close(fd);
			return serve(c);
		}
		pid = fork();
		if (!pid) {
			close(fd);
			exit(serve(c));
		}
		if (pid < 0)
			perror("mptcpx_traffic: fork");
		close(c);
	}
}

/* --- one connection, client side --- */

static int connect_timeout(int fd, const struct sockaddr *sa, socklen_t len,
			   double seconds)
{
	struct timeval tv = { seconds, (seconds - (long)seconds) * 1e6 };
	struct timeval none = { 0 };
	int err = 0;

	/* connect() obeys the send timeout */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (connect(fd, sa, len))
		err = errno == EINPROGRESS || errno == EAGAIN ? -ETIMEDOUT : -errno;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof(none));
	return err;
}

static int client_socket(void)
{
	struct sockaddr_storage ss;
	socklen_t len;
	uint64_t give_up = now_ns() + opt.connect_timeout * NS_PER_SEC;
	int fd, err;

	if (parse_addr(opt.peer, opt.port, &ss, &len)) {
		fprintf(stderr, "mptcpx_traffic: not an address: %s\n", opt.peer);
		exit(2);
	}
	for (;;) {
		fd = socket(ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC, opt.proto);
		if (fd < 0) {
			complain("socket: %s", strerror(errno));
			return -1;
		}
		set_buffers(fd, &opt.rq);
		set_nodelay(fd);
		err = opt.bind ? bind_to(fd, opt.bind, 0) : 0;
		if (err) {
			complain("bind: %s: %s", opt.bind, strerror(-err));
			close(fd);
			return -1;
		}
		err = connect_timeout(fd, (struct sockaddr *)&ss, len,
				      opt.connect_timeout);
		if (!err)
			return fd;
		close(fd);
		/* a server started a moment ago may not listen yet */
		if (err != -ECONNREFUSED || now_ns() > give_up) {
			complain("connect: %s", strerror(-err));
			return -1;
		}
		sleep_until(now_ns() + 20000000);
	}
}

static void print_bulk(const char *dir, const struct trailer *t)
{
	printf("%s dir=%s bytes=%" PRIu64 " secs=%.6f mbps=%.3f total=%" PRIu64 "\n",
	       mode_names[opt.mode], dir, t->bytes, t->window / 1e9,
	       t->window ? t->bytes * 8e3 / t->window : 0.0, t->total);
}

static void print_msg(const char *dir, const struct trailer *t)
{
	printf("msg dir=%s n=%" PRIu64 " p50_us=%.1f p95_us=%.1f p99_us=%.1f",
	       dir, t->n, t->p50 / 1e3, t->p95 / 1e3, t->p99 / 1e3);
	printf(" max_us=%.1f gap_us=%.1f min_us=%.1f mean_us=%.1f\n",
	       t->max / 1e3, t->gap / 1e3, t->min / 1e3, t->mean / 1e3);
}

static void print_data(const char *dir, const struct trailer *t)
{
	printf("data dir=%s bytes=%" PRIu64 " verified=%d secs=%.6f\n", dir,
	       t->total, !t->error && t->mismatch == UINT64_MAX, t->window / 1e9);
}

static int stream_report(struct stream *s)
{
	void (*print)(const char *dir, const struct trailer *t) =
		s->rq->mode == MODE_BULK ? print_bulk :
		s->rq->mode == MODE_MSG ? print_msg : print_data;
	bool have = s->trailer_done == sizeof(s->theirs);
	int err = 0;

	if (have && (s->theirs.magic != TRAILER_MAGIC || s->theirs.error)) {
		complain("the server reports: %s",
			 s->theirs.magic != TRAILER_MAGIC ? "nonsense" :
			 strerror(s->theirs.error));
		if (s->theirs.mismatch != UINT64_MAX)
			complain("payload sent differs at byte %" PRIu64,
				 s->theirs.mismatch);
		err = -EREMOTEIO;
	}
	if (s->rq->dir & DIR_UP && have)
		print("up", &s->theirs);
	if (s->rq->dir & DIR_DOWN) {
		rx_result(s, 0);
		print("down", &s->mine);
	}
	return err;
}

static const char *proto_name(void)
{
	unsigned int i = 0;

	while (protos[i].proto != opt.proto)
		i++;
	return protos[i].name;
}

static int client_one(void)
{
	struct request *rq = &opt.rq;
	struct conn_info ci, end;
	struct stream s;
	struct ready rdy;
	struct go go = { .magic = GO_MAGIC };
	unsigned int have;
	int fd, err;

	alarm(rq->timeout_s);
	if (rq->mode == MODE_HOLD)
		hold_prepare();
	fd = client_socket();
	if (fd < 0)
		return 1;

	stream_init(&s, fd, rq, false, 0);
	if (stream_alloc(&s))
		return 1;
	err = write_all(fd, rq, sizeof(*rq));
	if (!err)
		err = read_all(fd, &rdy, sizeof(rdy));
	if (err) {
		complain("no answer to the request: %s", strerror(-err));
		return 1;
	}
	err = wait_subflows(fd, rq, &have);
	if (err || rdy.error || rdy.magic != READY_MAGIC) {
		complain("wanted %u subflows, have %u here and %u at the server",
			 rq->subflows, have, rdy.subflows);
		return 1;
	}
	sleep_until(now_ns() + opt.settle * NS_PER_SEC);
	if (opt.verbose) {
		get_info(fd, &ci);
		printf("ready subflows=%u token=%08x\n", ci.subflows, ci.token);
	}

	go.start_ns = now_ns();
	s.start = go.start_ns;
	s.skip_end = s.start + rq->skip_ns;
	s.stop = s.start + rq->duration_ns;
	err = write_all(fd, &go, sizeof(go));
	get_info(fd, &ci);
	if (err) {
		complain("%s", strerror(-err));
	} else if (rq->mode == MODE_FETCH) {
		err = fetch_client(fd, rq);
	} else if (rq->mode == MODE_HOLD) {
		err = hold_client(fd, rq);
	} else {
		err = stream_client(&s);
		/* after an error the server may still have told what it saw */
		if (!err)
			err = stream_report(&s);
		else if (s.trailer_done == sizeof(s.theirs))
			stream_report(&s);
	}
	/* An orderly close takes the subflows down before we can count them:
	 * tell what was there at the start, unless more have come since.
	 */
	get_info(fd, &end);
	if (end.fallback)
		ci.fallback = true;
	if (end.subflows > ci.subflows)
		ci.subflows = end.subflows;
	if (end.retransmits > ci.retransmits)
		ci.retransmits = end.retransmits;

	if (s.by_time && rq->mode == MODE_BULK) {
		close_reset(fd);
	} else if (opt.abort) {
		close_reset(fd);
	} else if (rq->mode == MODE_FETCH || rq->mode == MODE_HOLD) {
		char byte;

		shutdown(fd, SHUT_WR);
		if (!err && recv_or_end(fd, &byte, 1, 0) != 0) {
			complain("no orderly end");
			err = -EPIPE;
		}
		close(fd);
	} else {
		close(fd);
	}
	printf("conn fallback=%d subflows=%u token=%08x proto=%s retransmits=%u",
	       ci.fallback, ci.subflows, ci.token, proto_name(), ci.retransmits);
	printf(" csum=%d status=%d\n", ci.csum, err ? 1 : 0);
	stream_free(&s);
	return err ? 1 : 0;
}

static int client_many(void)
{
	unsigned int i, ok = 0, failed = 0;
	uint64_t begin = now_ns();
	int status;

	opt.rq.mode = MODE_DATA;
	fflush(stdout);
	for (i = 0; i < opt.nconn; i++) {
		pid_t pid = fork();

		if (!pid) {
			/* only failures are worth a line each */
			if (!freopen("/dev/null", "w", stdout))
				_exit(1);
			opt.rq.seed += i * 1000003ULL;
			exit(client_one());
		}
		if (pid < 0) {
			complain("fork: %s", strerror(errno));
			failed++;
		}
	}
	while (wait(&status) > 0) {
		if (WIFEXITED(status) && !WEXITSTATUS(status))
			ok++;
		else
			failed++;
	}
	printf("many n=%u ok=%u failed=%u bytes=%" PRIu64 " secs=%.6f\n", opt.nconn,
	       ok, failed, opt.rq.bytes, (now_ns() - begin) / 1e9);
	return failed || ok != opt.nconn ? 1 : 0;
}

/* --- command line --- */

static void usage(FILE *out)
{
	fputs("Usage:\n", out);
	fputs("mptcpx_traffic listen [-b ADDR] -P PORT [-1] [-p PROTO] [-T SECS] [-v]\n"
	      "mptcpx_traffic bulk  -c ADDR -P PORT {-t SECS [--skip SECS] | -n BYTES}\n"
	      "mptcpx_traffic msg   -c ADDR -P PORT -s SIZE -i MICROSECS -n COUNT\n"
	      "mptcpx_traffic fetch -c ADDR -P PORT -s SIZE -n COUNT [-i PAUSE_MICROSECS]\n"
	      "mptcpx_traffic data  -c ADDR -P PORT -n BYTES [-w CHUNK|random] [-x SEED]\n"
	      "mptcpx_traffic hold  -c ADDR -P PORT -t SECS (SIGUSR1 ends it earlier)\n"
	      "mptcpx_traffic many  -c ADDR -P PORT -k CONNECTIONS -n BYTES\n"
	      "clients:\n"
	      "  -b, --bind ADDR        own address; with sctp ADDR,ADDR... as well\n"
	      "  -D, --dir DIR          up (client sends; default), down, both; fetch: down is default\n"
	      "  -W, --subflows N       wait until the connection has N subflows\n"
	      "      --wait SECS        for at most so long (10)\n"
	      "      --settle SECS      idle time between that and the start (0.2)\n"
	      "  -w, --chunk N          bytes a send(), or 'random'\n"
	      "      --warm N           fetches left out at the start (1)\n"
	      "      --abort            end by a reset instead of an orderly close\n"
	      "      --raw              also print every sample this end takes, in order\n"
	      "      --connect SECS     connect timeout (10)\n"
	      "both:\n"
	      "  -p, --proto PROTO      mptcp (default), tcp, or, for msg, sctp\n"
	      "  -S, --sndbuf BYTES, -R, --rcvbuf BYTES\n"
	      "  -T, --timeout SECS     for the whole run (120); a server has none without -T\n"
	      "  -v, --verbose          also say 'listening', 'ready', 'served'\n"
	      "BYTES and SIZE take the suffixes K, M, G (1024).\n", out);
}

static void bad_usage(const char *fmt, ...)
{
	va_list ap;

	fputs("mptcpx_traffic: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\n", stderr);
	usage(stderr);
	exit(2);
}

static uint64_t parse_size(const char *text, uint64_t max)
{
	static const char units[] = "KMG";
	unsigned int shift = 0;
	unsigned long long v;
	const char *unit;
	char *end;

	errno = 0;
	v = strtoull(text, &end, 0);
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		shift = 10 * (unit - units + 1);
		end++;
	}
	if (errno || *end || end == text || *text == '-' || v > max >> shift)
		bad_usage("bad number: %s", text);
	return v << shift;
}

static double parse_secs(const char *text)
{
	char *end;
	double v = strtod(text, &end);

	if (*end || end == text || !(v >= 0 && v < 1e6))
		bad_usage("bad time: %s", text);
	return v;
}

enum { OPT_SKIP = 256, OPT_WAIT, OPT_SETTLE, OPT_WARM, OPT_ABORT, OPT_RAW, OPT_CONNECT };

static const struct option long_options[] = {
	{ "bind", required_argument, NULL, 'b' },
	{ "connect-to", required_argument, NULL, 'c' },
	{ "port", required_argument, NULL, 'P' },
	{ "proto", required_argument, NULL, 'p' },
	{ "dir", required_argument, NULL, 'D' },
	{ "time", required_argument, NULL, 't' },
	{ "skip", required_argument, NULL, OPT_SKIP },
	{ "count", required_argument, NULL, 'n' },
	{ "size", required_argument, NULL, 's' },
	{ "interval", required_argument, NULL, 'i' },
	{ "chunk", required_argument, NULL, 'w' },
	{ "seed", required_argument, NULL, 'x' },
	{ "connections", required_argument, NULL, 'k' },
	{ "subflows", required_argument, NULL, 'W' },
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ "settle", required_argument, NULL, OPT_SETTLE },
	{ "warm", required_argument, NULL, OPT_WARM },
	{ "abort", no_argument, NULL, OPT_ABORT },
	{ "raw", no_argument, NULL, OPT_RAW },
	{ "connect", required_argument, NULL, OPT_CONNECT },
	{ "timeout", required_argument, NULL, 'T' },
	{ "sndbuf", required_argument, NULL, 'S' },
	{ "rcvbuf", required_argument, NULL, 'R' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static void parse_options(int argc, char **argv)
{
	struct request *rq = &opt.rq;
	double secs = 0, skip = 0;
	uint64_t n = 0, interval_us = 0;
	bool n_given = false;
	unsigned int i;
	int c;

	if (argc < 2)
		bad_usage("a mode is missing");
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		usage(stdout);
		exit(0);
	}
	opt.listen = !strcmp(argv[1], "listen");
	for (i = 0; !opt.listen; i++) {
		if (i > MODE_MANY)
			bad_usage("no such mode: %s", argv[1]);
		if (!strcmp(argv[1], mode_names[i])) {
			opt.mode = i;
			break;
		}
	}

	*rq = (struct request) {
		.magic = REQUEST_MAGIC, .chunk = 64 * 1024, .seed = 1,
		.wait_ms = 10000, .timeout_s = 120,
	};
	opt.proto = protos[0].proto;
	opt.settle = 0.2;
	opt.connect_timeout = 10;
	opt.warm = 1;
	optind = 2;
	while ((c = getopt_long(argc, argv, "b:c:P:p:D:t:n:s:i:w:x:k:W:T:S:R:1vh",
				long_options, NULL)) != -1) {
		switch (c) {
		case 'b':
			opt.bind = optarg;
			break;
		case 'c':
			opt.peer = optarg;
			break;
		case 'P':
			opt.port = parse_size(optarg, UINT16_MAX);
			break;
		case 'p':
			for (i = 0; i < sizeof(protos) / sizeof(*protos); i++)
				if (!strcmp(optarg, protos[i].name))
					break;
			if (i == sizeof(protos) / sizeof(*protos))
				bad_usage("protocol is mptcp, tcp or sctp");
			opt.proto = protos[i].proto;
			break;
		case 'D':
			rq->dir = !strcmp(optarg, "up") ? DIR_UP :
				  !strcmp(optarg, "down") ? DIR_DOWN :
				  !strcmp(optarg, "both") ? DIR_BOTH : 0;
			if (!rq->dir)
				bad_usage("direction is up, down or both");
			break;
		case 't':
			secs = parse_secs(optarg);
			break;
		case OPT_SKIP:
			skip = parse_secs(optarg);
			break;
		case 'n':
			n = parse_size(optarg, 1ULL << 50);
			n_given = true;
			break;
		case 's':
			rq->size = parse_size(optarg, 1ULL << 32);
			break;
		case 'i':
			interval_us = parse_size(optarg, 1ULL << 32);
			break;
		case 'w':
			rq->chunk = RANDOM_CHUNK;
			if (strcmp(optarg, "random"))
				rq->chunk = parse_size(optarg, BUF_SIZE);
			break;
		case 'x':
			rq->seed = parse_size(optarg, UINT64_MAX);
			break;
		case 'k':
			opt.nconn = parse_size(optarg, 4096);
			break;
		case 'W':
			rq->subflows = parse_size(optarg, 64);
			break;
		case OPT_WAIT:
			rq->wait_ms = parse_secs(optarg) * 1000;
			break;
		case OPT_SETTLE:
			opt.settle = parse_secs(optarg);
			break;
		case OPT_WARM:
			opt.warm = parse_size(optarg, 1 << 20);
			break;
		case OPT_ABORT:
			opt.abort = true;
			break;
		case OPT_RAW:
			opt.raw = true;
			break;
		case OPT_CONNECT:
			opt.connect_timeout = parse_secs(optarg);
			break;
		case 'T':
			rq->timeout_s = parse_size(optarg, 1 << 24);
			opt.timeout_given = true;
			break;
		case 'S':
			rq->sndbuf = parse_size(optarg, INT32_MAX);
			break;
		case 'R':
			rq->rcvbuf = parse_size(optarg, INT32_MAX);
			break;
		case '1':
			opt.once = true;
			break;
		case 'v':
			opt.verbose = true;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	}
	if (optind < argc)
		bad_usage("what is %s?", argv[optind]);
	if (!opt.port)
		bad_usage("-P PORT is missing");
	if (opt.listen)
		return;

	if (opt.proto == IPPROTO_SCTP && opt.mode != MODE_MSG)
		bad_usage("sctp is for msg");
	if (!opt.peer)
		bad_usage("-c ADDR is missing");
	if (!rq->dir)
		rq->dir = opt.mode == MODE_FETCH ? DIR_DOWN : DIR_UP;
	if (!rq->chunk)
		bad_usage("a chunk has at least 1 byte");
	rq->mode = opt.mode;
	rq->duration_ns = secs * NS_PER_SEC;
	rq->skip_ns = skip * NS_PER_SEC;
	switch (opt.mode) {
	case MODE_BULK:
		/* one of the two limits; and something left of it to measure */
		if (!n == !secs || (!n && skip >= secs))
			bad_usage("bulk: -t SECS (more than --skip) or -n BYTES");
		rq->bytes = n;
		break;
	case MODE_MSG:
		if (rq->size < sizeof(struct stamp) || rq->size > 1 << 24 ||
		    !n || n > 1 << 24)
			bad_usage("msg: -n COUNT and -s SIZE (16 bytes to 16 MiB)");
		rq->count = n;
		rq->interval_ns = interval_us * 1000;
		break;
	case MODE_FETCH:
		if (!rq->size || !n || n > 1 << 24)
			bad_usage("fetch: -s SIZE and -n COUNT");
		rq->count = n;
		opt.pause_ns = interval_us * 1000;
		break;
	case MODE_DATA:
		if (!n_given)
			bad_usage("data: -n BYTES");
		rq->bytes = n;
		break;
	case MODE_MANY:
		if (!n_given || !opt.nconn)
			bad_usage("many: -k CONNECTIONS and -n BYTES");
		rq->bytes = n;
		break;
	case MODE_HOLD:
		if (secs <= 0)
			bad_usage("hold: -t SECS");
		break;
	}
	/* asking for a long run implies waiting for its end */
	if (!opt.timeout_given && secs + 60 > rq->timeout_s)
		rq->timeout_s = secs + 60;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	parse_options(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, on_alarm);
	/* timers to the microsecond: the default slack is 50 */
	prctl(PR_SET_TIMERSLACK, 1);

	if (opt.listen)
		return server();
	return opt.mode == MODE_MANY ? client_many() : client_one();
}
