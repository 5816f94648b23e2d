/*
 * The listening side: libmicrohttpd with epoll and its own TLS (GnuTLS). Reads
 * requests within the route table's limits, has a worker thread run the
 * handler meanwhile, and sends the answer.
 */
#ifndef KY_WEB_SERVER_H
#define KY_WEB_SERVER_H

#include "web/route.h"
#include "web/workers.h"

#define KY_SERVER_BODIES_MAX ((size_t)512 << 20) /* bytes of bodies held at any time, all connections */

struct ky_server;

struct ky_server_config {
    struct ky_web *web; /* for handlers */
    struct ky_workers *workers;
    const char *address;            /* numeric, IPv4 or IPv6 */
    uint16_t port;                  /* 0: any free one, see ky_server_port */
    const char *tls_cert, *tls_key; /* PEM; NULL: plain HTTP */
    unsigned io_threads;
    unsigned connections;             /* at once; more wait to be accepted */
    unsigned connections_per_address; /* of these; more are closed at once; 0: no limit */
    unsigned idle_s;                  /* a connection on which nothing comes so long is closed; 0: never */
    const struct ky_route *routes;
    size_t route_count;
};

/* The texts of cfg must live as long as the server. KY_EIO: address or port cannot be had; KY_EFORMAT: TLS files. */
ky_rc ky_server_start(struct ky_server **out, const struct ky_server_config *cfg);
/* Takes no new connections; what is being answered still is, as long as the workers run. */
void ky_server_quiesce(struct ky_server *s);
/* After the workers have stopped. */
void ky_server_stop(struct ky_server *s);
uint16_t ky_server_port(const struct ky_server *s);

#endif
