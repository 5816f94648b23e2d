/*
 * SAM_CODE and SAM_ENROL: a phone asks for its code, then enrols. Attempts and
 * codes are counted by the keeper before anything is compared.
 */
#include <stdio.h>

#include "base/base64.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/webauthn.h"
#include "domain/activation.h"
#include "domain/letter.h"
#include "prog/sam/sam.h"

#define DEVICE_LIFE (6 * 366 * KY_DAY)
#define NOTICE_LIFE (3 * KY_DAY)

struct count {
    uint32_t now, codes; /* now 0: the result of this very statement is there already */
    ky_time code_time;
};

/* Counts a code or an attempt; the keeper refuses what is over. */
static ky_rc count_one(struct ky_sam *sam, struct ky_keeper_head *head, ky_log_kind kind,
                       const struct ky_record *a, struct count *out)
{
    uint8_t log_id[KY_LOG_ID_SIZE];
    ky_auto_buf body = ky_buf_init(4096), reply = ky_buf_init(64);
    ky_log_id(log_id, a->id);
    ky_keeper_head_encode(&body, head);
    ky_buf_add_u8(&body, (uint8_t)kind);
    ky_buf_add(&body, KY_BYTES_OF(log_id));
    ky_buf_add_u64(&body, (uint64_t)a->not_after);
    KY_TRY(ky_buf_finish(&body));
    KY_TRY(ky_worker_keeper(&sam->w, KY_MSG_K_COUNT, ky_buf_bytes(&body), &reply));
    struct ky_reader in = KY_READER(ky_buf_bytes(&reply));
    out->now = ky_read_u32(&in);
    out->codes = ky_read_u32(&in);
    out->code_time = (ky_time)ky_read_u64(&in);
    return ky_reader_finish(&in, "keeper's answer");
}

static ky_rc open_activation(struct ky_sam *sam, struct ky_record *out, struct ky_activation_record *a,
                             struct ky_bytes envelope)
{
    KY_TRY(ky_worker_open_record(&sam->w, out, envelope));
    KY_TRY(ky_record_check(out, KY_REC_ACTIVATION, ky_worker_now(&sam->w), "activation"));
    return ky_record_activation(a, out);
}

static void start_letter(const struct ky_sam *sam, struct ky_letter *l, ky_letter_kind kind, uint64_t number,
                         bool sms, const struct ky_activation_record *a)
{
    struct ky_bytes address = sms ? a->phone : a->email;
    *l = (struct ky_letter){.node = sam->w.founding->node, .number = number, .kind = kind, .sms = sms};
    memcpy(l->realm, sam->w.founding->realm, KY_HASH_SIZE);
    snprintf(l->address, sizeof l->address, "%.*s", (int)address.n, (const char *)address.p);
    snprintf(l->name, sizeof l->name, "%.*s", (int)a->name.n, (const char *)a->name.p);
}

static ky_rc seal_letter(const struct ky_sam *sam, struct ky_buf *out, struct ky_letter *l)
{
    ky_auto_buf sealed = ky_buf_init(KY_LETTER_SEALED_MAX);
    ky_rc rc = ky_letter_seal(&sealed, l, &sam->w.k_att, sam->w.founding->courier_key);
    ky_wipe(l, sizeof *l);
    KY_TRY(rc);
    ky_buf_add_lv(out, ky_buf_bytes(&sealed));
    return ky_buf_finish(out);
}

/* The phone knows the mail secret of this activation: nobody else can have a code sent. */
static ky_rc check_code_proof(const struct ky_sam *sam, const struct ky_record *a, struct ky_bytes nonce,
                              struct ky_bytes proof)
{
    uint8_t secret[KY_MAIL_SECRET_SIZE], wanted[KY_HMAC_SIZE];
    KY_TRY(ky_mail_secret(secret, &sam->k_act, a->id));
    ky_rc rc = ky_code_proof(wanted, secret, nonce);
    ky_wipe(secret, sizeof secret);
    KY_TRY(rc);
    return ky_secret_eq(KY_BYTES_OF(wanted), proof) ? KY_OK
                                                    : ky_fail(KY_EAUTH, "code: the mail secret is not known");
}

/* The activation must be alive, and its credential neither removed nor locked. */
static ky_rc refer(struct ky_keeper_head *h, const struct ky_record *record,
                   const struct ky_activation_record *a)
{
    KY_TRY(ky_head_ref_record(h, record, false));
    return ky_head_ref_credential(h, a->key);
}

/* The nonce stands for a statement here: it names the one asking. */
static ky_rc code_head(struct ky_keeper_head *h, struct ky_bytes nonce, const struct ky_record *record,
                       const struct ky_activation_record *a)
{
    struct ky_nonce n;
    *h = (struct ky_keeper_head){.op = KY_OP_CODE, .has_nonce = true};
    if (nonce.n != KY_NONCE_SIZE)
        return ky_fail(KY_EFORMAT, "code: nonce of %zu bytes", nonce.n);
    memcpy(h->nonce, nonce.p, KY_NONCE_SIZE);
    KY_TRY(ky_nonce_parse(&n, nonce.p));
    if (n.kind != KY_NONCE_SHORT)
        return ky_fail(KY_EFORMAT, "code: nonce of the wrong kind");
    h->exp = n.made + KY_NONCE_SHORT_S;
    KY_TRY(ky_sha256(h->statement, nonce));
    return refer(h, record, a);
}

static ky_rc send_code(struct ky_sam *sam, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    struct ky_activation_record a;
    ky_auto_record record = {0};
    struct ky_keeper_head head;
    struct count count;
    struct ky_letter letter;
    uint64_t number;
    KY_TRY(ky_message_read(fields, KY_MSG_SAM_CODE, body));
    KY_TRY(open_activation(sam, &record, &a, fields[0]));
    KY_TRY(code_head(&head, fields[1], &record, &a));
    if (ky_worker_now(&sam->w) > head.exp)
        return ky_fail(KY_EEXPIRED, "code: the nonce has ended");
    KY_TRY(check_code_proof(sam, &record, fields[1], fields[2]));
    KY_TRY(count_one(sam, &head, KY_LOGGED_CODE, &record, &count));
    KY_TRY(ky_sam_letter_numbers(&number, sam, 1));
    start_letter(sam, &letter, KY_LETTER_ACTIVATION_CODE, number, true, &a);
    memcpy(letter.id, record.id, KY_ID_SIZE);
    letter.not_after = count.code_time + KY_CODE_LIFE;
    KY_TRY(ky_activation_code(letter.secret, &sam->k_act, record.id, count.now));
    ky_buf_add_u64(reply, number);
    return seal_letter(sam, reply, &letter);
}

ky_rc ky_sam_handle_code(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                         struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    (void)request;
    return ky_worker_refused(&sam->w, KY_OP_CODE, send_code(sam, body, reply));
}

struct enrolment {
    struct ky_record activation;
    struct ky_activation_record a;
    struct ky_statement st;
    struct ky_authorisations auths;
    struct ky_bytes attestation_object, client_data, proof; /* proof: sealed */
    struct ky_authenticator keys;                           /* as the statement names them */
    struct ky_keeper_head head;
};

static void clear_enrolment(struct enrolment *e)
{
    ky_record_clear(&e->activation);
    ky_statement_clear(&e->st);
}

static ky_rc get_b64(uint8_t *out, size_t *out_n, size_t max, const json_t *obj, const char *name)
{
    ky_auto_buf b = ky_buf_init(max);
    KY_TRY(ky_json_get_base64url(&b, obj, name, max));
    memcpy(out, b.p, b.n);
    *out_n = b.n;
    return KY_OK;
}

static ky_rc read_keys(struct enrolment *e)
{
    size_t n;
    KY_TRY(get_b64(e->keys.passkey, &e->keys.passkey_n, sizeof e->keys.passkey, e->st.json, "passkey"));
    KY_TRY(get_b64(e->keys.key, &n, KY_P256_POINT, e->st.json, "key"));
    KY_TRY(get_b64(e->keys.device_key, &n, KY_P256_POINT, e->st.json, "device_key"));
    KY_TRY(ky_json_get_bool(&e->keys.be, e->st.json, "be"));
    KY_TRY(ky_p256_check_point(KY_BYTES_OF(e->keys.key)));
    return ky_p256_check_point(KY_BYTES_OF(e->keys.device_key));
}

/* The statement speaks of this activation and its owner. */
static ky_rc check_statement(struct ky_sam *sam, struct enrolment *e)
{
    struct ky_nonce nonce;
    uint8_t owner[KY_OWNER_SIZE], activation[KY_ID_SIZE];
    KY_TRY(ky_statement_check(&nonce, &e->st, KY_ST_ENROL_DEVICE, KY_PROCESS_SAM, sam->w.founding->realm,
                              ky_worker_now(&sam->w)));
    KY_TRY(ky_json_get_hex(owner, KY_OWNER_SIZE, e->st.json, "owner"));
    KY_TRY(ky_json_get_hex(activation, KY_ID_SIZE, e->st.json, "activation"));
    if (memcmp(activation, e->activation.id, KY_ID_SIZE) != 0 ||
        memcmp(owner, e->activation.owner, KY_OWNER_SIZE) != 0)
        return ky_fail(KY_EDENIED, "enrol-device: not for this activation and its owner");
    return read_keys(e);
}

/* What create() made is what the statement names: credential, key, flags. */
static ky_rc check_creation(struct ky_sam *sam, struct enrolment *e)
{
    uint8_t challenge[KY_HASH_SIZE], creation[KY_HASH_SIZE], named[KY_HASH_SIZE];
    struct ky_webauthn_credential made;
    KY_TRY(ky_creation_hash(creation, e->attestation_object, e->client_data));
    KY_TRY(ky_json_get_hex(named, KY_HASH_SIZE, e->st.json, "creation"));
    if (memcmp(creation, named, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "enrol-device: other creation data than the statement names");
    KY_TRY(ky_creation_challenge(challenge, KY_BYTES(e->st.nonce[KY_PROCESS_SAM], KY_NONCE_SIZE)));
    const struct ky_webauthn_expected want = {.rp_id = sam->w.founding->rp_id,
                                              .origin = sam->w.founding->origin,
                                              .challenge = KY_BYTES_OF(challenge)};
    KY_TRY(ky_webauthn_verify_registration(&made, &want, e->attestation_object, e->client_data));
    bool same = ky_bytes_eq(KY_BYTES(made.id, made.id_n), KY_BYTES(e->keys.passkey, e->keys.passkey_n)) &&
                memcmp(made.point, e->keys.key, KY_P256_POINT) == 0 &&
                ((made.flags & KY_WEBAUTHN_BE) != 0) == e->keys.be;
    return same ? KY_OK : ky_fail(KY_EDENIED, "enrol-device: another passkey than the statement names");
}

/* Both new keys signed the statement. */
static ky_rc check_new_keys(struct ky_sam *sam, struct enrolment *e)
{
    static const uint8_t nobody[KY_ID_SIZE];
    if (e->auths.count != 1 || memcmp(e->auths.item[0].record, nobody, KY_ID_SIZE) != 0)
        return ky_fail(KY_EAUTH, "enrol-device: exactly one authorisation, by the new keys");
    return ky_authorise_webauthn(&e->auths.item[0], &e->st, &e->keys, sam->w.founding);
}

static ky_rc open_proof(struct ky_sam *sam, struct enrolment *e, struct ky_buf *plain)
{
    KY_TRY(ky_context(ky_unseal_p256(plain, sam->w.founding->sam_open, ky_keystore_ecdh_fn, sam->open_key,
                                     ky_statement_text(&e->st), e->proof),
                      "activation proof"));
    return plain->n == KY_PROOF_SIZE ? KY_OK : ky_fail(KY_EFORMAT, "activation proof of %zu bytes", plain->n);
}

static ky_rc check_mail_secret(struct ky_sam *sam, const struct enrolment *e, struct ky_bytes proof)
{
    uint8_t secret[KY_MAIL_SECRET_SIZE];
    KY_TRY(ky_mail_secret(secret, &sam->k_act, e->activation.id));
    bool same = ky_secret_eq(KY_BYTES_OF(secret), KY_BYTES(proof.p, KY_MAIL_SECRET_SIZE));
    ky_wipe(secret, sizeof secret);
    return same ? KY_OK : ky_fail(KY_EAUTH, "enrol-device: the mail secret is wrong");
}

/* The attempt is on record before the code is looked at. *done: this very statement was right before. */
static ky_rc check_code(struct ky_sam *sam, struct enrolment *e, struct ky_bytes proof, bool *done)
{
    struct count count;
    char code[KY_CODE_DIGITS + 1];
    struct ky_keeper_head head = e->head;
    head.op = KY_OP_ATTEMPT;
    KY_TRY(count_one(sam, &head, KY_LOGGED_ATTEMPT, &e->activation, &count));
    *done = count.now == 0;
    if (*done)
        return KY_OK;
    if (count.codes == 0)
        return ky_fail(KY_EAUTH, "enrol-device: no code was asked for");
    if (ky_worker_now(&sam->w) > count.code_time + KY_CODE_LIFE)
        return ky_fail(KY_EEXPIRED, "enrol-device: the code is older than %d minutes",
                       (int)(KY_CODE_LIFE / KY_MINUTE));
    KY_TRY(ky_activation_code(code, &sam->k_act, e->activation.id, count.codes));
    bool same =
        ky_secret_eq(KY_BYTES(code, KY_CODE_DIGITS), KY_BYTES(proof.p + KY_MAIL_SECRET_SIZE, KY_CODE_DIGITS));
    ky_wipe(code, sizeof code);
    return same ? KY_OK
                : ky_fail(KY_EAUTH, "enrol-device: the code is wrong (attempt %u of %d)", count.now,
                          KY_ATTEMPTS_MAX);
}

static ky_rc write_device(struct ky_sam *sam, const struct enrolment *e, const uint8_t id[KY_ID_SIZE],
                          struct ky_buf *out)
{
    struct ky_bytes name;
    ky_time now = ky_worker_now(&sam->w);
    ky_auto_json body = NULL;
    KY_TRY(ky_json_get_str(&name, e->st.json, "name", 512));
    KY_TRY(ky_record_body(&body, KY_REC_DEVICE, id, 1, e->activation.owner, now, now + DEVICE_LIFE));
    KY_TRY(ky_body_set_text(body, "name", name));
    KY_TRY(ky_body_set_base64url(body, "passkey", KY_BYTES(e->keys.passkey, e->keys.passkey_n)));
    KY_TRY(ky_body_set_base64url(body, "key", KY_BYTES_OF(e->keys.key)));
    KY_TRY(ky_body_set_bool(body, "be", e->keys.be));
    KY_TRY(ky_body_set_base64url(body, "device_key", KY_BYTES_OF(e->keys.device_key)));
    KY_TRY(ky_body_set_text(body, "class", ky_bytes_str(e->keys.be ? "synced" : "device-bound")));
    return ky_record_seal(out, NULL, body, KY_PROCESS_SAM, &sam->w.k_reg, sam->w.founding->realm);
}

/* Notices to both channels: name of the device and the words of its fingerprint. */
static ky_rc write_notices(struct ky_sam *sam, const struct enrolment *e, const uint8_t id[KY_ID_SIZE],
                           struct ky_buf *out)
{
    struct ky_bytes name;
    struct ky_letter letter;
    uint64_t number;
    ky_auto_buf words = ky_buf_init(KY_LETTER_TEXT_MAX - 1);
    KY_TRY(ky_json_get_str(&name, e->st.json, "name", 500));
    KY_TRY(ky_device_words(&words, e->keys.key, e->keys.device_key));
    KY_TRY(ky_sam_letter_numbers(&number, sam, 2));
    ky_list_begin(out, 2);
    for (unsigned i = 0; i < 2; i++) {
        ky_auto_buf item = ky_buf_init(KY_LETTER_SEALED_MAX + 16);
        start_letter(sam, &letter, KY_LETTER_DEVICE_NOTICE, number + i, i == 1, &e->a);
        memcpy(letter.id, id, KY_ID_SIZE);
        letter.not_after = ky_worker_now(&sam->w) + NOTICE_LIFE;
        snprintf(letter.device, sizeof letter.device, "%.*s", (int)name.n, (const char *)name.p);
        snprintf(letter.words, sizeof letter.words, "%s", ky_buf_str(&words));
        ky_buf_add_u64(&item, number + i);
        KY_TRY(seal_letter(sam, &item, &letter));
        ky_buf_add_lv(out, ky_buf_bytes(&item));
    }
    return ky_buf_finish(out);
}

static void add_spend(struct ky_execute *x, const struct enrolment *e)
{
    ky_log_id(x->spends[0].id, e->activation.id);
    x->spends[0].not_after = e->activation.not_after;
    x->spend_count = 1;
}

/* The answer was lost on its way: the keeper has it. */
static ky_rc fetch_result(struct ky_sam *sam, const struct enrolment *e, struct ky_buf *reply)
{
    struct ky_execute x = {.spend_count = 0};
    bool repeated;
    add_spend(&x, e);
    return ky_worker_execute(&sam->w, &e->head, &x, &repeated, reply);
}

/* The activation is spent and the device given out in one step: of two phones one wins. */
static ky_rc enrol(struct ky_sam *sam, struct enrolment *e, struct ky_buf *reply)
{
    uint8_t id[KY_ID_SIZE];
    bool repeated;
    struct ky_execute x = {.spend_count = 0};
    ky_auto_buf result = ky_buf_init(KY_KEEPER_PAYLOAD_MAX), device = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    ky_auto_buf notices = ky_buf_init(4 * KY_LETTER_SEALED_MAX);
    KY_TRY(ky_random(id, sizeof id));
    KY_TRY(write_device(sam, e, id, &device));
    KY_TRY(write_notices(sam, e, id, &notices));
    ky_buf_add_lv(&result, ky_buf_bytes(&device));
    ky_buf_add_lv(&result, ky_buf_bytes(&notices));
    KY_TRY(ky_buf_finish(&result));
    add_spend(&x, e);
    x.outbox = ky_buf_bytes(&result);
    x.audit = KY_BYTES_OF(id);
    return ky_worker_execute(&sam->w, &e->head, &x, &repeated, reply);
}

static ky_rc parse_enrolment(struct ky_sam *sam, struct enrolment *e, struct ky_bytes body)
{
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    KY_TRY(ky_message_read(fields, KY_MSG_SAM_ENROL, body));
    KY_TRY(open_activation(sam, &e->activation, &e->a, fields[0]));
    KY_TRY(ky_statement_parse(&e->st, fields[1]));
    KY_TRY(ky_authorisations_parse(&e->auths, fields[2]));
    e->attestation_object = fields[3];
    e->client_data = fields[4];
    e->proof = fields[5];
    return KY_OK;
}

static ky_rc enrol_device(struct ky_sam *sam, struct ky_bytes body, struct ky_buf *reply)
{
    KY_CLEANUP(clear_enrolment) struct enrolment e = {0};
    ky_auto_buf proof = ky_buf_init_secret(KY_PROOF_SIZE + 64);
    KY_TRY(parse_enrolment(sam, &e, body));
    KY_TRY(check_statement(sam, &e));
    KY_TRY(check_creation(sam, &e));
    KY_TRY(check_new_keys(sam, &e));
    ky_worker_head(&e.head, &sam->w, &e.st, &e.auths);
    KY_TRY(refer(&e.head, &e.activation, &e.a));
    KY_TRY(open_proof(sam, &e, &proof));
    KY_TRY(check_mail_secret(sam, &e, ky_buf_bytes(&proof)));
    bool done;
    KY_TRY(check_code(sam, &e, ky_buf_bytes(&proof), &done));
    return done ? fetch_result(sam, &e, reply) : enrol(sam, &e, reply);
}

ky_rc ky_sam_handle_enrol(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                          struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    (void)request;
    return ky_worker_refused(&sam->w, KY_OP_ENROL_DEVICE, enrol_device(sam, body, reply));
}
