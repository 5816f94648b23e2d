/* Messages worker → keeper; see keeper_msg.h. */
#include "domain/keeper_msg.h"

enum { REF_UNLOCKED = 1, REF_ANY_VERSION = 2 }; /* flags of a ref */

static void read_into(uint8_t *out, size_t n, struct ky_reader *in)
{
    struct ky_bytes b = ky_read_bytes(in, n);
    if (b.n == n)
        memcpy(out, b.p, n);
}

void ky_keeper_head_encode(struct ky_buf *out, const struct ky_keeper_head *h)
{
    ky_buf_add_u8(out, (uint8_t)h->op);
    ky_buf_add(out, KY_BYTES_OF(h->statement));
    ky_buf_add(out, KY_BYTES_OF(h->authorisation));
    ky_buf_add_u8(out, h->has_nonce);
    ky_buf_add(out, KY_BYTES_OF(h->nonce));
    ky_buf_add_u64(out, (uint64_t)h->exp);
    ky_buf_add_u16(out, (uint16_t)h->ref_count);
    for (size_t i = 0; i < h->ref_count; i++) {
        ky_buf_add(out, KY_BYTES_OF(h->refs[i].id));
        ky_buf_add_u32(out, h->refs[i].version);
        ky_buf_add(out, KY_BYTES_OF(h->refs[i].hash));
        ky_buf_add_u8(out, (uint8_t)((h->refs[i].unlocked ? REF_UNLOCKED : 0) |
                                     (h->refs[i].any_version ? REF_ANY_VERSION : 0)));
    }
}

ky_rc ky_keeper_head_decode(struct ky_keeper_head *out, struct ky_reader *in)
{
    out->op = (ky_operation)ky_read_u8(in);
    read_into(out->statement, KY_HASH_SIZE, in);
    read_into(out->authorisation, KY_HASH_SIZE, in);
    out->has_nonce = ky_read_u8(in) != 0;
    read_into(out->nonce, KY_NONCE_SIZE, in);
    out->exp = (ky_time)ky_read_u64(in);
    out->ref_count = ky_read_u16(in);
    if (out->op == 0 || out->op >= KY_OP_END)
        return ky_fail(KY_EFORMAT, "keeper: operation %d", out->op);
    if (out->ref_count > KY_KEEPER_REFS_MAX)
        return ky_fail(KY_ELIMIT, "keeper: %zu records, at most %d", out->ref_count, KY_KEEPER_REFS_MAX);
    for (size_t i = 0; i < out->ref_count; i++) {
        read_into(out->refs[i].id, KY_LOG_ID_SIZE, in);
        out->refs[i].version = ky_read_u32(in);
        read_into(out->refs[i].hash, KY_HASH_SIZE, in);
        uint8_t flags = ky_read_u8(in);
        if (flags > (REF_UNLOCKED | REF_ANY_VERSION))
            return ky_fail(KY_EFORMAT, "keeper: record with flags %#x", flags);
        out->refs[i].unlocked = (flags & REF_UNLOCKED) != 0;
        out->refs[i].any_version = (flags & REF_ANY_VERSION) != 0;
    }
    return in->failed ? ky_fail(KY_EFORMAT, "keeper: message ends too early") : KY_OK;
}

void ky_reserve_encode(struct ky_buf *out, const struct ky_reserve *r)
{
    ky_buf_add_u16(out, r->total);
    ky_buf_add_u16(out, (uint16_t)r->count);
    for (size_t i = 0; i < r->count; i++)
        ky_buf_add_u16(out, r->positions[i]);
}

ky_rc ky_reserve_decode(struct ky_reserve *out, struct ky_reader *in)
{
    bool seen[KY_KEEPER_POSITIONS_MAX] = {false};
    out->total = ky_read_u16(in);
    out->count = ky_read_u16(in);
    if (out->total == 0 || out->total > KY_KEEPER_POSITIONS_MAX || out->count == 0 || out->count > out->total)
        return ky_fail(KY_EFORMAT, "reserve: %zu of %u positions", out->count, out->total);
    for (size_t i = 0; i < out->count; i++) {
        uint16_t position = ky_read_u16(in);
        if (position >= out->total || seen[position])
            return ky_fail(KY_EFORMAT, "reserve: position %u twice or beyond %u", position, out->total);
        seen[position] = true;
        out->positions[i] = position;
    }
    return ky_reader_finish(in, "reserve");
}

void ky_execute_encode(struct ky_buf *out, const struct ky_execute *e)
{
    ky_buf_add_u8(out, e->spend_nonce);
    ky_buf_add_u16(out, (uint16_t)e->spend_count);
    for (size_t i = 0; i < e->spend_count; i++) {
        ky_buf_add(out, KY_BYTES_OF(e->spends[i].id));
        ky_buf_add_u64(out, (uint64_t)e->spends[i].not_after);
    }
    ky_buf_add_u16(out, (uint16_t)e->append_count);
    for (size_t i = 0; i < e->append_count; i++) {
        ky_buf_add_u8(out, (uint8_t)e->appends[i].kind);
        ky_buf_add(out, KY_BYTES_OF(e->appends[i].id));
        ky_buf_add_u32(out, e->appends[i].version);
        ky_buf_add(out, KY_BYTES_OF(e->appends[i].hash));
        ky_buf_add_u64(out, (uint64_t)e->appends[i].not_after);
    }
    ky_buf_add_lv(out, e->outbox);
    ky_buf_add_lv(out, e->audit);
}

static ky_rc decode_append(struct ky_append *a, struct ky_reader *in)
{
    a->kind = (ky_log_kind)ky_read_u8(in);
    read_into(a->id, KY_LOG_ID_SIZE, in);
    a->version = ky_read_u32(in);
    read_into(a->hash, KY_HASH_SIZE, in);
    a->not_after = (ky_time)ky_read_u64(in);
    if (a->kind == 0 || a->kind > KY_LOG_KIND_LAST)
        return ky_fail(KY_EFORMAT, "execute: log entry of kind %d", a->kind);
    return KY_OK;
}

ky_rc ky_execute_decode(struct ky_execute *out, struct ky_reader *in)
{
    out->spend_nonce = ky_read_u8(in) != 0;
    out->spend_count = ky_read_u16(in);
    if (out->spend_count > KY_KEEPER_SPENDS_MAX)
        return ky_fail(KY_ELIMIT, "execute: %zu spends, at most %d", out->spend_count, KY_KEEPER_SPENDS_MAX);
    for (size_t i = 0; i < out->spend_count; i++) {
        read_into(out->spends[i].id, KY_LOG_ID_SIZE, in);
        out->spends[i].not_after = (ky_time)ky_read_u64(in);
    }
    out->append_count = ky_read_u16(in);
    if (out->append_count > KY_KEEPER_APPENDS_MAX)
        return ky_fail(KY_ELIMIT, "execute: %zu entries, at most %d", out->append_count,
                       KY_KEEPER_APPENDS_MAX);
    for (size_t i = 0; i < out->append_count; i++)
        KY_TRY(decode_append(&out->appends[i], in));
    out->outbox = ky_read_lv(in, KY_KEEPER_PAYLOAD_MAX);
    out->audit = ky_read_lv(in, KY_KEEPER_PAYLOAD_MAX);
    return ky_reader_finish(in, "execute");
}
