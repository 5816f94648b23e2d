/* See signing.h. */
#include "tests/process/signing.h"

#include "base/base64.h"
#include "crypto/random.h"
#include "os/clock.h"

void signing_random_hash(json_t *hashes)
{
    uint8_t hash[KY_HASH_SIZE];
    ky_auto_buf text = ky_buf_init(64);
    assert_ok(ky_random(hash, sizeof hash));
    ky_buf_add_base64url(&text, KY_BYTES_OF(hash));
    assert_int_equal(json_array_append_new(hashes, json_string(ky_buf_str(&text))), 0);
}

ky_rc signing_set(struct signing *s, enum signing_field field, struct ky_bytes content)
{
    ky_buf_clear(&s->field[field]);
    s->field[field] = ky_buf_init(KY_STATEMENT_MAX);
    ky_buf_add(&s->field[field], content);
    return ky_buf_finish(&s->field[field]);
}

ky_rc signing_positions(struct ky_buf *out, unsigned count)
{
    ky_buf_clear(out);
    *out = ky_buf_init(65536);
    ky_list_begin(out, count);
    for (unsigned i = 0; i < count; i++) {
        ky_buf_add_u32(out, 2);
        ky_buf_add_u16(out, (uint16_t)i);
    }
    return ky_buf_finish(out);
}

static ky_rc add_members(struct signing *s, unsigned count)
{
    ky_auto_cert cert = NULL;
    ky_auto_json requester = json_object();
    ky_auto_json actor = json_object();
    json_t *hashes = json_array();
    KY_TRY(ky_cert_parse(&cert, ky_buf_bytes(&s->who->cert)));
    KY_TRY(ky_body_set_hex(s->st, "credential", KY_BYTES_OF(s->who->key_id)));
    KY_TRY(ky_body_set_hex(s->st, "cert", KY_BYTES_OF(cert->sha256)));
    KY_TRY(ky_body_set_text(s->st, "hash_alg", ky_bytes_str(SIGNING_SHA256_OID)));
    KY_TRY(ky_body_set_text(s->st, "sign_alg", ky_bytes_str(SIGNING_ECDSA_SHA256_OID)));
    KY_TRY(ky_body_set_bool(s->st, "opaque", true));
    KY_TRY(ky_body_set_text(s->st, "text", ky_bytes_str("Ký học bạ lớp 6A")));
    KY_TRY(ky_body_set_hex(requester, "id", KY_BYTES_OF(s->h->client.id)));
    KY_TRY(ky_body_set_text(requester, "name", ky_bytes_str(s->h->client.name)));
    KY_TRY(ky_body_set_hex(actor, "device", KY_BYTES_OF(s->who->device_id)));
    KY_TRY(ky_body_set_hex(actor, "owner", KY_BYTES_OF(s->who->owner)));
    for (unsigned i = 0; i < count; i++)
        signing_random_hash(hashes);
    bool added = json_object_set_new(s->st, "hashes", hashes) == 0 &&
                 json_object_set(s->st, "requester", requester) == 0 &&
                 json_object_set(s->st, "actor", actor) == 0;
    return added ? KY_OK : ky_fail(KY_ENOMEM, "sign");
}

static ky_rc add_fields(struct signing *s, unsigned count)
{
    ky_auto_buf ocsp = ky_buf_init(65536);
    KY_TRY(harness_ocsp(&ocsp, s->h, ky_buf_bytes(&s->who->cert)));
    KY_TRY(signing_set(s, SIGNING_DEVICE, ky_buf_bytes(&s->who->device)));
    KY_TRY(signing_set(s, SIGNING_KEY, ky_buf_bytes(&s->who->key)));
    KY_TRY(signing_set(s, SIGNING_CLIENT, ky_buf_bytes(&s->h->client.record)));
    KY_TRY(signing_set(s, SIGNING_CERT, ky_buf_bytes(&s->who->cert)));
    KY_TRY(signing_set(s, SIGNING_OCSP, ky_buf_bytes(&ocsp)));
    KY_TRY(signing_set(s, SIGNING_BLOB, ky_buf_bytes(&s->who->blob)));
    return signing_positions(&s->field[SIGNING_POSITIONS], count);
}

ky_rc signing_ask(struct signing *s, struct harness *h, struct subscriber *who, unsigned count)
{
    ky_time now = ky_now();
    *s = (struct signing){.h = h, .who = who, .phone = who->phone, .text = ky_buf_init(KY_STATEMENT_MAX)};
    memcpy(s->record, who->device_id, KY_ID_SIZE);
    KY_TRY(realm_nonce(s->nonce, &h->realm, KY_PROCESS_SAM, KY_NONCE_SHORT));
    const struct statement_head head = {.type = "sign",
                                        .realm = h->realm.founding->realm,
                                        .sam_nonce = s->nonce,
                                        .iat = now,
                                        .exp = now + 4 * KY_MINUTE};
    KY_TRY(statement_new(&s->st, &head));
    KY_TRY(add_members(s, count));
    return add_fields(s, count);
}

ky_rc signing_word(struct signing *s)
{
    ky_buf_reset(&s->text);
    return statement_text(&s->text, s->st);
}

ky_rc signing_pack(struct signing *s)
{
    struct ky_authorisation a = {
        .kind = KY_AUTH_WEBAUTHN,
        .authenticator_data = ky_buf_bytes(&s->made.authenticator_data),
        .client_data_json = ky_buf_bytes(&s->made.client_data),
        .signature = ky_buf_bytes(&s->made.signature),
        .device_signature = KY_BYTES_OF(s->made.device_signature),
    };
    ky_auto_buf item = ky_buf_init(65536), list = ky_buf_init(65536);
    memcpy(a.record, s->record, KY_ID_SIZE);
    ky_authorisation_add_webauthn(&item, &a);
    ky_authorisations_encode(&list, &item, 1);
    KY_TRY(ky_buf_finish(&list));
    return signing_set(s, SIGNING_AUTHS, ky_buf_bytes(&list));
}

ky_rc signing_approve(struct signing *s)
{
    phone_assertion_clear(&s->made);
    KY_TRY(phone_assert(&s->phone, &s->made, ky_buf_bytes(&s->text)));
    return signing_pack(s);
}

ky_rc signing_send(const struct signing *s, const char *worker, struct ky_buf *answer)
{
    struct ky_bytes fields[SIGNING_FIELDS];
    fields[0] = ky_buf_bytes(&s->text);
    for (size_t i = 1; i < SIGNING_FIELDS; i++)
        fields[i] = ky_buf_bytes(&s->field[i]);
    return realm_call(&s->h->realm, worker, KY_MSG_SAM_SIGN, fields, SIGNING_FIELDS, answer);
}

void signing_clear(struct signing *s)
{
    json_decref(s->st);
    ky_buf_clear(&s->text);
    phone_assertion_clear(&s->made);
    for (size_t i = 0; i < SIGNING_FIELDS; i++)
        ky_buf_clear(&s->field[i]);
}

ky_rc signing_do(struct harness *h, struct subscriber *who, unsigned count, struct ky_buf *answer)
{
    KY_CLEANUP(signing_clear) struct signing s = {0};
    ky_auto_buf unused = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(signing_ask(&s, h, who, count));
    KY_TRY(signing_word(&s));
    KY_TRY(signing_approve(&s));
    return signing_send(&s, "sam-worker.0", answer == NULL ? &unused : answer);
}
