/* See activating.h. */
#include "tests/process/activating.h"

#include <stdio.h>

#include "base/base64.h"
#include "os/clock.h"

static ky_rc open_letter(struct ky_letter *out, const struct harness *h, struct ky_bytes sealed,
                         uint64_t number)
{
    const struct ky_founding *f = h->realm.founding;
    return ky_letter_open(out, sealed, number, h->courier_private, f->sam_att, f->realm);
}

ky_rc activating_open_letter(struct ky_letter *out, const struct harness *h, const struct subscriber *who)
{
    return open_letter(out, h, ky_buf_bytes(&who->letter), who->letter_number);
}

ky_rc activating_mail_secret(uint8_t secret[KY_MAIL_SECRET_SIZE], const struct harness *h,
                             const struct subscriber *who)
{
    struct ky_letter letter;
    ky_auto_buf bytes = ky_buf_init(KY_MAIL_SECRET_SIZE);
    KY_TRY(activating_open_letter(&letter, h, who));
    KY_TRY(ky_base64url_decode(&bytes, ky_bytes_str(letter.secret)));
    if (bytes.n != KY_MAIL_SECRET_SIZE)
        return ky_fail(KY_EFORMAT, "mail secret of %zu bytes", bytes.n);
    memcpy(secret, bytes.p, KY_MAIL_SECRET_SIZE);
    return KY_OK;
}

ky_rc activating_send_code(struct ky_buf *answer, const struct harness *h, struct ky_bytes activation,
                           struct ky_bytes nonce, struct ky_bytes proof)
{
    const struct ky_bytes fields[] = {activation, nonce, proof};
    return realm_call(&h->realm, "sam-worker.1", KY_MSG_SAM_CODE, fields, KY_COUNT(fields), answer);
}

ky_rc activating_ask_code(struct ky_letter *out, const struct harness *h, const struct subscriber *who,
                          const uint8_t secret[KY_MAIL_SECRET_SIZE])
{
    uint8_t nonce[KY_NONCE_SIZE], proof[KY_HMAC_SIZE];
    ky_auto_buf answer = ky_buf_init(65536);
    KY_TRY(realm_nonce(nonce, &h->realm, KY_PROCESS_SAM, KY_NONCE_SHORT));
    KY_TRY(ky_code_proof(proof, secret, KY_BYTES_OF(nonce)));
    KY_TRY(activating_send_code(&answer, h, ky_buf_bytes(&who->activation), KY_BYTES_OF(nonce),
                                KY_BYTES_OF(proof)));
    struct ky_reader in = KY_READER(ky_buf_bytes(&answer));
    uint64_t number = ky_read_u64(&in);
    struct ky_bytes sealed = ky_read_lv(&in, KY_LETTER_SEALED_MAX);
    KY_TRY(ky_reader_finish(&in, "SAM_CODE"));
    return open_letter(out, h, sealed, number);
}

/* ---- enrolment ---- */

static ky_rc create(struct enrolling *e)
{
    uint8_t challenge[KY_HASH_SIZE], creation[KY_HASH_SIZE];
    struct ky_buf *object = &e->field[ENROLLING_CREATION], *client = &e->field[ENROLLING_CLIENT_DATA];
    KY_TRY(ky_creation_challenge(challenge, KY_BYTES_OF(e->nonce)));
    KY_TRY(phone_create(e->phone, object, client, KY_BYTES_OF(challenge)));
    KY_TRY(ky_creation_hash(creation, ky_buf_bytes(object), ky_buf_bytes(client)));
    return ky_body_set_hex(e->st, "creation", KY_BYTES_OF(creation));
}

ky_rc enrolling_begin(struct enrolling *e, struct harness *h, struct subscriber *who, struct phone *phone,
                      const uint8_t secret[KY_MAIL_SECRET_SIZE], const char *code)
{
    ky_time now = ky_now();
    *e = (struct enrolling){.h = h, .who = who, .phone = phone};
    for (size_t i = 0; i < ENROLLING_FIELDS; i++)
        e->field[i] = ky_buf_init(KY_STATEMENT_MAX);
    memcpy(e->secret, secret, KY_MAIL_SECRET_SIZE);
    snprintf(e->code, sizeof e->code, "%s", code);
    KY_TRY(realm_nonce(e->nonce, &h->realm, KY_PROCESS_SAM, KY_NONCE_SHORT));
    const struct statement_head head = {.type = "enrol-device",
                                        .realm = h->realm.founding->realm,
                                        .sam_nonce = e->nonce,
                                        .iat = now,
                                        .exp = now + 4 * KY_MINUTE};
    KY_TRY(statement_new(&e->st, &head));
    KY_TRY(ky_body_set_hex(e->st, "owner", KY_BYTES_OF(who->owner)));
    KY_TRY(ky_body_set_hex(e->st, "activation", KY_BYTES_OF(who->activation_id)));
    KY_TRY(ky_body_set_text(e->st, "name", ky_bytes_str("Điện thoại của cô Hoa")));
    KY_TRY(ky_body_set_base64url(e->st, "passkey", KY_BYTES_OF(phone->credential_id)));
    KY_TRY(ky_body_set_base64url(e->st, "key", KY_BYTES(phone_key(phone), KY_P256_POINT)));
    KY_TRY(ky_body_set_base64url(e->st, "device_key", KY_BYTES(phone_device_key(phone), KY_P256_POINT)));
    KY_TRY(ky_body_set_bool(e->st, "be", (phone->flags & KY_WEBAUTHN_BE) != 0));
    KY_TRY(create(e));
    ky_buf_add(&e->field[ENROLLING_ACTIVATION], ky_buf_bytes(&who->activation));
    return ky_buf_finish(&e->field[ENROLLING_ACTIVATION]);
}

ky_rc enrolling_finish(struct enrolling *e)
{
    static const uint8_t nobody[KY_ID_SIZE];
    ky_auto_buf proof = ky_buf_init_secret(KY_PROOF_SIZE);
    struct ky_buf *text = &e->field[ENROLLING_STATEMENT];
    ky_buf_reset(text);
    ky_buf_reset(&e->field[ENROLLING_AUTHS]);
    ky_buf_reset(&e->field[ENROLLING_PROOF]);
    KY_TRY(statement_text(text, e->st));
    KY_TRY(phone_authorise(e->phone, &e->field[ENROLLING_AUTHS], ky_buf_bytes(text), nobody));
    ky_buf_add(&proof, KY_BYTES_OF(e->secret));
    ky_buf_add(&proof, KY_BYTES(e->code, KY_CODE_DIGITS));
    KY_TRY(ky_buf_finish(&proof));
    return ky_seal_p256(&e->field[ENROLLING_PROOF], e->h->realm.founding->sam_open, ky_buf_bytes(text),
                        ky_buf_bytes(&proof));
}

ky_rc enrolling_send(const struct enrolling *e, const char *worker, struct ky_buf *answer)
{
    struct ky_bytes fields[ENROLLING_FIELDS];
    for (size_t i = 0; i < ENROLLING_FIELDS; i++)
        fields[i] = ky_buf_bytes(&e->field[i]);
    return realm_call(&e->h->realm, worker, KY_MSG_SAM_ENROL, fields, ENROLLING_FIELDS, answer);
}

void enrolling_clear(struct enrolling *e)
{
    json_decref(e->st);
    for (size_t i = 0; i < ENROLLING_FIELDS; i++)
        ky_buf_clear(&e->field[i]);
}

ky_rc enrolling_device(struct ky_buf *record, struct ky_bytes answer)
{
    struct ky_reader in = KY_READER(answer);
    ky_buf_add(record, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX));
    (void)ky_read_lv(&in, HARNESS_TEXT_MAX);
    KY_TRY(ky_reader_finish(&in, "SAM_ENROL"));
    return ky_buf_finish(record);
}
