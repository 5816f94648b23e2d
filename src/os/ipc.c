/* Frames: the header's bytes, and what a message table allows. Pure; fuzzed by tests/fuzz/fuzz_ipc.c. */
#include "os/ipc.h"

#define STATUS_MAX (-(int)KY_EINTERNAL)

void ky_ipc_header_encode(uint8_t out[KY_IPC_HEADER], const struct ky_ipc_header *h)
{
    ky_put_u32(out, h->body_n);
    ky_put_u16(out + 4, h->type);
    ky_put_u16(out + 6, h->status);
    ky_put_u32(out + 8, h->id);
}

ky_rc ky_ipc_header_decode(struct ky_ipc_header *out, const uint8_t in[KY_IPC_HEADER])
{
    struct ky_ipc_header h = {
        .body_n = ky_get_u32(in),
        .type = ky_get_u16(in + 4),
        .status = ky_get_u16(in + 6),
        .id = ky_get_u32(in + 8),
    };
    bool reply = (h.type & KY_IPC_REPLY) != 0;
    if (h.body_n > KY_IPC_BODY_MAX)
        return ky_fail(KY_ELIMIT, "message body of %u bytes; at most %u", h.body_n, KY_IPC_BODY_MAX);
    if (!reply && h.status != 0)
        return ky_fail(KY_EFORMAT, "request of type %u with status %u", h.type, h.status);
    if (h.status > STATUS_MAX)
        return ky_fail(KY_EFORMAT, "reply with unknown status %u", h.status);
    if (reply && h.id == 0)
        return ky_fail(KY_EFORMAT, "reply without request id");
    if (h.status != 0 && h.body_n > KY_IPC_ERROR_MAX)
        return ky_fail(KY_EFORMAT, "error text of %u bytes; at most %u", h.body_n, KY_IPC_ERROR_MAX);
    *out = h;
    return KY_OK;
}

ky_rc ky_ipc_table_find(const struct ky_ipc_message **out, const struct ky_ipc_table *table,
                        const struct ky_ipc_header *h, ky_role peer, unsigned phase)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct ky_ipc_message *m = &table->messages[i];
        if (m->type != h->type)
            continue;
        if ((m->peers & KY_PEER(peer)) == 0)
            return ky_fail(KY_EDENIED, "%s is not for %s to send", m->name, ky_role_name(peer));
        if ((m->phases & phase) == 0)
            return ky_fail(KY_EDENIED, "%s is not allowed in phase %#x", m->name, phase);
        if (h->body_n > m->max_body)
            return ky_fail(KY_ELIMIT, "%s of %u bytes; at most %zu", m->name, h->body_n, m->max_body);
        *out = m;
        return KY_OK;
    }
    return ky_fail(KY_ENOTFOUND, "no message has type %u", h->type);
}
