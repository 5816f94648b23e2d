/*
 * The listening side: libmicrohttpd with epoll and its own TLS (GnuTLS). Reads
 * requests within the route table's limits, has a worker thread run the
 * handler meanwhile, and sends the answer.
 */
#ifndef KY_WEB_SERVER_H
#define KY_WEB_SERVER_H

#include "web/route.h"
#include "web/workers.h"

/* Bytes of bodies promised at any time, over all connections of this process; of these to routes that ask for no token. */
#define KY_SERVER_BODIES_MAX ((size_t)512 << 20)
#define KY_SERVER_OPEN_BODIES_MAX (KY_SERVER_BODIES_MAX / 2)

struct ky_server;

struct ky_server_config {
    struct ky_web *web; /* for handlers */
    struct ky_workers *workers;
    const char *address;            /* numeric, IPv4 or IPv6 */
    uint16_t port;                  /* 0: any free one, see ky_server_port */
    const char *tls_cert, *tls_key; /* PEM; NULL: plain HTTP */
    const char
        *client_cas; /* PEM: clients are asked for a certificate by one of these; NULL: they are not asked */
    unsigned io_threads;
    unsigned connections;             /* at once; more wait to be accepted */
    unsigned connections_per_address; /* of these; more are closed at once; 0: no limit */
    unsigned idle_s;                  /* a connection on which nothing comes so long is closed; 0: never */
    const struct ky_route *routes;
    size_t route_count;
};

/*
 * ky_server_start — listens and serves.
 *
 * A request's body is read only when its head is good: the address exists, the length announced is within the route's,
 * the token (where one is asked for) is good for it, and the type is right. Otherwise the answer comes at once and the
 * connection ends. The texts of cfg must live as long as the server.
 * Errors: KY_EIO address or port cannot be had, or the TLS files are wrong; KY_EINVAL the address is not numeric.
 */
ky_rc ky_server_start(struct ky_server **out, const struct ky_server_config *cfg);
/* Takes no new connections; what is being answered still is, as long as the workers run. */
void ky_server_quiesce(struct ky_server *s);
/* After the workers have stopped. */
void ky_server_stop(struct ky_server *s);
uint16_t ky_server_port(const struct ky_server *s);

#endif
