/* Framing over one non-blocking stream socket. */
#include "os/ipc_conn.h"

#include "os/file.h"
#include "os/sock.h"

void ky_ipc_conn_init(struct ky_ipc_conn *c, int taken_fd)
{
    *c = (struct ky_ipc_conn){
        .fd = taken_fd,
        .got_fd = -1,
        .body = ky_buf_init_secret(KY_IPC_BODY_MAX),
        .out = ky_buf_init_secret(KY_IPC_QUEUE_MAX),
    };
}

void ky_ipc_conn_clear(struct ky_ipc_conn *c)
{
    ky_fd_clear(&c->fd);
    ky_fd_clear(&c->got_fd);
    ky_buf_clear(&c->body);
    ky_buf_clear(&c->out);
    c->out_at = 0;
}

void ky_ipc_conn_next(struct ky_ipc_conn *c)
{
    ky_fd_clear(&c->got_fd);
    ky_buf_clear(&c->body); /* wiped: bodies carry secrets */
    c->body = ky_buf_init_secret(KY_IPC_BODY_MAX);
    c->head_n = 0;
    c->body_n = 0;
}

/* One step towards n bytes; *moved is false when nothing is there now. */
static ky_rc fill(struct ky_ipc_conn *c, uint8_t *p, size_t n, size_t *have, bool *moved, bool *closed)
{
    size_t got;
    KY_TRY(ky_sock_read_some(c->fd, p + *have, n - *have, &got, &c->got_fd, closed));
    *have += got;
    *moved = got > 0;
    return KY_OK;
}

static ky_rc judge(struct ky_ipc_conn *c, ky_ipc_accept *accept, void *ctx)
{
    size_t max_body = 0;
    KY_TRY(ky_ipc_header_decode(&c->h, c->head));
    KY_TRY(accept(ctx, &c->h, &max_body));
    if (c->h.body_n > max_body)
        return ky_fail(KY_ELIMIT, "message body of %u bytes; at most %zu", c->h.body_n, max_body);
    if (c->h.body_n > 0 && ky_buf_grow(&c->body, c->h.body_n) == NULL)
        return ky_buf_finish(&c->body);
    return KY_OK;
}

ky_rc ky_ipc_conn_read(struct ky_ipc_conn *c, ky_ipc_accept *accept, void *ctx, bool *whole, bool *closed)
{
    bool moved = true;
    *whole = false;
    *closed = false;
    while (moved && !*closed && c->head_n < KY_IPC_HEADER) {
        KY_TRY(fill(c, c->head, KY_IPC_HEADER, &c->head_n, &moved, closed));
        if (c->head_n == KY_IPC_HEADER)
            KY_TRY(judge(c, accept, ctx));
    }
    while (moved && !*closed && c->body_n < c->h.body_n)
        KY_TRY(fill(c, c->body.p, c->h.body_n, &c->body_n, &moved, closed));
    if (*closed && c->head_n > 0)
        return ky_fail(KY_EFORMAT, "the connection ended within a message, after %zu bytes",
                       c->head_n + c->body_n);
    *whole = c->head_n == KY_IPC_HEADER && c->body_n == c->h.body_n;
    return KY_OK;
}

ky_rc ky_ipc_conn_flush(struct ky_ipc_conn *c)
{
    while (ky_ipc_conn_queued(c) > 0) {
        size_t sent;
        KY_TRY(ky_sock_write_some(c->fd, KY_BYTES(c->out.p + c->out_at, ky_ipc_conn_queued(c)), -1, &sent));
        if (sent == 0)
            return KY_OK;
        c->out_at += sent;
    }
    ky_buf_reset(&c->out);
    c->out_at = 0;
    return KY_OK;
}

/* Forgets what was sent already, so that the queue holds only what waits. */
static void compact(struct ky_ipc_conn *c)
{
    if (c->out_at == 0)
        return;
    size_t left = ky_ipc_conn_queued(c);
    memmove(c->out.p, c->out.p + c->out_at, left);
    c->out.n = left;
    c->out_at = 0;
}

ky_rc ky_ipc_conn_send(struct ky_ipc_conn *c, const struct ky_ipc_header *h, struct ky_bytes body)
{
    uint8_t head[KY_IPC_HEADER];
    ky_ipc_header_encode(head, h);
    compact(c);
    if (KY_IPC_HEADER + body.n > c->out.max - c->out.n)
        return ky_fail(KY_ELIMIT, "%zu bytes wait for a peer that does not read; at most %zu", c->out.n,
                       c->out.max);
    ky_buf_add(&c->out, KY_BYTES_OF(head));
    ky_buf_add(&c->out, body);
    KY_TRY(ky_buf_finish(&c->out));
    return ky_ipc_conn_flush(c);
}
