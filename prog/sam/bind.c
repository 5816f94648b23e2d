/*
 * SAM_BIND_CERT: a certificate that a pinned CA has signed for this very key
 * makes version 2 of the key record, which can sign; and the account letter goes out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "crypto/digest.h"
#include "domain/activation.h"
#include "domain/letter.h"
#include "pki/cert.h"
#include "prog/sam/sam.h"

struct item {
    struct ky_bytes key, cert, activation; /* as they came */
};

/* One certificate bound to its key. */
struct bound {
    struct ky_record record, activation;
    bool has_letter;    /* there is an activation */
    ky_time cert_end;   /* notAfter of the certificate */
    struct ky_buf made; /* version 2 of the key record */
    uint8_t spend[KY_LOG_ID_SIZE];
};

struct binding {
    struct bound items[KY_BATCH_MAX];
    size_t count;
};

static void free_binding(struct binding *b)
{
    for (size_t i = 0; i < b->count; i++) {
        ky_record_clear(&b->items[i].record);
        ky_record_clear(&b->items[i].activation);
        ky_buf_clear(&b->items[i].made);
    }
    free(b);
}
KY_DEFINE_CLEANUP(struct binding, free_binding)

static ky_time end_of(const struct bound *b)
{
    return b->cert_end > b->record.not_after ? b->cert_end : b->record.not_after;
}

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

/* Version 2 kills version 1, so the word of it stays as long as the later of the two lives. */
static ky_rc write_version_2(struct ky_sam *sam, struct bound *b, const struct ky_cert *cert,
                             struct ky_append *version)
{
    const struct ky_record *old = &b->record;
    ky_auto_json body = json_deep_copy(old->json);
    if (body == NULL)
        return ky_fail(KY_ENOMEM, "key record");
    KY_TRY(ky_body_set_int(body, "version", old->version + 1));
    KY_TRY(ky_body_set_hex(body, "cert", KY_BYTES_OF(cert->sha256)));
    KY_TRY(ky_body_set_int(body, "not_after", cert->not_after));
    *version =
        (struct ky_append){.kind = KY_LOGGED_VERSION, .version = old->version + 1, .not_after = end_of(b)};
    ky_record_log_id(version->id, KY_REC_KEY, old->id);
    return ky_record_seal(&b->made, version->hash, body, KY_PROCESS_SAM, &sam->w.k_reg,
                          sam->w.founding->realm);
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

/* The credential that is replaced dies in the same step, and only while it is alive and unlocked. */
static ky_rc end_prior(const struct ky_key_record *key, struct ky_keeper_head *head, struct ky_execute *e)
{
    if (!key->has_prior)
        return KY_OK;
    struct ky_append *dead = &e->appends[e->append_count++];
    *dead = (struct ky_append){.kind = KY_LOGGED_DEAD, .version = INT32_MAX, .not_after = KY_TIME_NEVER};
    ky_record_log_id(dead->id, KY_REC_KEY, key->prior);
    memcpy(dead->hash, key->request, KY_HASH_SIZE);
    return ky_head_ref(head, KY_REC_KEY, key->prior, key->prior_version, key->prior_hash, true);
}

static ky_rc bind_one(struct ky_sam *sam, struct bound *b, struct ky_bytes bytes, struct ky_keeper_head *head,
                      struct ky_execute *e)
{
    struct item item;
    struct ky_key_record key;
    ky_auto_cert cert = NULL;
    b->made = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    KY_TRY(read_item(&item, bytes));
    KY_TRY(ky_worker_open_record(&sam->w, &b->record, item.key));
    KY_TRY(ky_record_check(&b->record, KY_REC_KEY, ky_worker_now(&sam->w), "key"));
    KY_TRY(ky_record_key(&key, &b->record));
    if (b->record.version != 1)
        return ky_fail(KY_EDENIED, "key record has its certificate already");
    KY_TRY(ky_cert_parse(&cert, item.cert));
    KY_TRY(check_certificate(sam, cert, &key));
    b->cert_end = cert->not_after;
    KY_TRY(ky_head_ref_record(head, &b->record, false));
    KY_TRY(write_version_2(sam, b, cert, &e->appends[e->append_count++]));
    KY_TRY(end_prior(&key, head, e));
    b->has_letter = item.activation.n > 0;
    if (b->has_letter)
        KY_TRY(open_activation(sam, &b->activation, item.activation, &b->record));
    KY_TRY(bind_spend_id(b->spend, b->record.id));
    struct ky_spend *spend = &e->spends[e->spend_count++];
    memcpy(spend->id, b->spend, KY_LOG_ID_SIZE);
    spend->not_after = end_of(b);
    return KY_OK;
}

static ky_rc add_result(struct ky_buf *out, struct ky_sam *sam, const struct bound *b, uint64_t *number)
{
    uint64_t own_number = b->has_letter ? (*number)++ : 0;
    ky_auto_buf letter = ky_buf_init(KY_LETTER_SEALED_MAX),
                result = ky_buf_init(KY_RECORD_ENVELOPE_MAX + KY_LETTER_SEALED_MAX + 64);
    if (b->has_letter)
        KY_TRY(write_letter(sam, &b->activation, own_number, &letter));
    ky_buf_add_lv(&result, ky_buf_bytes(&b->made));
    ky_buf_add_u64(&result, own_number);
    ky_buf_add_lv(&result, ky_buf_bytes(&letter));
    ky_buf_add(&result, KY_BYTES_OF(b->spend));
    KY_TRY(ky_buf_finish(&result));
    ky_buf_add_lv(out, ky_buf_bytes(&result));
    return ky_buf_finish(out);
}

/* Letters get their numbers only now that the keeper has agreed: a number without a letter is an alarm. */
static ky_rc write_results(struct ky_buf *out, struct ky_sam *sam, const struct bound *items, size_t count)
{
    uint64_t number = 0;
    size_t letters = 0;
    for (size_t i = 0; i < count; i++)
        letters += items[i].has_letter;
    if (letters > 0)
        KY_TRY(ky_sam_letter_numbers(&number, sam, letters));
    ky_list_begin(out, count);
    for (size_t i = 0; i < count; i++)
        KY_TRY(add_result(out, sam, &items[i], &number));
    return KY_OK;
}

/* No person decides here: the certificate itself, by a pinned CA, is the authority. Its hash stands for a statement. */
static ky_rc bind_all(struct ky_sam *sam, struct binding *b, struct ky_bytes list, struct ky_buf *reply)
{
    struct ky_bytes items[KY_BATCH_MAX];
    struct ky_keeper_head head = {.op = KY_OP_BIND};
    struct ky_execute e = {0};
    ky_auto_buf results = ky_buf_init(KY_KEEPER_PAYLOAD_MAX);
    bool repeated;
    KY_TRY(ky_list_read(items, &b->count, KY_BATCH_MAX, list, "bind"));
    if (b->count == 0)
        return ky_fail(KY_EFORMAT, "bind: nothing");
    for (size_t i = 0; i < b->count; i++)
        KY_TRY(ky_context(bind_one(sam, &b->items[i], items[i], &head, &e), "item %zu", i + 1));
    KY_TRY(ky_sha256(head.statement, list));
    KY_TRY(ky_worker_execute(&sam->w, &head, &e, &repeated, reply));
    if (reply->n > 0)
        return KY_OK;
    KY_TRY(write_results(&results, sam, b->items, b->count));
    return ky_worker_result(&sam->w, &head, e.spends[0].id, ky_buf_bytes(&results), reply);
}

static ky_rc bind_certificates(struct ky_sam *sam, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_bytes field[KY_MESSAGE_FIELDS_MAX];
    KY_TRY(ky_message_read(field, KY_MSG_SAM_BIND_CERT, body));
    KY_CLEANUP(free_bindingp) struct binding *b = calloc(1, sizeof *b);
    if (b == NULL)
        return ky_fail(KY_ENOMEM, "bind");
    return bind_all(sam, b, field[0], reply);
}

ky_rc ky_sam_handle_bind(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                         struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    (void)request;
    return ky_worker_refused(&sam->w, KY_OP_BIND, bind_certificates(sam, body, reply));
}
