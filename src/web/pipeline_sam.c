/* The steps of an issuance that sam does: keys for rows, and binding certificates to them. */
#include <stdio.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/str.h"
#include "domain/attestation.h"
#include "domain/letter.h"
#include "store/credential.h"
#include "store/inventory.h"
#include "store/outbox.h"
#include "web/pipeline.h"

struct batch {
    struct ky_issuance *i;
    const struct ky_actor *actor;
    size_t rows[KY_BATCH_MAX]; /* places in i->rows */
    size_t n;
    struct ky_buf reply;
    struct ky_bytes items[KY_BATCH_MAX]; /* of reply */
    struct ky_bytes spends[KY_BATCH_MAX];
};

static void clear_batch(struct batch *b)
{
    ky_buf_clear(&b->reply);
}

static void choose(struct batch *b, size_t most, const char *state, const char *or_state)
{
    most = b->i->most < most ? b->i->most : most;
    for (size_t r = 0; r < b->i->row_count && b->n < most; r++)
        if (ky_issuance_wants(b->i, r, state) || ky_issuance_wants(b->i, r, or_state))
            b->rows[b->n++] = r;
    b->i->tried = b->n > 0 ? b->rows[0] : 0;
}

static ky_rc split_reply(struct batch *b, const char *what)
{
    size_t n;
    KY_TRY(ky_list_read(b->items, &n, KY_BATCH_MAX, ky_buf_bytes(&b->reply), what));
    return n == b->n ? KY_OK : ky_fail(KY_EINTERNAL, "%s: %zu answers for %zu rows", what, n, b->n);
}

/* sam may forget what is stored; when this is lost, it merely keeps it longer. */
static void acknowledge(struct batch *b)
{
    for (size_t k = 0; k < b->n; k++) {
        ky_auto_buf reply = ky_buf_init(64);
        if (ky_web_sam(b->i->w, KY_MSG_SAM_ACK, &b->spends[k], 1, &reply) != KY_OK)
            ky_log(KY_LOG_WARN, "issue.ack-failed", "reason=" KY_Q, ky_error());
    }
}

/* ---- keys ---- */

/* `u32 row`, and of what is replaced `lv(key rec) ‖ lv(certificate)` */
struct asked {
    struct batch *b;
    struct ky_buf rows;
};

static ky_rc collect_asked(struct ky_store *s, void *ctx)
{
    struct asked *to = ctx;
    const struct batch *b = to->b;
    ky_list_begin(&to->rows, b->n);
    for (size_t k = 0; k < b->n; k++) {
        const struct ky_db_dossier_row *row = &b->i->rows[b->rows[k]];
        ky_auto_buf item = ky_buf_init(KY_MESSAGE_BODY_MAX);
        ky_buf_add_u32(&item, (uint32_t)row->number);
        KY_TRY(ky_issuance_add_old(&item, NULL, b->i, s, row));
        ky_buf_add_lv(&to->rows, ky_buf_bytes(&item));
    }
    return ky_buf_finish(&to->rows);
}

static ky_rc send_asked(struct batch *b, struct ky_bytes rows)
{
    const struct ky_bytes fields[] = {ky_buf_bytes(&b->i->request_text),
                                      b->i->request.authorisations,
                                      ky_statement_text(&b->i->issue),
                                      b->i->row.authorisations,
                                      ky_buf_bytes(&b->i->sam_records),
                                      ky_buf_bytes(&b->i->evidence),
                                      rows};
    ky_rc rc = ky_web_sam(b->i->w, KY_MSG_SAM_ISSUE_KEYS, fields, KY_COUNT(fields), &b->reply);
    b->i->refused = rc == KY_EDENIED;
    KY_TRY(rc);
    return split_reply(b, "SAM_ISSUE_KEYS");
}

static ky_rc ask_keys(struct batch *b)
{
    struct asked to = {.b = b, .rows = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    ky_rc rc = ky_db_read(b->i->w->db, collect_asked, &to);
    if (rc == KY_OK)
        rc = send_asked(b, ky_buf_bytes(&to.rows));
    ky_buf_clear(&to.rows);
    return rc;
}

static ky_rc store_activation(struct ky_store *s, struct batch *b, const struct ky_db_dossier_row *row,
                              const char *key_id, struct ky_bytes envelope)
{
    struct ky_db_record record;
    ky_auto_record peek = {.json = NULL};
    if (envelope.n == 0)
        return KY_OK;
    KY_TRY(ky_record_to_row(&record, &b->i->arena, KY_PROCESS_SAM, envelope, b->i->now));
    KY_TRY(ky_record_peek(&peek, &record));
    KY_TRY(ky_db_record_put(s, &record));
    const struct ky_db_activation activation = {.id = record.id,
                                                .dossier_id = row->dossier_id,
                                                .number = row->number,
                                                .key_id = key_id,
                                                .owner = record.owner,
                                                .state = "waiting",
                                                .expires_at = peek.not_after,
                                                .created_at = b->i->now};
    return ky_db_activation_insert(s, &activation);
}

/* None of its own: it is that of the key that is taken over. */
static ky_rc take_over_blob(struct ky_db_key_blob *blob, struct ky_store *s, struct batch *b,
                            const struct ky_db_dossier_row *row)
{
    struct ky_db_cert old;
    struct ky_db_key_blob theirs;
    if (blob->blob.n > 0)
        return KY_OK;
    if (row->old_serial == NULL)
        return ky_fail(KY_EINTERNAL, "SAM_ISSUE_KEYS: no wrapped key for a first certificate");
    KY_TRY(ky_db_cert_get(&old, &b->i->arena, s, row->old_serial));
    KY_TRY(ky_db_key_blob_get(&theirs, &b->i->arena, s, old.key_id));
    blob->blob = theirs.blob;
    return KY_OK;
}

/* `lv(key rec) ‖ lv(blob) ‖ lv(attestation) ‖ signature 64 ‖ lv(activation rec) ‖ spend id 32` */
static ky_rc store_key(struct ky_store *s, struct batch *b, size_t k)
{
    struct ky_reader in = KY_READER(b->items[k]);
    const struct ky_db_dossier_row *row = &b->i->rows[b->rows[k]];
    struct ky_db_record record;
    struct ky_bytes envelope = ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX);
    struct ky_db_key_blob blob = {
        .dossier_id = row->dossier_id, .number = row->number, .created_at = b->i->now};
    blob.blob = ky_read_lv(&in, KY_MESSAGE_BODY_MAX);
    blob.attestation = ky_read_lv(&in, KY_ATTESTATION_MAX);
    blob.attestation_signature = ky_read_bytes(&in, KY_P256_RAW);
    struct ky_bytes activation = ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX);
    b->spends[k] = ky_read_bytes(&in, KY_LOG_ID_SIZE);
    KY_TRY(ky_reader_finish(&in, "SAM_ISSUE_KEYS"));
    KY_TRY(ky_record_to_row(&record, &b->i->arena, KY_PROCESS_SAM, envelope, b->i->now));
    KY_TRY(ky_db_record_put(s, &record));
    blob.key_id = record.id;
    KY_TRY(take_over_blob(&blob, s, b, row));
    KY_TRY(ky_db_key_blob_insert(s, &blob));
    KY_TRY(ky_db_dossier_row_set_key(s, row->dossier_id, row->number, record.owner, record.id));
    KY_TRY(store_activation(s, b, row, record.id, activation));
    if (ky_str_eq(row->state, "entered"))
        KY_TRY(
            ky_dossier_row_act(s, &b->i->reg, row->dossier_id, row->number, KY_ROW_APPROVE, NULL, b->i->now));
    return ky_dossier_row_act(s, &b->i->reg, row->dossier_id, row->number, KY_ROW_KEY, NULL, b->i->now);
}

static ky_rc store_keys(struct ky_store *s, void *ctx)
{
    struct batch *b = ctx;
    KY_TRY(ky_issuance_approve_once(b->i, s, b->actor));
    for (size_t k = 0; k < b->n; k++)
        KY_TRY(ky_context(store_key(s, b, k), "row %lld", (long long)b->i->rows[b->rows[k]].number));
    return KY_OK;
}

ky_rc ky_issuance_make_keys(struct ky_issuance *i, const struct ky_actor *actor, size_t *done)
{
    KY_CLEANUP(clear_batch)
    struct batch b = {.i = i, .actor = actor, .reply = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    choose(&b, KY_BATCH_MAX, "entered", "approved");
    *done = b.n;
    if (b.n == 0)
        return KY_OK;
    KY_TRY(ask_keys(&b));
    KY_TRY(ky_store_submit(i->w->db, store_keys, &b));
    acknowledge(&b);
    return KY_OK;
}

/* ---- binding ---- */

struct bindings {
    struct batch *b;
    struct ky_buf list;
};

/* `lv(key rec) ‖ lv(certificate) ‖ lv(activation rec or empty)` */
static ky_rc add_binding(struct ky_store *s, struct bindings *to, const struct ky_db_dossier_row *row)
{
    struct ky_db_record key, activation;
    struct ky_db_cert cert;
    struct ky_arena *a = &to->b->i->arena;
    ky_auto_buf item = ky_buf_init(KY_MESSAGE_BODY_MAX), envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    struct ky_db_activation known;
    KY_TRY(ky_db_record_get_version(&key, a, s, "sam", row->key_id, 1));
    KY_TRY(ky_db_cert_get_by_row(&cert, a, s, row->dossier_id, row->number));
    ky_buf_add_record(&envelope, &key);
    ky_buf_add_lv(&item, ky_buf_bytes(&envelope));
    ky_buf_add_lv(&item, cert.der);
    ky_buf_reset(&envelope);
    ky_rc rc = ky_db_activation_get_by_row(&known, a, s, row->dossier_id, row->number);
    if (rc == KY_OK) {
        KY_TRY(ky_db_record_get(&activation, a, s, "sam", known.id));
        ky_buf_add_record(&envelope, &activation);
    } else if (rc != KY_ENOTFOUND) {
        return rc;
    }
    ky_buf_add_lv(&item, ky_buf_bytes(&envelope));
    KY_TRY(ky_buf_finish(&item));
    ky_buf_add_lv(&to->list, ky_buf_bytes(&item));
    return ky_buf_finish(&to->list);
}

static ky_rc collect_bindings(struct ky_store *s, void *ctx)
{
    struct bindings *to = ctx;
    ky_list_begin(&to->list, to->b->n);
    for (size_t k = 0; k < to->b->n; k++)
        KY_TRY(add_binding(s, to, &to->b->i->rows[to->b->rows[k]]));
    return KY_OK;
}

static ky_rc ask_bind(struct batch *b)
{
    struct bindings to = {.b = b, .list = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    ky_rc rc = ky_db_read(b->i->w->db, collect_bindings, &to);
    const struct ky_bytes field = ky_buf_bytes(&to.list);
    if (rc == KY_OK)
        rc = ky_web_sam(b->i->w, KY_MSG_SAM_BIND_CERT, &field, 1, &b->reply);
    ky_buf_clear(&to.list);
    KY_TRY(rc);
    return split_reply(b, "SAM_BIND_CERT");
}

/* The old key is dead. Who signs with her devices already need not activate anything. */
static ky_rc end_old(struct ky_store *s, struct batch *b, const struct ky_db_dossier_row *row, bool activates)
{
    KY_TRY(ky_credential_forget(s, &b->i->reg, &b->i->arena, row->old_serial, b->i->now));
    return activates ? KY_OK
                     : ky_dossier_row_act(s, &b->i->reg, row->dossier_id, row->number, KY_ROW_ACTIVATE, NULL,
                                          b->i->now);
}

/* `lv(key rec version 2) ‖ u64 letter number ‖ lv(sealed letter or empty) ‖ spend id 32` */
static ky_rc store_binding(struct ky_store *s, struct batch *b, size_t k)
{
    struct ky_reader in = KY_READER(b->items[k]);
    const struct ky_db_dossier_row *row = &b->i->rows[b->rows[k]];
    struct ky_db_record record;
    struct ky_bytes envelope = ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX);
    struct ky_db_letter letter = {.kind = "activation-mail",
                                  .channel = "email",
                                  .dossier_id = row->dossier_id,
                                  .dossier_row = row->number,
                                  .state = "waiting",
                                  .next_try = b->i->now,
                                  .created_at = b->i->now};
    letter.number = (int64_t)ky_read_u64(&in);
    letter.sealed = ky_read_lv(&in, KY_LETTER_SEALED_MAX);
    b->spends[k] = ky_read_bytes(&in, KY_LOG_ID_SIZE);
    KY_TRY(ky_reader_finish(&in, "SAM_BIND_CERT"));
    KY_TRY(ky_record_to_row(&record, &b->i->arena, KY_PROCESS_SAM, envelope, b->i->now));
    if (!ky_str_eq(record.id, row->key_id))
        return ky_fail(KY_EINTERNAL, "SAM_BIND_CERT: record %s for key %s", record.id, row->key_id);
    KY_TRY(ky_db_record_put(s, &record));
    if (letter.sealed.n > 0)
        KY_TRY(ky_db_letter_insert(s, &letter));
    KY_TRY(ky_dossier_row_act(s, &b->i->reg, row->dossier_id, row->number, KY_ROW_NOTIFY, NULL, b->i->now));
    return row->old_serial == NULL ? KY_OK : end_old(s, b, row, letter.sealed.n > 0);
}

static ky_rc store_bindings(struct ky_store *s, void *ctx)
{
    struct batch *b = ctx;
    for (size_t k = 0; k < b->n; k++)
        KY_TRY(ky_context(store_binding(s, b, k), "row %lld", (long long)b->i->rows[b->rows[k]].number));
    return KY_OK;
}

ky_rc ky_issuance_bind(struct ky_issuance *i, size_t *done)
{
    KY_CLEANUP(clear_batch) struct batch b = {.i = i, .reply = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    choose(&b, KY_BIND_BATCH, "issued", "issued");
    *done = b.n;
    if (b.n == 0)
        return KY_OK;
    KY_TRY(ask_bind(&b));
    KY_TRY(ky_store_submit(i->w->db, store_bindings, &b));
    acknowledge(&b);
    return KY_OK;
}
