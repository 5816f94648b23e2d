/*
 * The frame of a child: the first part of descriptor 3 is read blocking, up to START; afterwards it is one more
 * connection of the message loop. Notices to the supervisor may be sent by any thread.
 */
#include "os/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "os/clock.h"
#include "os/cond.h"
#include "os/file.h"
#include "os/sanitizer.h"
#include "os/sock.h"

#define START_TIMEOUT_MS 30000 /* from exec to START */
#define NOTICE_TIMEOUT_MS 5000 /* for the supervisor to take a notice */
#define EARLY_PEERS_MAX 256    /* connections that come before START */
#define ROUTES_MAX 8
#define NAME_MAX_BYTES 48

/* Where the connections of some peers go. */
struct route {
    unsigned peers;
    ky_child_connected *connected; /* NULL: served by the loop */
    void *ctx;
};

struct early_peer {
    ky_role role;
    unsigned index;
    int fd; /* owned; -1 once routed */
};

/* A thread that waits for a parse process. */
struct waiter {
    struct waiter *next;
    uint32_t ticket;
    int fd; /* -1 until it came */
};

struct ky_child {
    ky_role role;
    char name[NAME_MAX_BYTES]; /* for the log */
    struct ky_buf config;
    struct ky_ipc_server *server; /* owned */
    struct ky_ipc_server_ops ops; /* the process's own */
    struct ky_ipc_table control;
    struct early_peer early[EARLY_PEERS_MAX];
    size_t early_count;
    struct route routes[ROUTES_MAX];
    size_t route_count;
    bool ready, orphaned;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t came;
    int control_fd; /* owned; writing only */
    struct waiter *waiters;
    uint32_t last_ticket;
};

ky_role ky_child_role(const struct ky_child *c)
{
    return c->role;
}

struct ky_bytes ky_child_config(const struct ky_child *c)
{
    return ky_buf_bytes(&c->config);
}

struct ky_ipc_server *ky_child_server(struct ky_child *c)
{
    return c->server;
}

void ky_child_set_ops(struct ky_child *c, const struct ky_ipc_server_ops *ops)
{
    c->ops = *ops;
}

/* ---- notices to the supervisor ---- */

static ky_rc notify_supervisor(struct ky_child *c, uint16_t type, struct ky_bytes body)
{
    uint8_t head[KY_IPC_HEADER];
    ky_ipc_header_encode(head, &(struct ky_ipc_header){.body_n = (uint32_t)body.n, .type = type});
    ky_auto_buf frame = ky_buf_init(KY_IPC_HEADER + body.n);
    ky_buf_add(&frame, KY_BYTES_OF(head));
    ky_buf_add(&frame, body);
    KY_TRY(ky_buf_finish(&frame));
    pthread_mutex_lock(&c->lock);
    ky_rc rc = ky_sock_write(c->control_fd, ky_buf_bytes(&frame), -1, ky_deadline_in(NOTICE_TIMEOUT_MS));
    pthread_mutex_unlock(&c->lock);
    return rc;
}

ky_rc ky_child_relink(struct ky_child *c, ky_role peer, unsigned index)
{
    ky_auto_buf body = ky_buf_init(KY_CONTROL_PEER_SIZE);
    ky_control_peer_encode(&body, &(struct ky_control_peer){.role = peer, .index = index});
    return notify_supervisor(c, KY_CONTROL_RELINK, ky_buf_bytes(&body));
}

/* ---- connections ---- */

static const struct route *find_route(const struct ky_child *c, ky_role peer)
{
    for (size_t i = 0; i < c->route_count; i++)
        if ((c->routes[i].peers & KY_PEER(peer)) != 0)
            return &c->routes[i];
    return NULL;
}

static ky_rc route_peer(struct ky_child *c, ky_role peer, unsigned index, int taken_fd)
{
    ky_auto_fd fd = taken_fd;
    const struct route *r = find_route(c, peer);
    if (r == NULL)
        return ky_fail(KY_EDENIED, "a connection to %s %u, which this process has no use for",
                       ky_role_name(peer), index);
    if (r->connected == NULL)
        return ky_ipc_server_add(c->server, peer, index, ky_fd_take(&fd));
    r->connected(r->ctx, peer, index, ky_fd_take(&fd));
    return KY_OK;
}

/* A new route takes those of its connections that came before START. */
static ky_rc add_route(struct ky_child *c, const struct route *route)
{
    if (c->route_count == ROUTES_MAX)
        return ky_fail(KY_ELIMIT, "more than %d kinds of peers", ROUTES_MAX);
    c->routes[c->route_count++] = *route;
    for (size_t i = 0; i < c->early_count; i++) {
        struct early_peer *p = &c->early[i];
        if (p->fd >= 0 && (route->peers & KY_PEER(p->role)) != 0)
            KY_TRY(route_peer(c, p->role, p->index, ky_fd_take(&p->fd)));
    }
    return KY_OK;
}

ky_rc ky_child_serve(struct ky_child *c, unsigned peers, const struct ky_ipc_table *table)
{
    KY_TRY(ky_ipc_server_serve(c->server, table));
    return add_route(c, &(struct route){.peers = peers});
}

ky_rc ky_child_connect(struct ky_child *c, unsigned peers, ky_child_connected *connected, void *ctx)
{
    return add_route(c, &(struct route){.peers = peers, .connected = connected, .ctx = ctx});
}

/* ---- parse processes ---- */

static void give_to_waiter(struct ky_child *c, uint32_t ticket, int taken_fd)
{
    ky_auto_fd fd = taken_fd;
    pthread_mutex_lock(&c->lock);
    for (struct waiter *w = c->waiters; w != NULL; w = w->next)
        if (w->ticket == ticket && w->fd < 0)
            w->fd = ky_fd_take(&fd);
    pthread_cond_broadcast(&c->came);
    pthread_mutex_unlock(&c->lock);
}

static void enlist(struct ky_child *c, struct waiter *w)
{
    pthread_mutex_lock(&c->lock);
    w->ticket = ++c->last_ticket;
    w->next = c->waiters;
    c->waiters = w;
    pthread_mutex_unlock(&c->lock);
}

static void await(struct ky_child *c, struct waiter *w, int timeout_ms)
{
    int64_t deadline_ms = ky_deadline_in(timeout_ms);
    pthread_mutex_lock(&c->lock);
    while (w->fd < 0 && ky_cond_wait(&c->came, &c->lock, deadline_ms))
        ;
    struct waiter **at = &c->waiters;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    pthread_mutex_unlock(&c->lock);
}

ky_rc ky_child_spawn_parse(struct ky_child *c, struct ky_ipc_client *out, int timeout_ms)
{
    struct waiter w = {.fd = -1};
    uint8_t body[4];
    enlist(c, &w);
    ky_put_u32(body, w.ticket);
    ky_rc rc = notify_supervisor(c, KY_CONTROL_SPAWN_PARSE, KY_BYTES_OF(body));
    await(c, &w, rc == KY_OK ? timeout_ms : 0);
    KY_TRY(rc);
    if (w.fd < 0)
        return ky_fail(KY_EBUSY, "no parse process within %d ms", timeout_ms);
    *out = ky_ipc_client_init(w.fd);
    return KY_OK;
}

/* ---- messages of the supervisor while we serve ---- */

static ky_rc on_peer(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    (void)reply;
    struct ky_child *c = ctx;
    struct ky_control_peer peer;
    KY_TRY(ky_control_peer_decode(&peer, body));
    int fd = ky_ipc_request_take_fd(request);
    if (peer.ticket == 0)
        return route_peer(c, peer.role, peer.index, fd);
    give_to_waiter(c, peer.ticket, fd);
    return KY_OK;
}

static ky_rc on_stop(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    (void)request, (void)body, (void)reply;
    struct ky_child *c = ctx;
    ky_ipc_server_stop(c->server);
    return KY_OK;
}

static const struct ky_ipc_message control_messages[] = {
    {KY_CONTROL_PEER, "peer", KY_PEER(KY_ROLE_SUPERVISOR), KY_IPC_ANY_PHASE, KY_CONTROL_PEER_SIZE, true,
     on_peer},
    {KY_CONTROL_STOP, "stop", KY_PEER(KY_ROLE_SUPERVISOR), KY_IPC_ANY_PHASE, 0, false, on_stop},
};

static int64_t on_tick(void *ctx, int64_t now_ms)
{
    struct ky_child *c = ctx;
    return c->ops.tick == NULL ? KY_DEADLINE_NEVER : c->ops.tick(c->ops.ctx, now_ms);
}

static void on_closed(void *ctx, ky_role peer, unsigned index)
{
    struct ky_child *c = ctx;
    if (peer != KY_ROLE_SUPERVISOR) {
        if (c->ops.closed != NULL)
            c->ops.closed(c->ops.ctx, peer, index);
        return;
    }
    c->orphaned = true;
    ky_ipc_server_stop(c->server);
}

/* ---- start ---- */

static ky_rc identify(struct ky_child *c, int argc, char **argv, unsigned roles)
{
    uint64_t index;
    if (argc != 3)
        return ky_fail(KY_EINVAL, "%s is started by kysod", argc > 0 ? argv[0] : "this program");
    KY_TRY(ky_role_find(&c->role, argv[1]));
    KY_TRY(ky_parse_u64(&index, ky_bytes_str(argv[2]), UINT32_MAX));
    if ((roles & KY_PEER(c->role)) == 0)
        return ky_fail(KY_EINVAL, "%s cannot be %s", argv[0], argv[1]);
    snprintf(c->name, sizeof c->name, "%s.%u", argv[1], (unsigned)index);
    ky_log_init(c->name, KY_LOG_INFO);
    return KY_OK;
}

static ky_rc take_early_peer(struct ky_child *c, struct ky_bytes body, int *fd)
{
    struct ky_control_peer peer;
    KY_TRY(ky_control_peer_decode(&peer, body));
    if (*fd < 0)
        return ky_fail(KY_EFORMAT, "peer without its descriptor");
    if (c->early_count == EARLY_PEERS_MAX)
        return ky_fail(KY_ELIMIT, "more than %d connections", EARLY_PEERS_MAX);
    c->early[c->early_count++] =
        (struct early_peer){.role = peer.role, .index = peer.index, .fd = ky_fd_take(fd)};
    return KY_OK;
}

/* One message before START. */
static ky_rc read_start_message(struct ky_child *c, bool *started, int64_t deadline_ms)
{
    uint8_t head[KY_IPC_HEADER], body[KY_CONTROL_CONFIG_MAX];
    struct ky_ipc_header h;
    ky_auto_fd fd = -1;
    size_t done;
    KY_TRY(ky_sock_read(KY_CONTROL_FD, head, sizeof head, &done, &fd, deadline_ms));
    KY_TRY(ky_ipc_header_decode(&h, head));
    if (h.body_n > sizeof body)
        return ky_fail(KY_ELIMIT, "control message of %u bytes; at most %zu", h.body_n, sizeof body);
    KY_TRY(ky_sock_read(KY_CONTROL_FD, body, h.body_n, &done, &fd, deadline_ms));
    if (h.type == KY_CONTROL_PEER)
        return take_early_peer(c, KY_BYTES(body, h.body_n), &fd);
    *started = h.type == KY_CONTROL_START;
    if (h.type == KY_CONTROL_CONFIG)
        ky_buf_add(&c->config, KY_BYTES(body, h.body_n));
    else if (!*started)
        return ky_fail(KY_EFORMAT, "control message of type %u before start", h.type);
    return ky_buf_finish(&c->config);
}

static ky_rc read_start(struct ky_child *c)
{
    bool started = false;
    int64_t deadline_ms = ky_deadline_in(START_TIMEOUT_MS);
    while (!started)
        KY_TRY(ky_context(read_start_message(c, &started, deadline_ms), "start"));
    return KY_OK;
}

/* The loop gets descriptor 3; a copy of it stays for threads that send notices. */
static ky_rc set_up_loop(struct ky_child *c)
{
    KY_TRY(ky_ipc_server_new(&c->server));
    c->control_fd = fcntl(KY_CONTROL_FD, F_DUPFD_CLOEXEC, KY_CONTROL_FD + 1);
    if (c->control_fd < 0)
        return ky_fail(KY_EIO, "control descriptor: %s", strerror(errno));
    c->control =
        (struct ky_ipc_table){.messages = control_messages, .count = KY_COUNT(control_messages), .ctx = c};
    struct ky_ipc_server_ops ops = {.ctx = c, .tick = on_tick, .closed = on_closed};
    ky_ipc_server_set_ops(c->server, &ops);
    KY_TRY(ky_ipc_server_serve(c->server, &c->control));
    return ky_ipc_server_add(c->server, KY_ROLE_SUPERVISOR, 0, KY_CONTROL_FD);
}

ky_rc ky_child_init(struct ky_child **out, int argc, char **argv, unsigned roles)
{
    ky_auto_child c = calloc(1, sizeof *c);
    if (c == NULL)
        return ky_fail(KY_ENOMEM, "child");
    pthread_mutex_init(&c->lock, NULL);
    ky_cond_init(&c->came);
    c->control_fd = -1;
    c->config = ky_buf_init(KY_CONTROL_CONFIG_MAX);
    KY_TRY(identify(c, argc, argv, roles));
    ky_sanitizer_enter_sandbox(); /* kysod's filter is ours from the beginning */
    KY_TRY(read_start(c));
    KY_TRY(set_up_loop(c));
    *out = KY_STEAL(c);
    return KY_OK;
}

void ky_child_free(struct ky_child *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->early_count; i++)
        ky_fd_clear(&c->early[i].fd);
    ky_ipc_server_free(c->server);
    ky_fd_clear(&c->control_fd);
    ky_buf_clear(&c->config);
    pthread_cond_destroy(&c->came);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

ky_rc ky_child_run(struct ky_child *c)
{
    for (size_t i = 0; i < c->early_count; i++)
        if (c->early[i].fd >= 0)
            KY_TRY(route_peer(c, c->early[i].role, c->early[i].index, ky_fd_take(&c->early[i].fd)));
    KY_TRY(notify_supervisor(c, KY_CONTROL_READY, KY_BYTES_NONE));
    c->ready = true;
    KY_TRY(ky_ipc_server_run(c->server));
    return c->orphaned ? ky_fail(KY_EIO, "the supervisor is gone") : KY_OK;
}

static bool needs_operator(ky_rc rc)
{
    return rc == KY_EAUTH || rc == KY_EDENIED || rc == KY_EEXIST || rc == KY_EFORMAT || rc == KY_EINVAL ||
           rc == KY_ELIMIT;
}

int ky_child_exit_status(const struct ky_child *c, ky_rc rc)
{
    if (rc == KY_OK)
        return 0;
    ky_log(KY_LOG_ERROR, "process.failed", "code=%s reason=" KY_Q, ky_rc_name(rc), ky_error());
    bool serving = c != NULL && c->ready;
    return !serving && needs_operator(rc) ? KY_EXIT_OPERATOR : KY_EXIT_FAILED;
}
