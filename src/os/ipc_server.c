/*
 * The loop of a process over its connections. A connection that ends within a round is only marked; it is
 * swept at the end of the round, so that handlers may add and replace connections freely.
 */
#include "os/ipc_server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/log.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/ipc_conn.h"
#include "os/sock.h"

#define TABLES_MAX 4
#define WATCHES_MAX 4
#define LINKS_MAX 256          /* connections of one process */
#define OWED_MAX 4096          /* deferred answers of one connection; more are not read in */
#define ASKS_MAX 4096          /* questions of ours one connection may leave unanswered */
#define FRAMES_PER_ROUND 32    /* of one connection, before the others have their turn */
#define QUEUE_PAUSE (1u << 20) /* bytes unsent at which nothing more is read from that peer */
#define DRAIN_MS 1000          /* to send what is queued when stopping */

/* A question of ours that waits for its reply. */
struct ask {
    struct ask *next;
    uint32_t id;
    uint16_t type;
    ky_ipc_on_reply *on_reply;
    void *ctx; /* borrowed */
};

struct link {
    struct ky_ipc_conn conn;
    struct ky_ipc_server *server; /* borrowed */
    uint64_t serial;
    ky_role peer;
    unsigned index;
    bool dead;        /* to be swept */
    unsigned owed;    /* deferred answers */
    uint32_t last_id; /* of our newest question */
    unsigned ask_count;
    struct ask *asks;               /* owned, newest first */
    const struct ky_ipc_message *m; /* of the request coming in; NULL when it is a reply */
    void *handler_ctx;
};

struct watch {
    int fd; /* borrowed */
    void (*ready)(void *ctx);
    void *ctx;
};

struct ky_ipc_server {
    struct ky_ipc_server_ops ops;
    const struct ky_ipc_table *tables[TABLES_MAX];
    size_t table_count;
    struct link *links[LINKS_MAX]; /* owned */
    size_t link_count;
    struct watch watches[WATCHES_MAX];
    size_t watch_count;
    uint64_t last_serial;
    unsigned phase;
    int64_t tick_at_ms;
    bool stopping;
    struct ky_ipc_counters counters;
};

struct ky_ipc_request {
    struct link *link;
    struct ky_ipc_header h;
    bool deferred;
};

ky_rc ky_ipc_server_new(struct ky_ipc_server **out)
{
    struct ky_ipc_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ky_fail(KY_ENOMEM, "message server");
    s->phase = 1;
    *out = s;
    return KY_OK;
}

void ky_ipc_server_set_ops(struct ky_ipc_server *s, const struct ky_ipc_server_ops *ops)
{
    s->ops = *ops;
}

ky_rc ky_ipc_server_serve(struct ky_ipc_server *s, const struct ky_ipc_table *table)
{
    if (s->table_count == TABLES_MAX)
        return ky_fail(KY_ELIMIT, "more than %d message tables", TABLES_MAX);
    s->tables[s->table_count++] = table;
    return KY_OK;
}

void ky_ipc_server_set_phase(struct ky_ipc_server *s, unsigned phase)
{
    s->phase = phase;
}

ky_rc ky_ipc_server_watch(struct ky_ipc_server *s, int fd, void (*ready)(void *ctx), void *ctx)
{
    if (s->watch_count == WATCHES_MAX)
        return ky_fail(KY_ELIMIT, "more than %d watched descriptors", WATCHES_MAX);
    s->watches[s->watch_count++] = (struct watch){fd, ready, ctx};
    return KY_OK;
}

struct ky_ipc_counters ky_ipc_server_counters(const struct ky_ipc_server *s)
{
    return s->counters;
}

void ky_ipc_server_stop(struct ky_ipc_server *s)
{
    s->stopping = true;
}

/* ---- connections ---- */

static struct link *find_link(const struct ky_ipc_server *s, ky_role peer, unsigned index)
{
    for (size_t i = 0; i < s->link_count; i++) {
        struct link *l = s->links[i];
        if (!l->dead && l->peer == peer && l->index == index)
            return l;
    }
    return NULL;
}

static struct link *find_serial(const struct ky_ipc_server *s, uint64_t serial)
{
    for (size_t i = 0; i < s->link_count; i++)
        if (!s->links[i]->dead && s->links[i]->serial == serial)
            return s->links[i];
    return NULL;
}

/* Every question still open on a connection that is gone is answered: nobody knows. */
static void fail_asks(struct link *l)
{
    while (l->asks != NULL) {
        struct ask *a = l->asks;
        l->asks = a->next;
        ky_rc rc = ky_fail(KY_EIO, "%s %u went away before it answered", ky_role_name(l->peer), l->index);
        a->on_reply(a->ctx, rc, true, KY_BYTES_NONE);
        free(a);
    }
}

static void free_link(struct link *l)
{
    ky_ipc_conn_clear(&l->conn);
    while (l->asks != NULL) {
        struct ask *a = l->asks;
        l->asks = a->next;
        free(a);
    }
    free(l);
}

void ky_ipc_server_free(struct ky_ipc_server *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->link_count; i++)
        free_link(s->links[i]);
    free(s);
}

static void sweep(struct ky_ipc_server *s)
{
    for (size_t i = 0; i < s->link_count;) {
        struct link *l = s->links[i];
        if (!l->dead) {
            i++;
            continue;
        }
        s->links[i] = s->links[--s->link_count];
        fail_asks(l);
        if (s->ops.closed != NULL)
            s->ops.closed(s->ops.ctx, l->peer, l->index);
        free_link(l);
    }
}

static void kill_link(struct link *l)
{
    l->dead = true;
    ky_fd_clear(&l->conn.fd);
}

/* A broken rule: the connection ends, is counted and logged; the reason is this thread's error text. */
static void break_link(struct link *l)
{
    l->server->counters.broken++;
    ky_log(KY_LOG_WARN, "ipc.broken", "peer=%s index=%u reason=" KY_Q, ky_role_name(l->peer), l->index,
           ky_error());
    kill_link(l);
}

ky_rc ky_ipc_server_add(struct ky_ipc_server *s, ky_role peer, unsigned index, int taken_fd)
{
    ky_auto_fd fd = taken_fd;
    if (s->link_count == LINKS_MAX)
        return ky_fail(KY_ELIMIT, "more than %d connections", LINKS_MAX);
    struct link *l = calloc(1, sizeof *l);
    if (l == NULL)
        return ky_fail(KY_ENOMEM, "connection");
    ky_ipc_server_remove(s, peer, index);
    l->server = s;
    l->serial = ++s->last_serial;
    l->peer = peer;
    l->index = index;
    ky_ipc_conn_init(&l->conn, ky_fd_take(&fd));
    s->links[s->link_count++] = l;
    return KY_OK;
}

void ky_ipc_server_remove(struct ky_ipc_server *s, ky_role peer, unsigned index)
{
    struct link *l = find_link(s, peer, index);
    if (l != NULL)
        kill_link(l);
}

bool ky_ipc_server_has(const struct ky_ipc_server *s, ky_role peer, unsigned index)
{
    return find_link(s, peer, index) != NULL;
}

static ky_rc send_frame(struct link *l, uint16_t type, uint32_t id, ky_rc rc, struct ky_bytes body)
{
    struct ky_ipc_header h = {
        .body_n = (uint32_t)body.n, .type = type, .status = (uint16_t) - (int)rc, .id = id};
    return ky_ipc_conn_send(&l->conn, &h, body);
}

static void send_reply(struct link *l, uint16_t type, uint32_t id, ky_rc rc, struct ky_bytes body)
{
    if (rc != KY_OK) {
        body = ky_bytes_str(ky_error());
        body.n = body.n > KY_IPC_ERROR_MAX ? KY_IPC_ERROR_MAX : body.n;
    }
    if (id != 0 && send_frame(l, (uint16_t)(type | KY_IPC_REPLY), id, rc, body) != KY_OK)
        break_link(l);
}

/* ---- requests of the peer ---- */

ky_role ky_ipc_request_peer(const struct ky_ipc_request *request)
{
    return request->link->peer;
}

unsigned ky_ipc_request_index(const struct ky_ipc_request *request)
{
    return request->link->index;
}

int ky_ipc_request_take_fd(struct ky_ipc_request *request)
{
    return ky_fd_take(&request->link->conn.got_fd);
}

struct ky_ipc_ticket ky_ipc_defer(struct ky_ipc_request *request)
{
    request->deferred = true;
    request->link->owed++;
    return (struct ky_ipc_ticket){
        .connection = request->link->serial, .id = request->h.id, .type = request->h.type};
}

void ky_ipc_answer(struct ky_ipc_server *s, struct ky_ipc_ticket ticket, ky_rc rc, struct ky_bytes body)
{
    struct link *l = find_serial(s, ticket.connection);
    if (l == NULL)
        return;
    l->owed--;
    s->counters.errors += rc != KY_OK;
    send_reply(l, ticket.type, ticket.id, rc, body);
}

static void handle_request(struct link *l)
{
    struct ky_ipc_server *s = l->server;
    struct ky_ipc_request request = {.link = l, .h = l->conn.h};
    ky_auto_buf reply = ky_buf_init_secret(KY_IPC_BODY_MAX);
    s->counters.requests++;
    ky_rc rc = l->m->handle(l->handler_ctx, &request, ky_buf_bytes(&l->conn.body), &reply);
    if (request.deferred)
        return;
    if (rc == KY_OK)
        rc = ky_buf_finish(&reply);
    if (rc != KY_OK)
        s->counters.errors++;
    if (rc != KY_OK && request.h.id == 0)
        ky_log(KY_LOG_WARN, "ipc.notice_failed", "message=%s peer=%s index=%u reason=" KY_Q, l->m->name,
               ky_role_name(l->peer), l->index, ky_error());
    if (!l->dead)
        send_reply(l, request.h.type, request.h.id, rc, ky_buf_bytes(&reply));
}

/* ---- replies to us ---- */

static struct ask **find_ask(struct link *l, const struct ky_ipc_header *h)
{
    for (struct ask **at = &l->asks; *at != NULL; at = &(*at)->next)
        if ((*at)->id == h->id && ((*at)->type | KY_IPC_REPLY) == h->type)
            return at;
    return NULL;
}

static void handle_reply(struct link *l)
{
    struct ask **at = find_ask(l, &l->conn.h);
    struct ask *a = *at; /* there: accept_frame looked */
    *at = a->next;
    l->ask_count--;
    ky_rc rc = (ky_rc) - (int)l->conn.h.status;
    struct ky_bytes body = ky_buf_bytes(&l->conn.body);
    if (rc != KY_OK)
        rc = ky_fail(rc, "%.*s", (int)body.n, (const char *)body.p);
    a->on_reply(a->ctx, rc, false, body);
    free(a);
}

ky_rc ky_ipc_ask(struct ky_ipc_server *s, ky_role peer, unsigned index, uint16_t type, struct ky_bytes body,
                 ky_ipc_on_reply *on_reply, void *ctx)
{
    struct link *l = find_link(s, peer, index);
    if (l == NULL)
        return ky_fail(KY_ENOTFOUND, "no connection to %s %u", ky_role_name(peer), index);
    if (l->ask_count >= ASKS_MAX)
        return ky_fail(KY_EBUSY, "%s %u owes %u answers", ky_role_name(peer), index, l->ask_count);
    struct ask *a = calloc(1, sizeof *a);
    if (a == NULL)
        return ky_fail(KY_ENOMEM, "question to %s", ky_role_name(peer));
    l->last_id = l->last_id == UINT32_MAX ? 1 : l->last_id + 1;
    ky_rc rc = send_frame(l, type, l->last_id, KY_OK, body);
    if (rc != KY_OK) {
        free(a);
        break_link(l);
        return rc;
    }
    *a = (struct ask){.next = l->asks, .id = l->last_id, .type = type, .on_reply = on_reply, .ctx = ctx};
    l->asks = a;
    l->ask_count++;
    return KY_OK;
}

ky_rc ky_ipc_notify(struct ky_ipc_server *s, ky_role peer, unsigned index, uint16_t type,
                    struct ky_bytes body, int fd)
{
    struct link *l = find_link(s, peer, index);
    if (l == NULL)
        return ky_fail(KY_ENOTFOUND, "no connection to %s %u", ky_role_name(peer), index);
    if (ky_ipc_conn_queued(&l->conn) > 0)
        return ky_fail(KY_EBUSY, "%s %u does not read", ky_role_name(peer), index);
    uint8_t head[KY_IPC_HEADER];
    ky_ipc_header_encode(head, &(struct ky_ipc_header){.body_n = (uint32_t)body.n, .type = type});
    ky_auto_buf frame = ky_buf_init_secret(KY_IPC_HEADER + body.n);
    ky_buf_add(&frame, KY_BYTES_OF(head));
    ky_buf_add(&frame, body);
    KY_TRY(ky_buf_finish(&frame));
    size_t sent;
    KY_TRY(ky_sock_write_some(l->conn.fd, ky_buf_bytes(&frame), fd, &sent));
    if (sent == frame.n)
        return KY_OK;
    if (sent > 0)
        kill_link(l); /* half a notice can not be taken back */
    return ky_fail(KY_EBUSY, "%s %u does not read", ky_role_name(peer), index);
}

/* ---- the loop ---- */

static ky_rc accept_reply(struct link *l, const struct ky_ipc_header *h, size_t *max_body)
{
    l->m = NULL;
    *max_body = KY_IPC_ACK_MAX;
    if (find_ask(l, h) == NULL)
        return ky_fail(KY_EFORMAT, "reply of type %u to a question that was not asked", h->type);
    return KY_OK;
}

static ky_rc accept_frame(void *ctx, const struct ky_ipc_header *h, size_t *max_body)
{
    struct link *l = ctx;
    struct ky_ipc_server *s = l->server;
    if ((h->type & KY_IPC_REPLY) != 0)
        return accept_reply(l, h, max_body);
    ky_rc rc = ky_fail(KY_ENOTFOUND, "this process takes no messages");
    for (size_t i = 0; i < s->table_count && rc == KY_ENOTFOUND; i++) {
        rc = ky_ipc_table_find(&l->m, s->tables[i], h, l->peer, s->phase);
        l->handler_ctx = s->tables[i]->ctx;
    }
    KY_TRY(rc);
    *max_body = l->m->max_body;
    return KY_OK;
}

static ky_rc check_fd(const struct link *l)
{
    bool wanted = l->m != NULL && l->m->carries_fd;
    if (wanted == (l->conn.got_fd >= 0))
        return KY_OK;
    return ky_fail(KY_EFORMAT,
                   wanted ? "message without its descriptor" : "descriptor with a message that has none");
}

static void read_link(struct link *l)
{
    for (int i = 0; i < FRAMES_PER_ROUND && !l->dead && l->owed < OWED_MAX; i++) {
        bool whole, closed;
        ky_rc rc = ky_ipc_conn_read(&l->conn, accept_frame, l, &whole, &closed);
        if (rc == KY_OK && whole)
            rc = check_fd(l);
        if (rc != KY_OK) {
            break_link(l);
            return;
        }
        if (closed)
            kill_link(l);
        if (!whole)
            return;
        if (l->m == NULL)
            handle_reply(l);
        else
            handle_request(l);
        ky_ipc_conn_next(&l->conn);
    }
}

static short wanted_events(const struct link *l)
{
    size_t queued = ky_ipc_conn_queued(&l->conn);
    bool read_on = queued < QUEUE_PAUSE && l->owed < OWED_MAX;
    return (short)((read_on ? POLLIN : 0) | (queued > 0 ? POLLOUT : 0));
}

static int poll_timeout(const struct ky_ipc_server *s, int timeout_ms)
{
    if (s->tick_at_ms == KY_DEADLINE_NEVER)
        return timeout_ms;
    int64_t left = s->tick_at_ms - ky_mono_ms();
    left = left < 0 ? 0 : left > 60000 ? 60000 : left;
    return timeout_ms >= 0 && timeout_ms < left ? timeout_ms : (int)left;
}

static void serve_ready(struct ky_ipc_server *s, const struct pollfd *polled, size_t link_count)
{
    for (size_t i = 0; i < s->watch_count; i++)
        if (polled[i].revents != 0)
            s->watches[i].ready(s->watches[i].ctx);
    polled += s->watch_count;
    for (size_t i = 0; i < link_count; i++) { /* links are only added behind these before the sweep */
        struct link *l = s->links[i];
        if (!l->dead && (polled[i].revents & POLLOUT) != 0 && ky_ipc_conn_flush(&l->conn) != KY_OK)
            break_link(l);
        if (!l->dead && (polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
            read_link(l);
        if (!l->dead && l->owed >= OWED_MAX && (polled[i].revents & POLLHUP) != 0)
            kill_link(l); /* it is gone and waits for nothing we owe */
    }
}

static void run_tick(struct ky_ipc_server *s)
{
    if (s->ops.tick != NULL)
        s->tick_at_ms = s->ops.tick(s->ops.ctx, ky_mono_ms());
    else
        s->tick_at_ms = KY_DEADLINE_NEVER;
}

ky_rc ky_ipc_server_step(struct ky_ipc_server *s, int timeout_ms)
{
    struct pollfd polled[WATCHES_MAX + LINKS_MAX];
    size_t link_count = s->link_count;
    for (size_t i = 0; i < s->watch_count; i++)
        polled[i] = (struct pollfd){.fd = s->watches[i].fd, .events = POLLIN};
    for (size_t i = 0; i < link_count; i++)
        polled[s->watch_count + i] =
            (struct pollfd){.fd = s->links[i]->conn.fd, .events = wanted_events(s->links[i])};
    int n = poll(polled, s->watch_count + link_count, poll_timeout(s, timeout_ms));
    if (n < 0 && errno != EINTR)
        return ky_fail(KY_EIO, "poll: %s", strerror(errno));
    if (n > 0)
        serve_ready(s, polled, link_count);
    run_tick(s);
    sweep(s);
    return KY_OK;
}

/* What is queued gets a last chance; a peer that does not read does not keep us. */
static void drain(struct ky_ipc_server *s)
{
    int64_t deadline_ms = ky_deadline_in(DRAIN_MS);
    for (size_t i = 0; i < s->link_count; i++) {
        struct ky_ipc_conn *c = &s->links[i]->conn;
        while (c->fd >= 0 && ky_ipc_conn_queued(c) > 0)
            if (ky_sock_wait(c->fd, POLLOUT, deadline_ms) != KY_OK || ky_ipc_conn_flush(c) != KY_OK)
                break;
    }
}

ky_rc ky_ipc_server_run(struct ky_ipc_server *s)
{
    while (!s->stopping)
        KY_TRY(ky_ipc_server_step(s, -1));
    drain(s);
    return KY_OK;
}
