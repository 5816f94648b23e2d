/*
 * SAM_ISSUE_KEYS: an approved dossier's rows get their keys. Generated and
 * wrapped first, which has no effect; then the keeper spends the rows and keeps
 * the results in one step, so that a crash leaves all or nothing.
 */
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/wrap.h"
#include "domain/activation.h"
#include "domain/attestation.h"
#include "prog/sam/sam.h"

#define KEY_RECORD_LIFE (6 * 366 * KY_DAY) /* longer than any certificate */
#define ITEM_MAX (2 * KY_RECORD_ENVELOPE_MAX + KY_WRAPPED_MAX + KY_ATTESTATION_MAX + 256)

struct made {
    uint8_t id[KY_ID_SIZE]; /* of the key record */
    uint8_t owner[KY_OWNER_SIZE];
    struct ky_credential prior; /* what is replaced; its record is zero for a first certificate */
    struct ky_buf blob, spki;   /* no blob: that of the prior one */
    uint8_t blob_hash[KY_HASH_SIZE];
    int64_t kwrap;
    struct ky_buf record, activation, attestation;
    uint8_t signature[KY_P256_RAW];
    uint8_t spend[KY_LOG_ID_SIZE];
};

static void clear_made(struct made *m)
{
    ky_buf_clear(&m->blob);
    ky_buf_clear(&m->spki);
    ky_buf_clear(&m->record);
    ky_buf_clear(&m->activation);
    ky_buf_clear(&m->attestation);
    ky_credential_clear(&m->prior);
}

static ky_rc set_prior(json_t *body, const struct ky_record *prior)
{
    ky_auto_json named = json_object();
    if (named == NULL)
        return ky_fail(KY_ENOMEM, "prior");
    KY_TRY(ky_body_set_hex(named, "id", KY_BYTES_OF(prior->id)));
    KY_TRY(ky_body_set_int(named, "version", prior->version));
    KY_TRY(ky_body_set_hex(named, "hash", KY_BYTES_OF(prior->hash)));
    return json_object_set(body, "prior", named) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "prior");
}

static ky_rc write_key_record(struct ky_sam *sam, struct made *m, const struct ky_decision *d,
                              const struct ky_request_row *row)
{
    ky_time now = ky_worker_now(&sam->w);
    ky_auto_buf subject = ky_buf_init(4096);
    ky_auto_json body = NULL;
    KY_TRY(ky_request_subject(&subject, row));
    KY_TRY(ky_record_body(&body, KY_REC_KEY, m->id, 1, m->owner, now, now + KEY_RECORD_LIFE));
    KY_TRY(ky_body_set_text(body, "key_type", ky_bytes_str(ky_key_info(row->key_type)->name)));
    KY_TRY(ky_body_set_base64url(body, "spki", ky_buf_bytes(&m->spki)));
    KY_TRY(ky_body_set_base64url(body, "subject", ky_buf_bytes(&subject)));
    KY_TRY(ky_body_set_int(body, "kwrap", m->kwrap));
    KY_TRY(ky_body_set_hex(body, "blob", KY_BYTES_OF(m->blob_hash)));
    KY_TRY(ky_body_set_hex(body, "request", KY_BYTES_OF(d->request.hash)));
    KY_TRY(ky_body_set_int(body, "row", row->number));
    if (ky_request_replaces(row))
        KY_TRY(set_prior(body, &m->prior.record));
    return ky_record_seal(&m->record, NULL, body, KY_PROCESS_SAM, &sam->w.k_reg, sam->w.founding->realm);
}

static ky_rc write_activation(struct ky_sam *sam, struct made *m, const struct ky_decision *d,
                              const struct ky_request_row *row)
{
    uint8_t id[KY_ID_SIZE];
    ky_time now = ky_worker_now(&sam->w);
    ky_auto_json body = NULL;
    if (!json_is_true(json_object_get(d->issue.json, "activate")))
        return KY_OK;
    KY_TRY(ky_random(id, sizeof id));
    KY_TRY(ky_record_body(&body, KY_REC_ACTIVATION, id, 1, m->owner, now, now + KY_ACTIVATION_LIFE));
    KY_TRY(ky_body_set_text(body, "name", row->name));
    KY_TRY(ky_body_set_text(body, "email", row->email));
    KY_TRY(ky_body_set_text(body, "phone", row->phone));
    KY_TRY(ky_body_set_hex(body, "key", KY_BYTES_OF(m->id)));
    KY_TRY(ky_body_set_hex(body, "request", KY_BYTES_OF(d->request.hash)));
    KY_TRY(ky_body_set_int(body, "row", row->number));
    return ky_record_seal(&m->activation, NULL, body, KY_PROCESS_SAM, &sam->w.k_reg, sam->w.founding->realm);
}

static ky_rc attest(struct ky_sam *sam, struct made *m, const struct ky_decision *d,
                    const struct ky_request_row *row)
{
    struct ky_attestation a = {.row = row->number, .spki_n = m->spki.n, .replaces = ky_request_replaces(row)};
    memcpy(a.realm, sam->w.founding->realm, KY_HASH_SIZE);
    memcpy(a.request, d->request.hash, KY_HASH_SIZE);
    memcpy(a.statement, d->issue.hash, KY_HASH_SIZE);
    memcpy(a.owner, m->owner, KY_OWNER_SIZE);
    memcpy(a.key, m->id, KY_ID_SIZE);
    memcpy(a.spki, m->spki.p, m->spki.n);
    if (a.replaces)
        memcpy(a.old, m->prior.cert->sha256, KY_HASH_SIZE);
    return ky_attestation_make(&m->attestation, m->signature, &a, &sam->w.k_att);
}

/* One row as it is asked for: `u32 row`, and for what replaces a certificate `lv(key record) ‖ lv(certificate)`. */
struct wanted {
    uint32_t row;
    struct ky_bytes credential;
};

static ky_rc make_key(struct made *m, const struct ky_sam *sam, const struct ky_request_row *row)
{
    m->kwrap = 1;
    KY_TRY(ky_wrap_make(&m->blob, &m->spki, sam->wrap_key, row->key_type));
    return ky_sha256(m->blob_hash, ky_buf_bytes(&m->blob));
}

static ky_rc take_key(struct made *m)
{
    const struct ky_key_record *key = &m->prior.key;
    KY_TRY(ky_json_get_int(&m->kwrap, m->prior.record.json, "kwrap", 1, INT32_MAX));
    memcpy(m->blob_hash, key->blob, KY_HASH_SIZE);
    ky_buf_add(&m->spki, KY_BYTES(key->spki, key->spki_n));
    return ky_buf_finish(&m->spki);
}

/* What is replaced, if anything; and the key, made or taken over. */
static ky_rc find_key(struct made *m, struct ky_sam *sam, struct ky_decision *d,
                      const struct ky_request_row *row, struct ky_bytes credential)
{
    if (ky_request_replaces(row))
        KY_TRY(ky_credential_replace(&m->prior, sam, &d->head, row, m->owner, credential));
    else if (credential.n > 0)
        return ky_fail(KY_EFORMAT, "a first certificate replaces none");
    return row->same_key ? take_key(m) : make_key(m, sam, row);
}

/* One row: key pair, wrapped; record, attestation, activation. Appends a list item to out. */
static ky_rc make_row(struct ky_sam *sam, struct ky_decision *d, const struct wanted *wanted,
                      struct ky_buf *out, uint8_t spend[KY_LOG_ID_SIZE])
{
    struct ky_request_row row;
    const uint32_t number = wanted->row;
    KY_CLEANUP(clear_made)
    struct made m = {
        .blob = ky_buf_init(KY_WRAPPED_MAX),
        .spki = ky_buf_init(KY_SPKI_MAX),
        .record = ky_buf_init(KY_RECORD_ENVELOPE_MAX),
        .activation = ky_buf_init(KY_RECORD_ENVELOPE_MAX),
        .attestation = ky_buf_init(KY_ATTESTATION_MAX),
    };
    if (!ky_rows_contain(&d->issue, number))
        return ky_fail(KY_EDENIED, "row %u is not among those approved", number);
    KY_TRY(ky_request_find_row(&row, &d->request, number));
    KY_TRY(ky_owner_of(m.owner, &sam->w.k_id, row.identity));
    KY_TRY(ky_random(m.id, sizeof m.id));
    KY_TRY(ky_context(find_key(&m, sam, d, &row, wanted->credential), "row %u", number));
    KY_TRY(write_key_record(sam, &m, d, &row));
    KY_TRY(write_activation(sam, &m, d, &row));
    KY_TRY(attest(sam, &m, d, &row));
    KY_TRY(ky_row_spend_id(spend, d->request.hash, number));
    ky_auto_buf item = ky_buf_init(ITEM_MAX);
    ky_buf_add_lv(&item, ky_buf_bytes(&m.record));
    ky_buf_add_lv(&item, ky_buf_bytes(&m.blob));
    ky_buf_add_lv(&item, ky_buf_bytes(&m.attestation));
    ky_buf_add(&item, KY_BYTES_OF(m.signature));
    ky_buf_add_lv(&item, ky_buf_bytes(&m.activation));
    ky_buf_add(&item, KY_BYTES(spend, KY_LOG_ID_SIZE));
    KY_TRY(ky_buf_finish(&item));
    ky_buf_add_lv(out, ky_buf_bytes(&item));
    return ky_buf_finish(out);
}

static ky_rc read_rows(struct wanted rows[KY_BATCH_MAX], size_t *count, struct ky_bytes list)
{
    struct ky_bytes items[KY_BATCH_MAX];
    uint32_t numbers[KY_BATCH_MAX];
    KY_TRY(ky_list_read(items, count, KY_BATCH_MAX, list, "rows"));
    for (size_t i = 0; i < *count; i++) {
        if (items[i].n < 4)
            return ky_fail(KY_EFORMAT, "rows: item of %zu bytes", items[i].n);
        numbers[i] = ky_get_u32(items[i].p);
        rows[i] = (struct wanted){numbers[i], KY_BYTES(items[i].p + 4, items[i].n - 4)};
    }
    return ky_rows_ascend(numbers, *count);
}

static ky_rc issue_keys(struct ky_sam *sam, struct ky_bytes body, struct ky_buf *reply)
{
    ky_auto_decision d = {0};
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    struct wanted rows[KY_BATCH_MAX];
    struct ky_execute e = {.spend_nonce = true};
    ky_auto_buf results = ky_buf_init(KY_KEEPER_PAYLOAD_MAX), audit = ky_buf_init(KY_BATCH_MAX * 4);
    size_t count;
    bool repeated;
    KY_TRY(ky_message_read(fields, KY_MSG_SAM_ISSUE_KEYS, body));
    KY_TRY(read_rows(rows, &count, fields[6]));
    KY_TRY(ky_worker_decide(&sam->w, &d, KY_ST_ISSUE, fields));
    ky_list_begin(&results, count);
    for (size_t i = 0; i < count; i++) {
        KY_TRY(make_row(sam, &d, &rows[i], &results, e.spends[i].id));
        e.spends[i].not_after = KY_TIME_NEVER;
        ky_buf_add_u32(&audit, rows[i].row);
    }
    e.spend_count = count;
    e.outbox = ky_buf_bytes(&results);
    e.audit = ky_buf_bytes(&audit);
    return ky_worker_execute(&sam->w, &d.head, &e, &repeated, reply);
}

ky_rc ky_sam_handle_issue_keys(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                               struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    (void)request;
    return ky_worker_refused(&sam->w, KY_OP_ISSUE, issue_keys(sam, body, reply));
}
