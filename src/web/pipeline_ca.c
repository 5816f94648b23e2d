/* The steps of an issuance that ca does: serials reserved and certificates linted, then signed. */
#include "base/hex.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "domain/holding.h"
#include "domain/request.h"
#include "pki/cert.h"
#include "store/credential.h"
#include "store/crl.h"
#include "web/pipeline.h"

#define HEX_SERIAL (2 * KY_SERIAL_SIZE + 1)

struct certifying {
    struct ky_issuance *i;
    size_t rows[KY_BATCH_MAX]; /* places in i->rows */
    size_t n;
    struct ky_buf items[KY_BATCH_MAX]; /* list items of the message */
    struct ky_buf replies[KY_BATCH_MAX];
    uint8_t spends[KY_BATCH_MAX][KY_LOG_ID_SIZE];
};

static void clear_certifying(struct certifying *c)
{
    for (size_t k = 0; k < KY_BATCH_MAX; k++) {
        ky_buf_clear(&c->items[k]);
        ky_buf_clear(&c->replies[k]);
    }
}

/* Rows that have their key; with their serial reserved, or without. */
static void choose(struct certifying *c, bool reserved)
{
    size_t most = c->i->most < KY_BATCH_MAX ? c->i->most : KY_BATCH_MAX;
    for (size_t r = 0; r < c->i->row_count && c->n < most; r++)
        if (ky_issuance_wants(c->i, r, "keyed") && (c->i->rows[r].serial != NULL) == reserved)
            c->rows[c->n++] = r;
    c->i->tried = c->n > 0 ? c->rows[0] : 0;
}

static const struct ky_db_dossier_row *row_of(const struct certifying *c, size_t k)
{
    return &c->i->rows[c->rows[k]];
}

/* Appends `lv(certificate that is replaced)`, where one is. */
static ky_rc add_replaced(struct ky_buf *item, struct ky_store *s, struct certifying *c,
                          const struct ky_db_dossier_row *row)
{
    struct ky_db_cert old;
    if (row->old_serial == NULL)
        return KY_OK;
    KY_TRY(ky_db_cert_get(&old, &c->i->arena, s, row->old_serial));
    ky_buf_add_lv(item, old.der);
    return KY_OK;
}

/* `u32 row ‖ lv(attestation) ‖ signature 64 [‖ lv(certificate that is replaced)]` */
static ky_rc collect_items(struct ky_store *s, void *ctx)
{
    struct certifying *c = ctx;
    for (size_t k = 0; k < c->n; k++) {
        struct ky_db_key_blob key;
        KY_TRY(
            ky_db_key_blob_get_by_row(&key, &c->i->arena, s, row_of(c, k)->dossier_id, row_of(c, k)->number));
        c->items[k] = ky_buf_init(KY_MESSAGE_BODY_MAX);
        ky_buf_add_u32(&c->items[k], (uint32_t)row_of(c, k)->number);
        ky_buf_add_lv(&c->items[k], key.attestation);
        ky_buf_add(&c->items[k], key.attestation_signature);
        KY_TRY(add_replaced(&c->items[k], s, c, row_of(c, k)));
        KY_TRY(ky_buf_finish(&c->items[k]));
    }
    return KY_OK;
}

static ky_rc ask(struct certifying *c, uint16_t type, size_t first, size_t n, struct ky_buf *reply)
{
    ky_auto_buf list = ky_buf_init(KY_MESSAGE_BODY_MAX);
    ky_list_begin(&list, n);
    for (size_t k = first; k < first + n; k++)
        ky_buf_add_lv(&list, ky_buf_bytes(&c->items[k]));
    KY_TRY(ky_buf_finish(&list));
    const struct ky_bytes fields[] = {ky_buf_bytes(&c->i->request_text),
                                      c->i->request.authorisations,
                                      ky_statement_text(&c->i->issue),
                                      c->i->row.authorisations,
                                      ky_buf_bytes(&c->i->ca_records),
                                      ky_buf_bytes(&c->i->evidence),
                                      ky_buf_bytes(&list)};
    *reply = ky_buf_init(KY_MESSAGE_BODY_MAX);
    ky_rc rc = ky_web_ca(c->i->w, type, fields, KY_COUNT(fields), reply);
    c->i->refused = rc == KY_EDENIED;
    return rc;
}

/* ---- reserving ---- */

/* `serial 16 ‖ lv(linted certificate) ‖ spend id 32` */
static ky_rc store_waiting(struct ky_store *s, struct certifying *c, size_t k, struct ky_bytes item)
{
    char serial[HEX_SERIAL];
    ky_auto_cert cert = NULL;
    const struct ky_db_dossier_row *row = row_of(c, k);
    struct ky_reader in = KY_READER(item);
    ky_hex_encode(serial, ky_read_bytes(&in, KY_SERIAL_SIZE));
    struct ky_bytes der = ky_read_lv(&in, KY_CERT_DER_MAX);
    (void)ky_read_bytes(&in, KY_LOG_ID_SIZE);
    KY_TRY(ky_reader_finish(&in, "CA_PREPARE"));
    KY_TRY(ky_cert_parse(&cert, der));
    const struct ky_db_cert waiting = {.serial = serial,
                                       .dossier_id = row->dossier_id,
                                       .number = row->number,
                                       .key_id = row->key_id,
                                       .owner = row->owner,
                                       .status = "waiting",
                                       .der = der,
                                       .not_before = cert->not_before,
                                       .not_after = cert->not_after,
                                       .created_at = c->i->now};
    KY_TRY(ky_db_cert_insert(s, &waiting));
    return ky_db_dossier_row_set_serial(s, row->dossier_id, row->number, serial);
}

static ky_rc store_all_waiting(struct ky_store *s, void *ctx)
{
    struct certifying *c = ctx;
    struct ky_bytes items[KY_BATCH_MAX];
    size_t n;
    KY_TRY(ky_list_read(items, &n, KY_BATCH_MAX, ky_buf_bytes(&c->replies[0]), "CA_PREPARE"));
    if (n != c->n)
        return ky_fail(KY_EINTERNAL, "CA_PREPARE: %zu answers for %zu rows", n, c->n);
    for (size_t k = 0; k < c->n; k++)
        KY_TRY(ky_context(store_waiting(s, c, k, items[k]), "row %lld", (long long)row_of(c, k)->number));
    return KY_OK;
}

ky_rc ky_issuance_prepare_certs(struct ky_issuance *i, size_t *done)
{
    KY_CLEANUP(clear_certifying) struct certifying c = {.i = i};
    choose(&c, false);
    *done = c.n;
    if (c.n == 0)
        return KY_OK;
    KY_TRY(ky_db_read(i->w->db, collect_items, &c));
    KY_TRY(ask(&c, KY_MSG_CA_PREPARE, 0, c.n, &c.replies[0]));
    return ky_store_submit(i->w->db, store_all_waiting, &c);
}

/* ---- signing ---- */

/* ca has logged it with the new one; whoever was told that it is good asks again. */
static ky_rc end_replaced(struct ky_store *s, const struct ky_db_dossier_row *row, ky_time now)
{
    if (row->old_serial == NULL)
        return KY_OK;
    KY_TRY(ky_db_cert_set_superseded(s, row->old_serial, row->serial, now));
    return ky_db_ocsp_delete(s, row->old_serial);
}

/* `lv(certificate) ‖ spend id 32` */
static ky_rc store_good(struct ky_store *s, struct certifying *c, size_t k)
{
    uint8_t hash[KY_HASH_SIZE];
    const struct ky_db_dossier_row *row = row_of(c, k);
    struct ky_reader in = KY_READER(ky_buf_bytes(&c->replies[k]));
    struct ky_bytes der = ky_read_lv(&in, KY_CERT_DER_MAX), spend = ky_read_bytes(&in, KY_LOG_ID_SIZE);
    KY_TRY(ky_reader_finish(&in, "CA_ISSUE"));
    memcpy(c->spends[k], spend.p, KY_LOG_ID_SIZE);
    KY_TRY(ky_sha256(hash, der));
    KY_TRY(ky_db_cert_set_good(s, row->serial, der, KY_BYTES_OF(hash)));
    KY_TRY(end_replaced(s, row, c->i->now));
    KY_TRY(ky_holding_begin(s, row->serial));
    return ky_dossier_row_act(s, &c->i->reg, row->dossier_id, row->number, KY_ROW_ISSUE, NULL, c->i->now);
}

static ky_rc store_all_good(struct ky_store *s, void *ctx)
{
    struct certifying *c = ctx;
    for (size_t k = 0; k < c->n; k++)
        KY_TRY(ky_context(store_good(s, c, k), "row %lld", (long long)row_of(c, k)->number));
    return KY_OK;
}

/* ca may forget what is stored; when this is lost, it merely keeps it longer. */
static void acknowledge(struct certifying *c)
{
    for (size_t k = 0; k < c->n; k++) {
        ky_auto_buf reply = ky_buf_init(64);
        const struct ky_bytes spend = KY_BYTES_OF(c->spends[k]);
        if (ky_web_ca(c->i->w, KY_MSG_CA_ACK, &spend, 1, &reply) != KY_OK)
            ky_log(KY_LOG_WARN, "issue.ack-failed", "reason=" KY_Q, ky_error());
    }
}

ky_rc ky_issuance_issue_certs(struct ky_issuance *i, size_t *done)
{
    KY_CLEANUP(clear_certifying) struct certifying c = {.i = i};
    choose(&c, true);
    *done = c.n;
    if (c.n == 0)
        return KY_OK;
    KY_TRY(ky_db_read(i->w->db, collect_items, &c));
    for (size_t k = 0; k < c.n; k++)
        KY_TRY(ask(&c, KY_MSG_CA_ISSUE, k, 1, &c.replies[k]));
    KY_TRY(ky_store_submit(i->w->db, store_all_good, &c));
    acknowledge(&c);
    return KY_OK;
}
