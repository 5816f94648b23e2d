/*
 * SAM_BIND_CERT: a certificate that a pinned CA has signed for this very key
 * makes version 2 of the key record, which can sign; and the account letter goes out.
 */
#include <stdio.h>

#include "base/base64.h"
#include "crypto/digest.h"
#include "domain/activation.h"
#include "domain/letter.h"
#include "pki/cert.h"
#include "prog/sam/sam.h"

struct item {
    struct ky_bytes key, cert, activation; /* as they came */
};

static ky_rc read_item(struct item *out, struct ky_bytes bytes)
{
    struct ky_reader in = KY_READER(bytes);
    out->key = ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX);
    out->cert = ky_read_lv(&in, KY_CERT_DER_MAX);
    out->activation = ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX);
    return ky_reader_finish(&in, "bind");
}

static ky_rc check_certificate(const struct ky_sam *sam, const struct ky_cert *cert,
                               const struct ky_key_record *key)
{
    ky_auto_buf subject = ky_buf_init(4096);
    KY_TRY(ky_context(ky_cert_verify_signature(cert, sam->w.founding->issuing), "certificate"));
    if (!ky_bytes_eq(cert->issuer, sam->w.founding->issuing->subject) || cert->ca)
        return ky_fail(KY_EDENIED, "certificate: not one of the issuing CA for a subscriber");
    if (!ky_bytes_eq(cert->spki, KY_BYTES(key->spki, key->spki_n)))
        return ky_fail(KY_EDENIED, "certificate: for another public key");
    KY_TRY(ky_base64url_decode(&subject, key->subject_b64));
    if (!ky_bytes_eq(cert->subject, ky_buf_bytes(&subject)))
        return ky_fail(KY_EDENIED, "certificate: subject is not that of the key record");
    return KY_OK;
}

static ky_rc write_version_2(struct ky_sam *sam, const struct ky_record *old, const struct ky_cert *cert,
                             struct ky_buf *out, struct ky_append *version)
{
    ky_auto_json body = json_deep_copy(old->json);
    if (body == NULL)
        return ky_fail(KY_ENOMEM, "key record");
    KY_TRY(ky_body_set_int(body, "version", old->version + 1));
    KY_TRY(ky_body_set_hex(body, "cert", KY_BYTES_OF(cert->sha256)));
    KY_TRY(ky_body_set_int(body, "not_after", cert->not_after));
    *version = (struct ky_append){
        .kind = KY_LOGGED_VERSION, .version = old->version + 1, .not_after = cert->not_after};
    ky_record_log_id(version->id, KY_REC_KEY, old->id);
    return ky_record_seal(out, version->hash, body, KY_PROCESS_SAM, &sam->w.k_reg, sam->w.founding->realm);
}

static ky_rc write_letter(struct ky_sam *sam, const struct ky_record *activation, uint64_t number,
                          struct ky_buf *out)
{
    struct ky_activation_record a;
    uint8_t secret[KY_MAIL_SECRET_SIZE];
    struct ky_letter letter = {.node = sam->w.founding->node,
                               .number = number,
                               .kind = KY_LETTER_ACTIVATION_MAIL,
                               .not_after = activation->not_after};
    ky_auto_buf text = ky_buf_init_secret(sizeof letter.secret - 1);
    KY_TRY(ky_record_activation(&a, activation));
    memcpy(letter.realm, sam->w.founding->realm, KY_HASH_SIZE);
    memcpy(letter.id, activation->id, KY_ID_SIZE);
    snprintf(letter.address, sizeof letter.address, "%.*s", (int)a.email.n, (const char *)a.email.p);
    snprintf(letter.name, sizeof letter.name, "%.*s", (int)a.name.n, (const char *)a.name.p);
    KY_TRY(ky_mail_secret(secret, &sam->k_act, activation->id));
    ky_buf_add_base64url(&text, KY_BYTES_OF(secret));
    snprintf(letter.secret, sizeof letter.secret, "%s", ky_buf_str(&text));
    ky_rc rc = ky_letter_seal(out, &letter, &sam->w.k_att, sam->w.founding->courier_key);
    ky_wipe(&letter, sizeof letter);
    ky_wipe(secret, sizeof secret);
    return rc;
}

/* The activation record belongs to this key. */
static ky_rc open_activation(struct ky_sam *sam, struct ky_record *out, struct ky_bytes envelope,
                             const struct ky_record *key)
{
    struct ky_activation_record a;
    KY_TRY(ky_worker_open_record(&sam->w, out, envelope));
    KY_TRY(ky_record_check(out, KY_REC_ACTIVATION, ky_worker_now(&sam->w), "activation"));
    KY_TRY(ky_record_activation(&a, out));
    if (memcmp(a.key, key->id, KY_ID_SIZE) != 0 || memcmp(out->owner, key->owner, KY_OWNER_SIZE) != 0)
        return ky_fail(KY_EDENIED, "the activation is for another key");
    return KY_OK;
}

static ky_rc bind_spend_id(uint8_t out[KY_LOG_ID_SIZE], const uint8_t key_id[KY_ID_SIZE])
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso bind v1"), {key_id, KY_ID_SIZE}};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

/* Binds one; *number is taken when there is a letter. */
static ky_rc bind_one(struct ky_sam *sam, struct ky_bytes bytes, uint64_t *number,
                      struct ky_keeper_head *head, struct ky_execute *e, struct ky_buf *out)
{
    struct item item;
    struct ky_key_record key;
    ky_auto_record record = {0}, activation = {0};
    ky_auto_cert cert = NULL;
    ky_auto_buf made = ky_buf_init(KY_RECORD_ENVELOPE_MAX), letter = ky_buf_init(KY_LETTER_SEALED_MAX);
    KY_TRY(read_item(&item, bytes));
    KY_TRY(ky_worker_open_record(&sam->w, &record, item.key));
    KY_TRY(ky_record_check(&record, KY_REC_KEY, ky_worker_now(&sam->w), "key"));
    KY_TRY(ky_record_key(&key, &record));
    if (record.version != 1)
        return ky_fail(KY_EDENIED, "key record has its certificate already");
    KY_TRY(ky_cert_parse(&cert, item.cert));
    KY_TRY(check_certificate(sam, cert, &key));
    KY_TRY(ky_head_ref_record(head, &record, false));
    KY_TRY(write_version_2(sam, &record, cert, &made, &e->appends[e->append_count++]));
    uint64_t own_number = 0;
    if (item.activation.n > 0) {
        KY_TRY(open_activation(sam, &activation, item.activation, &record));
        own_number = (*number)++;
        KY_TRY(write_letter(sam, &activation, own_number, &letter));
    }
    struct ky_spend *spend = &e->spends[e->spend_count++];
    KY_TRY(bind_spend_id(spend->id, record.id));
    spend->not_after = cert->not_after;
    ky_auto_buf result = ky_buf_init(KY_RECORD_ENVELOPE_MAX + KY_LETTER_SEALED_MAX + 64);
    ky_buf_add_lv(&result, ky_buf_bytes(&made));
    ky_buf_add_u64(&result, own_number);
    ky_buf_add_lv(&result, ky_buf_bytes(&letter));
    ky_buf_add(&result, KY_BYTES_OF(spend->id));
    KY_TRY(ky_buf_finish(&result));
    ky_buf_add_lv(out, ky_buf_bytes(&result));
    return ky_buf_finish(out);
}

static ky_rc count_letters(size_t *letters, const struct ky_bytes *items, size_t count)
{
    *letters = 0;
    for (size_t i = 0; i < count; i++) {
        struct item item;
        KY_TRY(read_item(&item, items[i]));
        *letters += item.activation.n > 0;
    }
    return KY_OK;
}

/* No person decides here: the certificate itself, by a pinned CA, is the authority. Its hash stands for a statement. */
static ky_rc bind_all(struct ky_sam *sam, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_bytes field[KY_MESSAGE_FIELDS_MAX], items[KY_BATCH_MAX];
    struct ky_keeper_head head = {.op = KY_OP_BIND};
    struct ky_execute e = {0};
    ky_auto_buf results = ky_buf_init(KY_KEEPER_PAYLOAD_MAX);
    size_t count, letters;
    uint64_t number = 0;
    bool repeated;
    KY_TRY(ky_message_read(field, KY_MSG_SAM_BIND_CERT, body));
    KY_TRY(ky_list_read(items, &count, KY_KEEPER_REFS_MAX, field[0], "bind"));
    KY_TRY(count_letters(&letters, items, count));
    if (letters > 0)
        KY_TRY(ky_sam_letter_numbers(&number, sam, letters));
    ky_list_begin(&results, count);
    for (size_t i = 0; i < count; i++)
        KY_TRY(ky_context(bind_one(sam, items[i], &number, &head, &e, &results), "item %zu", i + 1));
    KY_TRY(ky_sha256(head.statement, field[0]));
    e.outbox = ky_buf_bytes(&results);
    return ky_worker_execute(&sam->w, &head, &e, &repeated, reply);
}

ky_rc ky_sam_handle_bind(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                         struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    (void)request;
    return ky_worker_refused(&sam->w, KY_OP_BIND, bind_all(sam, body, reply));
}
