/*
 * CA_REVOKE: certificates that end by an organisation's request and an
 * officer's approval; OCSP says so from the next answer on, the CRL from the
 * next list. CA_REVOCATION: the word about it that sam takes.
 */
#include "prog/ca/ca.h"

ky_rc ky_ca_check_issued(struct ky_ca *ca, const uint8_t serial[KY_SERIAL_SIZE])
{
    struct ky_ca_status s;
    KY_TRY(ky_ca_ask_status(&s, ca, serial));
    return s.issued ? KY_OK : ky_fail(KY_EDENIED, "no certificate of that serial number was issued here");
}

void ky_ca_add_revoked(struct ky_execute *e, const struct ky_revoke_row *row,
                       const uint8_t because[KY_HASH_SIZE])
{
    struct ky_append *a = &e->appends[e->append_count++];
    *a = (struct ky_append){.kind = KY_LOGGED_REVOKED, .version = row->reason, .not_after = KY_TIME_NEVER};
    ky_log_id(a->id, row->serial);
    memcpy(a->hash, because, KY_HASH_SIZE);
}

static ky_rc end_row(struct ky_ca *ca, const struct ky_decision *d, struct ky_execute *e, uint32_t number)
{
    struct ky_revoke_row row;
    if (!ky_rows_contain(&d->issue, number))
        return ky_fail(KY_EDENIED, "it is not among those approved");
    KY_TRY(ky_revoke_find_row(&row, &d->request, number));
    KY_TRY(ky_ca_check_issued(ca, row.serial));
    struct ky_spend *spend = &e->spends[e->spend_count++];
    spend->not_after = KY_TIME_NEVER;
    KY_TRY(ky_row_spend_id(spend->id, d->request.hash, number));
    ky_ca_add_revoked(e, &row, d->issue.hash);
    return KY_OK;
}

static ky_rc revoke(struct ky_ca *ca, struct ky_bytes body)
{
    ky_auto_decision d = {0};
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    uint32_t rows[KY_BATCH_MAX];
    struct ky_execute e = {.spend_nonce = true};
    size_t count;
    bool repeated;
    KY_TRY(ky_message_read(fields, KY_MSG_CA_REVOKE, body));
    KY_TRY(ky_rows_read(rows, &count, fields[6]));
    KY_TRY(ky_worker_decide(&ca->w, &d, KY_ST_REVOKE, fields));
    for (size_t i = 0; i < count; i++)
        KY_TRY(ky_context(end_row(ca, &d, &e, rows[i]), "row %u", rows[i]));
    return ky_worker_execute(&ca->w, &d.head, &e, &repeated, NULL);
}

ky_rc ky_ca_handle_revoke(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                          struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    (void)request, (void)reply;
    return ky_worker_refused(&ca->w, KY_OP_REVOKE, revoke(ca, body));
}

/* ---- the word about it ---- */

static ky_rc attest(struct ky_ca *ca, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_bytes field[KY_MESSAGE_FIELDS_MAX];
    struct ky_ca_status s;
    uint8_t signature[KY_P256_RAW];
    struct ky_revocation r;
    ky_auto_buf json = ky_buf_init(KY_REVOCATION_MAX);
    KY_TRY(ky_message_read(field, KY_MSG_CA_REVOCATION, body));
    if (field[0].n != KY_SERIAL_SIZE)
        return ky_fail(KY_EFORMAT, "serial number of %zu bytes", field[0].n);
    KY_TRY(ky_ca_ask_status(&s, ca, field[0].p));
    if (!s.revoked)
        return ky_fail(KY_EDENIED, "no certificate of that serial number is revoked");
    memcpy(r.realm, ca->w.founding->realm, KY_HASH_SIZE);
    memcpy(r.serial, field[0].p, KY_SERIAL_SIZE);
    r.reason = s.reason;
    r.time = s.revoked_at;
    KY_TRY(ky_revocation_make(&json, signature, &r, &ca->w.k_att));
    ky_buf_add_lv(reply, ky_buf_bytes(&json));
    ky_buf_add(reply, KY_BYTES_OF(signature));
    return ky_buf_finish(reply);
}

ky_rc ky_ca_handle_revocation(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                              struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    (void)request;
    return ky_worker_refused(&ca->w, KY_OP_REVOKE, attest(ca, body, reply));
}
