/* The steps of an approved revocation: the certificates at ca, then the keys in sam. */
#include "base/hex.h"
#include "base/log.h"
#include "base/str.h"
#include "domain/holding.h"
#include "domain/revoke.h"
#include "store/credential.h"
#include "store/crl.h"
#include "web/pipeline.h"

struct ending {
    struct ky_issuance *i;
    const struct ky_actor *actor; /* who approves; NULL: approved already */
    size_t rows[KY_BATCH_MAX];    /* places in i->rows */
    size_t n;
    struct ky_statement request;
    struct ky_buf list; /* of the message */
};

static void clear_ending(struct ending *e)
{
    ky_statement_clear(&e->request);
    ky_buf_clear(&e->list);
}

static const struct ky_db_dossier_row *row_of(const struct ending *e, size_t k)
{
    return &e->i->rows[e->rows[k]];
}

static void choose(struct ending *e, const char *state)
{
    for (size_t r = 0; r < e->i->row_count && e->n < e->i->most; r++)
        if (ky_issuance_wants(e->i, r, state))
            e->rows[e->n++] = r;
    e->i->tried = e->n > 0 ? e->rows[0] : 0;
}

static ky_rc ask(struct ending *e, uint16_t type)
{
    struct ky_issuance *i = e->i;
    ky_auto_buf reply = ky_buf_init(64);
    bool at_sam = type == KY_MSG_SAM_REVOKE;
    const struct ky_bytes fields[] = {ky_buf_bytes(&i->request_text),
                                      i->request.authorisations,
                                      ky_statement_text(&i->issue),
                                      i->row.authorisations,
                                      ky_buf_bytes(at_sam ? &i->sam_records : &i->ca_records),
                                      ky_buf_bytes(&i->evidence),
                                      ky_buf_bytes(&e->list)};
    ky_rc rc =
        ky_web_ask(i->w, at_sam ? KY_PROCESS_SAM : KY_PROCESS_CA, type, fields, KY_COUNT(fields), &reply);
    i->refused = rc == KY_EDENIED;
    return rc;
}

/* ---- at ca ---- */

static ky_rc list_numbers(struct ending *e)
{
    ky_list_begin(&e->list, e->n);
    for (size_t k = 0; k < e->n; k++) {
        uint8_t number[4];
        ky_put_u32(number, (uint32_t)row_of(e, k)->number);
        ky_buf_add_lv(&e->list, KY_BYTES_OF(number));
    }
    return ky_buf_finish(&e->list);
}

ky_rc ky_revocation_store(struct ky_store *s, const struct ky_statement *request, int64_t number, ky_time now)
{
    struct ky_revoke_row row;
    char serial[2 * KY_SERIAL_SIZE + 1];
    KY_TRY(ky_revoke_find_row(&row, request, (uint32_t)number));
    ky_hex_encode(serial, KY_BYTES_OF(row.serial));
    ky_rc rc = ky_holding_end(s, serial, now, row.reason);
    if (rc != KY_OK && rc != KY_ENOTFOUND) /* it had ended before */
        return rc;
    return ky_db_ocsp_delete(s, serial);
}

static ky_rc store_revoked(struct ky_store *s, void *ctx)
{
    struct ending *e = ctx;
    KY_TRY(ky_issuance_approve_once(e->i, s, e->actor));
    for (size_t k = 0; k < e->n; k++) {
        const struct ky_db_dossier_row *row = row_of(e, k);
        KY_TRY(ky_revocation_store(s, &e->request, row->number, e->i->now));
        KY_TRY(
            ky_dossier_row_act(s, &e->i->reg, row->dossier_id, row->number, KY_ROW_APPROVE, NULL, e->i->now));
    }
    return KY_OK;
}

ky_rc ky_revocation_at_ca(struct ky_issuance *i, const struct ky_actor *actor, size_t *done)
{
    KY_CLEANUP(clear_ending)
    struct ending e = {.i = i, .actor = actor, .list = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    choose(&e, "entered");
    *done = e.n;
    if (e.n == 0)
        return KY_OK;
    KY_TRY(ky_statement_parse(&e.request, ky_buf_bytes(&i->request_text)));
    KY_TRY(list_numbers(&e));
    KY_TRY(ask(&e, KY_MSG_CA_REVOKE));
    KY_TRY(ky_store_submit(i->w->db, store_revoked, &e));
    ky_log(KY_LOG_INFO, "revoke.certificates", "dossier=%s count=%zu", i->row.dossier_id, e.n);
    return KY_OK;
}

/* ---- in sam ---- */

/* `u32 row ‖ lv(key rec) ‖ lv(certificate)` */
static ky_rc list_credentials(struct ky_store *s, void *ctx)
{
    struct ending *e = ctx;
    ky_list_begin(&e->list, e->n);
    for (size_t k = 0; k < e->n; k++) {
        ky_auto_buf item = ky_buf_init(KY_MESSAGE_BODY_MAX);
        ky_buf_add_u32(&item, (uint32_t)row_of(e, k)->number);
        KY_TRY(ky_issuance_add_old(&item, NULL, e->i, s, row_of(e, k)));
        ky_buf_add_lv(&e->list, ky_buf_bytes(&item));
    }
    return ky_buf_finish(&e->list);
}

static ky_rc only_when_there(ky_rc rc)
{
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

static ky_rc end_activation(struct ky_store *s, struct ky_arena *a, const struct ky_db_cert *cert)
{
    struct ky_db_activation waiting;
    ky_rc rc = ky_db_activation_get_by_row(&waiting, a, s, cert->dossier_id, cert->number);
    return rc == KY_OK ? only_when_there(ky_db_activation_finish(s, waiting.id, "dead"))
                       : only_when_there(rc);
}

ky_rc ky_credential_forget(struct ky_store *s, const struct ky_registration *reg, struct ky_arena *a,
                           const char *serial, ky_time now)
{
    struct ky_db_cert cert;
    struct ky_db_dossier_row origin;
    KY_TRY(ky_db_cert_get(&cert, a, s, serial));
    KY_TRY(only_when_there(ky_db_key_blob_delete(s, cert.key_id)));
    KY_TRY(end_activation(s, a, &cert));
    KY_TRY(ky_db_dossier_row_get(&origin, a, s, &reg->scope, cert.dossier_id, cert.number));
    return ky_str_eq(origin.state, "activating")
               ? ky_dossier_row_act(s, reg, cert.dossier_id, cert.number, KY_ROW_REVOKE, NULL, now)
               : KY_OK;
}

static ky_rc store_dead(struct ky_store *s, void *ctx)
{
    struct ending *e = ctx;
    for (size_t k = 0; k < e->n; k++) {
        const struct ky_db_dossier_row *row = row_of(e, k);
        KY_TRY(ky_credential_forget(s, &e->i->reg, &e->i->arena, row->old_serial, e->i->now));
        KY_TRY(
            ky_dossier_row_act(s, &e->i->reg, row->dossier_id, row->number, KY_ROW_REVOKE, NULL, e->i->now));
    }
    return KY_OK;
}

ky_rc ky_revocation_at_sam(struct ky_issuance *i, size_t *done)
{
    KY_CLEANUP(clear_ending) struct ending e = {.i = i, .list = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    choose(&e, "approved");
    *done = e.n;
    if (e.n == 0)
        return KY_OK;
    KY_TRY(ky_db_read(i->w->db, list_credentials, &e));
    KY_TRY(ask(&e, KY_MSG_SAM_REVOKE));
    return ky_store_submit(i->w->db, store_dead, &e);
}
