/* One question at a time over one connection, by deadline. */
#include "os/ipc_client.h"

#include "base/secret.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/sock.h"

#define DISCARD_STEP 4096 /* bytes of a late reply thrown away at once */

struct ky_ipc_client ky_ipc_client_init(int taken_fd)
{
    return (struct ky_ipc_client){.fd = taken_fd};
}

void ky_ipc_client_clear(struct ky_ipc_client *c)
{
    ky_fd_clear(&c->fd);
}

/* Ends the connection; whatever went wrong, the caller learns KY_EIO with the reason, or KY_ELIMIT or KY_EBUSY. */
static ky_rc disconnect(struct ky_ipc_client *c, ky_rc rc)
{
    ky_ipc_client_clear(c);
    return rc == KY_ELIMIT || rc == KY_EBUSY ? rc : ky_fail(KY_EIO, "connection lost: %s", ky_error());
}

static ky_rc send_request(struct ky_ipc_client *c, uint16_t type, struct ky_bytes body, int fd,
                          int64_t deadline_ms)
{
    if (body.n > KY_IPC_BODY_MAX)
        return ky_fail(KY_ELIMIT, "message body of %zu bytes; at most %u", body.n, KY_IPC_BODY_MAX);
    uint8_t head[KY_IPC_HEADER];
    c->last_id = c->last_id == UINT32_MAX ? 1 : c->last_id + 1;
    struct ky_ipc_header h = {.body_n = (uint32_t)body.n, .type = type, .id = c->last_id};
    ky_ipc_header_encode(head, &h);
    ky_auto_buf frame = ky_buf_init_secret(KY_IPC_HEADER + body.n);
    ky_buf_add(&frame, KY_BYTES_OF(head));
    ky_buf_add(&frame, body);
    KY_TRY(ky_buf_finish(&frame));
    ky_rc rc = ky_sock_write(c->fd, ky_buf_bytes(&frame), fd, deadline_ms);
    return rc == KY_OK ? KY_OK : disconnect(c, rc);
}

/* Reads n bytes that have to come; a descriptor among them is nonsense. */
static ky_rc read_part(struct ky_ipc_client *c, uint8_t *out, size_t n, size_t *done, int64_t deadline_ms)
{
    ky_auto_fd unasked = -1;
    KY_TRY(ky_sock_read(c->fd, out, n, done, &unasked, deadline_ms));
    return unasked < 0 ? KY_OK : ky_fail(KY_EFORMAT, "a descriptor came with a reply");
}

static ky_rc discard(struct ky_ipc_client *c, size_t n, int64_t deadline_ms)
{
    uint8_t waste[DISCARD_STEP];
    while (n > 0) {
        size_t done, step = n < sizeof waste ? n : sizeof waste;
        KY_TRY(read_part(c, waste, step, &done, deadline_ms));
        n -= step;
    }
    ky_wipe(waste, sizeof waste);
    return KY_OK;
}

/* The header of the reply to our newest question; replies that come too late are passed over. */
static ky_rc read_header(struct ky_ipc_header *h, struct ky_ipc_client *c, uint16_t type, int64_t deadline_ms)
{
    for (;;) {
        uint8_t head[KY_IPC_HEADER];
        size_t done = 0;
        ky_rc rc = read_part(c, head, sizeof head, &done, deadline_ms);
        if (rc == KY_EBUSY && done == 0)
            return rc; /* still in step: the reply may be dropped later */
        if (rc == KY_OK)
            rc = ky_ipc_header_decode(h, head);
        if (rc == KY_OK && (h->type & KY_IPC_REPLY) == 0)
            rc = ky_fail(KY_EFORMAT, "a request came where a reply was due");
        if (rc == KY_OK && h->id != c->last_id) {
            rc = discard(c, h->body_n, deadline_ms);
            if (rc == KY_OK)
                continue;
        }
        if (rc == KY_OK && h->type != (type | KY_IPC_REPLY))
            rc = ky_fail(KY_EFORMAT, "reply of type %u to a request of type %u", h->type, type);
        return rc == KY_OK ? KY_OK : disconnect(c, rc);
    }
}

/* The peer's own failure: its code, with its text as ours. */
static ky_rc read_failure(struct ky_ipc_client *c, const struct ky_ipc_header *h, int64_t deadline_ms)
{
    uint8_t text[KY_IPC_ERROR_MAX];
    size_t done;
    ky_rc rc = read_part(c, text, h->body_n, &done, deadline_ms);
    if (rc != KY_OK)
        return disconnect(c, rc);
    return ky_fail((ky_rc) - (int)h->status, "%.*s", (int)h->body_n, (const char *)text);
}

static ky_rc read_body(struct ky_buf *reply, struct ky_ipc_client *c, size_t n, int64_t deadline_ms)
{
    size_t before = reply->n, done;
    if (n == 0)
        return KY_OK;
    if (n > reply->max - reply->n)
        return ky_fail(KY_ELIMIT, "reply of %zu bytes; at most %zu", n, reply->max - reply->n);
    uint8_t *p = ky_buf_grow(reply, n);
    if (p == NULL)
        return ky_buf_finish(reply);
    ky_rc rc = read_part(c, p, n, &done, deadline_ms);
    if (rc != KY_OK)
        reply->n = before;
    return rc;
}

ky_rc ky_ipc_call_fd(struct ky_ipc_client *c, uint16_t type, struct ky_bytes body, int fd,
                     struct ky_buf *reply, int timeout_ms)
{
    if (!ky_ipc_client_connected(c))
        return ky_fail(KY_EIO, "not connected");
    int64_t deadline_ms = ky_deadline_in(timeout_ms);
    struct ky_ipc_header h;
    KY_TRY(send_request(c, type, body, fd, deadline_ms));
    KY_TRY(read_header(&h, c, type, deadline_ms));
    if (h.status != 0)
        return read_failure(c, &h, deadline_ms);
    ky_rc rc = read_body(reply, c, h.body_n, deadline_ms);
    return rc == KY_OK ? KY_OK : disconnect(c, rc);
}

ky_rc ky_ipc_call(struct ky_ipc_client *c, uint16_t type, struct ky_bytes body, struct ky_buf *reply,
                  int timeout_ms)
{
    return ky_ipc_call_fd(c, type, body, -1, reply, timeout_ms);
}
