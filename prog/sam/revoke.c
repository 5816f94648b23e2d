/*
 * SAM_REVOKE and SAM_REVOKED: keys that end. Which key it is says its record,
 * which names the certificate whose serial number stands in the organisation's
 * request, or in the word of ca; a dead key is never unwrapped again.
 */
#include "crypto/digest.h"
#include "domain/attestation.h"
#include "domain/revoke.h"
#include "pki/crl.h"
#include "prog/sam/sam.h"

/* Dead in every version, for good. */
static void add_dead(struct ky_execute *e, const struct ky_record *key, const uint8_t because[KY_HASH_SIZE])
{
    struct ky_append *a = &e->appends[e->append_count++];
    *a = (struct ky_append){.kind = KY_LOGGED_DEAD, .version = INT32_MAX, .not_after = KY_TIME_NEVER};
    ky_record_log_id(a->id, KY_REC_KEY, key->id);
    memcpy(a->hash, because, KY_HASH_SIZE);
}

/* ---- an approved request ---- */

/* `u32 row ‖ lv(key record) ‖ lv(certificate)` */
static ky_rc end_row(struct ky_sam *sam, struct ky_decision *d, struct ky_execute *e, struct ky_bytes item,
                     uint32_t *number)
{
    struct ky_revoke_row row;
    ky_auto_credential c = {.cert = NULL};
    struct ky_reader in = KY_READER(item);
    *number = ky_read_u32(&in);
    KY_TRY(ky_credential_read(&c, &in, sam));
    if (!ky_rows_contain(&d->issue, *number))
        return ky_fail(KY_EDENIED, "it is not among those approved");
    KY_TRY(ky_revoke_find_row(&row, &d->request, *number));
    KY_TRY(ky_credential_check_serial(&c, row.serial));
    KY_TRY(ky_head_ref_record(&d->head, &c.record, false));
    struct ky_spend *spend = &e->spends[e->spend_count++];
    spend->not_after = KY_TIME_NEVER;
    KY_TRY(ky_row_spend_id(spend->id, d->request.hash, *number));
    add_dead(e, &c.record, d->issue.hash);
    return KY_OK;
}

static ky_rc revoke(struct ky_sam *sam, struct ky_bytes body)
{
    ky_auto_decision d = {0};
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX], items[KY_BATCH_MAX];
    uint32_t rows[KY_BATCH_MAX];
    struct ky_execute e = {.spend_nonce = true};
    size_t count;
    bool repeated;
    KY_TRY(ky_message_read(fields, KY_MSG_SAM_REVOKE, body));
    KY_TRY(ky_list_read(items, &count, KY_BATCH_MAX, fields[6], "rows"));
    KY_TRY(ky_worker_decide(&sam->w, &d, KY_ST_REVOKE, fields));
    for (size_t i = 0; i < count; i++)
        KY_TRY(ky_context(end_row(sam, &d, &e, items[i], &rows[i]), "item %zu", i + 1));
    KY_TRY(ky_rows_ascend(rows, count));
    return ky_worker_execute(&sam->w, &d.head, &e, &repeated, NULL);
}

ky_rc ky_sam_handle_revoke(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    (void)request, (void)reply;
    return ky_worker_refused(&sam->w, KY_OP_REVOKE, revoke(sam, body));
}

/* ---- the word of ca ---- */

/* `lv(revocation attestation) ‖ signature 64 ‖ lv(key record) ‖ lv(certificate)` */
static ky_rc end_revoked(struct ky_sam *sam, struct ky_execute *e, struct ky_bytes item)
{
    struct ky_revocation r;
    ky_auto_credential c = {.cert = NULL};
    uint8_t because[KY_HASH_SIZE];
    struct ky_reader in = KY_READER(item);
    struct ky_bytes word = ky_read_lv(&in, KY_REVOCATION_MAX);
    struct ky_bytes signature = ky_read_bytes(&in, KY_P256_RAW);
    if (in.failed)
        return ky_fail(KY_EFORMAT, "revocation attestation is cut off");
    KY_TRY(ky_revocation_open(&r, word, signature, sam->w.founding->ca_att));
    if (memcmp(r.realm, sam->w.founding->realm, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "revocation attestation of another realm");
    if (r.reason == KY_REASON_SUPERSEDED) /* earlier, and the successor could never be bound */
        return ky_fail(KY_EDENIED, "what is superseded ends when its successor is bound");
    KY_TRY(ky_credential_read(&c, &in, sam));
    KY_TRY(ky_credential_check_serial(&c, r.serial));
    KY_TRY(ky_sha256(because, word));
    add_dead(e, &c.record, because);
    return KY_OK;
}

static ky_rc take_word(struct ky_sam *sam, struct ky_bytes body)
{
    struct ky_bytes field[KY_MESSAGE_FIELDS_MAX], items[KY_BATCH_MAX];
    struct ky_keeper_head head = {.op = KY_OP_REVOKE};
    struct ky_execute e = {0};
    size_t count;
    bool repeated;
    KY_TRY(ky_message_read(field, KY_MSG_SAM_REVOKED, body));
    KY_TRY(ky_list_read(items, &count, KY_BATCH_MAX, field[0], "revoked"));
    if (count == 0)
        return ky_fail(KY_EFORMAT, "revoked: nothing");
    for (size_t i = 0; i < count; i++)
        KY_TRY(ky_context(end_revoked(sam, &e, items[i]), "item %zu", i + 1));
    KY_TRY(ky_sha256(head.statement, field[0]));
    return ky_worker_execute(&sam->w, &head, &e, &repeated, NULL);
}

ky_rc ky_sam_handle_revoked(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                            struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    (void)request, (void)reply;
    return ky_worker_refused(&sam->w, KY_OP_REVOKE, take_word(sam, body));
}
