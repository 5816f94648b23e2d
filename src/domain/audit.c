/* Audit records and checkpoints; see audit.h and docs/protocol/keeper.md §2. Encode and parse stand side by side. */
#include "domain/audit.h"

#include "crypto/digest.h"
#include "crypto/pubkey.h"

#define CHECKPOINT_SIGNED 50 /* bytes before the signature */

static const char *const operation_names[KY_OP_END] = {
    [KY_OP_SIGN] = "sign",
    [KY_OP_ISSUE] = "issue",
    [KY_OP_REFUSE] = "refuse",
    [KY_OP_REVOKE] = "revoke",
    [KY_OP_ENROL_DEVICE] = "enrol-device",
    [KY_OP_REMOVE_DEVICE] = "remove-device",
    [KY_OP_LOCK] = "lock",
    [KY_OP_UNLOCK] = "unlock",
    [KY_OP_ADMIN] = "admin",
    [KY_OP_BIND] = "bind",
    [KY_OP_CODE] = "code",
    [KY_OP_ATTEMPT] = "attempt",
    [KY_OP_CERTIFY] = "certify",
    [KY_OP_CRL] = "crl",
    [KY_OP_OCSP] = "ocsp",
    [KY_OP_TSP] = "tsp",
    [KY_OP_NONCE] = "nonce",
    [KY_OP_OTHER] = "other",
    [KY_OP_RECEIVE] = "receive",
    [KY_OP_OVERDUE] = "overdue",
};

const char *ky_operation_name(ky_operation op)
{
    return op > 0 && op < KY_OP_END ? operation_names[op] : "?";
}

static ky_rc record_hash(uint8_t out[KY_HASH_SIZE], struct ky_bytes body)
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso audit v1"), body};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

static void encode(struct ky_buf *out, const struct ky_audit_record *r)
{
    ky_buf_add_u64(out, r->sequence);
    ky_buf_add_u64(out, (uint64_t)r->time);
    ky_buf_add_u16(out, r->node);
    ky_buf_add_u8(out, (uint8_t)r->phase);
    ky_buf_add_u8(out, (uint8_t)r->op);
    ky_buf_add_u16(out, (uint16_t)r->result);
    ky_buf_add(out, KY_BYTES_OF(r->statement));
    ky_buf_add(out, KY_BYTES_OF(r->authorisation));
    ky_buf_add_u16(out, (uint16_t)r->object_count);
    for (size_t i = 0; i < r->object_count; i++) {
        ky_buf_add(out, KY_BYTES_OF(r->objects[i].id));
        ky_buf_add_u32(out, r->objects[i].version);
    }
    ky_buf_add_lv(out, r->payload);
    ky_buf_add(out, KY_BYTES_OF(r->previous));
}

static void read_hash(uint8_t out[KY_HASH_SIZE], struct ky_reader *in)
{
    struct ky_bytes b = ky_read_bytes(in, KY_HASH_SIZE);
    if (b.n == KY_HASH_SIZE)
        memcpy(out, b.p, KY_HASH_SIZE);
}

ky_rc ky_audit_parse(struct ky_audit_record *out, struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX],
                     struct ky_bytes body)
{
    struct ky_reader in = KY_READER(body);
    struct ky_audit_record r = {.objects = objects};
    r.sequence = ky_read_u64(&in);
    r.time = (ky_time)ky_read_u64(&in);
    r.node = ky_read_u16(&in);
    r.phase = (ky_audit_phase)ky_read_u8(&in);
    r.op = (ky_operation)ky_read_u8(&in);
    r.result = (int16_t)ky_read_u16(&in);
    read_hash(r.statement, &in);
    read_hash(r.authorisation, &in);
    r.object_count = ky_read_u16(&in);
    if (r.object_count > KY_AUDIT_OBJECTS_MAX)
        return ky_fail(KY_EFORMAT, "audit record: %zu objects, at most %d", r.object_count,
                       KY_AUDIT_OBJECTS_MAX);
    for (size_t i = 0; i < r.object_count; i++) {
        struct ky_bytes id = ky_read_bytes(&in, KY_ID_SIZE);
        if (id.n == KY_ID_SIZE)
            memcpy(objects[i].id, id.p, KY_ID_SIZE);
        objects[i].version = ky_read_u32(&in);
    }
    r.payload = ky_read_lv(&in, KY_AUDIT_RECORD_MAX);
    read_hash(r.previous, &in);
    KY_TRY(ky_reader_finish(&in, "audit record"));
    if (r.phase < KY_AUDIT_START || r.phase > KY_AUDIT_SEALED || r.op >= KY_OP_END)
        return ky_fail(KY_EFORMAT, "audit record %llu: phase %d, operation %d",
                       (unsigned long long)r.sequence, r.phase, r.op);
    *out = r;
    return KY_OK;
}

/* The chain after a record whose body is given. */
static ky_rc advance(struct ky_audit_chain *chain, const struct ky_audit_record *r, struct ky_bytes body)
{
    uint8_t hash[KY_HASH_SIZE];
    KY_TRY(record_hash(hash, body));
    KY_TRY(ky_merkle_add(&chain->tree, body));
    memcpy(chain->head, hash, KY_HASH_SIZE);
    if (r->time > chain->highest_time)
        chain->highest_time = r->time;
    return KY_OK;
}

ky_rc ky_audit_append(struct ky_buf *out, struct ky_audit_chain *chain, struct ky_audit_record *r)
{
    if (r->object_count > KY_AUDIT_OBJECTS_MAX)
        return ky_fail(KY_ELIMIT, "audit record of %zu objects, at most %d", r->object_count,
                       KY_AUDIT_OBJECTS_MAX);
    r->sequence = chain->tree.size + 1;
    r->node = chain->node;
    memcpy(r->previous, chain->head, KY_HASH_SIZE);
    ky_auto_buf body = ky_buf_init(KY_AUDIT_RECORD_MAX);
    encode(&body, r);
    KY_TRY(ky_context(ky_buf_finish(&body), "audit record"));
    ky_buf_add_lv(out, ky_buf_bytes(&body));
    KY_TRY(ky_buf_finish(out));
    return advance(chain, r, ky_buf_bytes(&body));
}

ky_rc ky_audit_follow(struct ky_audit_chain *chain, struct ky_audit_record *out,
                      struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX], struct ky_bytes body)
{
    struct ky_audit_record r;
    uint64_t wanted = chain->tree.size + 1;
    KY_TRY(ky_audit_parse(&r, objects, body));
    if (r.sequence != wanted || r.node != chain->node)
        return ky_fail(KY_EAUTH, "audit record %llu of node %d where %llu of node %d is wanted",
                       (unsigned long long)r.sequence, r.node, (unsigned long long)wanted, chain->node);
    if (memcmp(r.previous, chain->head, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EAUTH, "audit record %llu does not follow the one before it",
                       (unsigned long long)wanted);
    KY_TRY(advance(chain, &r, body));
    *out = r;
    return KY_OK;
}

static ky_rc checkpoint_digest(uint8_t out[KY_HASH_SIZE], const uint8_t *encoded, ky_process process)
{
    uint8_t p = (uint8_t)process;
    const struct ky_bytes parts[] = {KY_LABEL("kyso checkpoint v1"), {&p, 1}, {encoded, CHECKPOINT_SIGNED}};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

ky_rc ky_checkpoint_make(uint8_t out[KY_CHECKPOINT_SIZE], const struct ky_audit_chain *chain,
                         const struct ky_signer *signer, ky_time now)
{
    uint8_t digest[KY_HASH_SIZE];
    ky_put_u16(out, chain->node);
    ky_put_u64(out + 2, chain->tree.size);
    KY_TRY(ky_merkle_root(out + 10, &chain->tree));
    ky_put_u64(out + 42, (uint64_t)now);
    KY_TRY(checkpoint_digest(digest, out, chain->process));
    ky_auto_buf der = ky_buf_init(KY_SIGNATURE_MAX);
    KY_TRY(signer->sign(signer->ctx, &der, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest)));
    return ky_ecdsa_to_raw(out + CHECKPOINT_SIGNED, KY_P256_RAW, ky_buf_bytes(&der));
}

ky_rc ky_checkpoint_verify(struct ky_checkpoint *out, const uint8_t in[KY_CHECKPOINT_SIZE],
                           ky_process process, const uint8_t point[65])
{
    uint8_t digest[KY_HASH_SIZE];
    KY_TRY(checkpoint_digest(digest, in, process));
    ky_rc rc = ky_p256_verify_raw(KY_BYTES(point, KY_P256_POINT), digest,
                                  KY_BYTES(in + CHECKPOINT_SIGNED, KY_P256_RAW));
    KY_TRY(ky_context(rc, "checkpoint of %llu records", (unsigned long long)ky_get_u64(in + 2)));
    out->node = ky_get_u16(in);
    out->size = ky_get_u64(in + 2);
    memcpy(out->root, in + 10, KY_HASH_SIZE);
    out->time = (ky_time)ky_get_u64(in + 42);
    return KY_OK;
}
