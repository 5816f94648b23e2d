/* The software phone; see phone.h. */
#include "tests/support/phone.h"

#include <stdio.h>

#include "base/base64.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "crypto/random.h"
#include "domain/authorisation.h"

#define STATE_MAX 16384

ky_rc phone_init(struct phone *p, const char *origin, const char *rp_id)
{
    *p = (struct phone){.flags = KY_WEBAUTHN_UP | KY_WEBAUTHN_UV};
    snprintf(p->origin, sizeof p->origin, "%s", origin);
    snprintf(p->rp_id, sizeof p->rp_id, "%s", rp_id);
    KY_TRY(ky_softkey_generate(&p->passkey, KY_KEY_P256));
    KY_TRY(ky_softkey_generate(&p->device, KY_KEY_P256));
    return ky_random(p->credential_id, sizeof p->credential_id);
}

void phone_clear(struct phone *p)
{
    ky_softkey_free(p->passkey);
    ky_softkey_free(p->device);
    *p = (struct phone){0};
}

const uint8_t *phone_key(const struct phone *p)
{
    return ky_pubkey_point(ky_softkey_public(p->passkey)).p;
}

const uint8_t *phone_device_key(const struct phone *p)
{
    return ky_pubkey_point(ky_softkey_public(p->device)).p;
}

static ky_rc put_key(struct ky_json_out *o, const char *name, const struct ky_softkey *key)
{
    ky_auto_buf pem = ky_buf_init_secret(STATE_MAX);
    KY_TRY(ky_softkey_store_pem(&pem, key));
    ky_json_put_str(o, name, ky_buf_bytes(&pem));
    return KY_OK;
}

ky_rc phone_store(struct ky_buf *out, const struct phone *p)
{
    struct ky_json_out o = KY_JSON_OUT(out);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "origin", p->origin);
    ky_json_put_cstr(&o, "rp_id", p->rp_id);
    ky_json_put_hex(&o, "credential_id", KY_BYTES_OF(p->credential_id));
    ky_json_put_int(&o, "counter", p->counter);
    ky_json_put_int(&o, "flags", p->flags);
    KY_TRY(put_key(&o, "passkey", p->passkey));
    KY_TRY(put_key(&o, "device", p->device));
    ky_json_close_object(&o);
    return ky_buf_finish(out);
}

static ky_rc get_key(struct ky_softkey **out, const json_t *json, const char *name)
{
    struct ky_bytes pem;
    KY_TRY(ky_json_get_str(&pem, json, name, STATE_MAX));
    return ky_softkey_load_pem(out, pem, NULL);
}

ky_rc phone_load(struct phone *p, struct ky_bytes text)
{
    ky_auto_json json = NULL;
    struct ky_bytes origin, rp_id;
    int64_t counter, flags;
    KY_TRY(ky_json_parse(&json, text, STATE_MAX));
    *p = (struct phone){0};
    KY_TRY(ky_json_get_str(&origin, json, "origin", sizeof p->origin - 1));
    KY_TRY(ky_json_get_str(&rp_id, json, "rp_id", sizeof p->rp_id - 1));
    KY_TRY(ky_json_get_hex(p->credential_id, sizeof p->credential_id, json, "credential_id"));
    KY_TRY(ky_json_get_int(&counter, json, "counter", 0, UINT32_MAX));
    KY_TRY(ky_json_get_int(&flags, json, "flags", 0, 255));
    memcpy(p->origin, origin.p, origin.n);
    memcpy(p->rp_id, rp_id.p, rp_id.n);
    p->counter = (uint32_t)counter;
    p->flags = (uint8_t)flags;
    KY_TRY(get_key(&p->passkey, json, "passkey"));
    return get_key(&p->device, json, "device");
}

static void add_client_data(struct ky_buf *out, const struct phone *p, const char *type,
                            struct ky_bytes challenge)
{
    struct ky_json_out o = KY_JSON_OUT(out);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "type", p->client_type != NULL ? p->client_type : type);
    ky_json_put_base64url(&o, "challenge", challenge);
    ky_json_put_cstr(&o, "origin", p->origin);
    ky_json_put_bool(&o, "crossOrigin", p->cross_origin);
    if (p->top_origin != NULL)
        ky_json_put_cstr(&o, "topOrigin", p->top_origin);
    ky_json_close_object(&o);
}

/* rpIdHash ‖ flags ‖ counter */
static ky_rc add_auth_data(struct ky_buf *out, struct phone *p, uint8_t flags)
{
    uint8_t hash[KY_SHA256_SIZE];
    KY_TRY(ky_sha256(hash, ky_bytes_str(p->rp_id)));
    ky_buf_add(out, KY_BYTES_OF(hash));
    ky_buf_add_u8(out, flags);
    ky_buf_add_u32(out, ++p->counter);
    return ky_buf_finish(out);
}

ky_rc phone_create(struct phone *p, struct ky_buf *attestation_object, struct ky_buf *client_data,
                   struct ky_bytes challenge)
{
    static const uint8_t aaguid[16];
    ky_auto_buf auth_data = ky_buf_init(1024);
    add_client_data(client_data, p, "webauthn.create", challenge);
    KY_TRY(add_auth_data(&auth_data, p, p->flags | KY_WEBAUTHN_AT));
    ky_buf_add(&auth_data, KY_BYTES_OF(aaguid));
    ky_buf_add_u16(&auth_data, sizeof p->credential_id);
    ky_buf_add(&auth_data, KY_BYTES_OF(p->credential_id));
    ky_cose_add_p256(&auth_data, phone_key(p));
    KY_TRY(ky_buf_finish(&auth_data));
    ky_cbor_add_map(attestation_object, 3);
    ky_cbor_add_text(attestation_object, "fmt");
    ky_cbor_add_text(attestation_object, "none");
    ky_cbor_add_text(attestation_object, "attStmt");
    ky_cbor_add_map(attestation_object, 0);
    ky_cbor_add_text(attestation_object, "authData");
    ky_cbor_add_bytes(attestation_object, ky_buf_bytes(&auth_data));
    KY_TRY(ky_buf_finish(client_data));
    return ky_buf_finish(attestation_object);
}

static ky_rc sign_passkey(struct phone *p, struct phone_assertion *a)
{
    uint8_t client_hash[KY_SHA256_SIZE], digest[KY_SHA256_SIZE];
    struct ky_signer signer = ky_softkey_signer(p->passkey);
    KY_TRY(ky_sha256(client_hash, ky_buf_bytes(&a->client_data)));
    const struct ky_bytes parts[] = {ky_buf_bytes(&a->authenticator_data), KY_BYTES_OF(client_hash)};
    KY_TRY(ky_digest_parts(digest, KY_SHA256, parts, KY_COUNT(parts)));
    return signer.sign(signer.ctx, &a->signature, KY_ECDSA, KY_SHA256, KY_BYTES_OF(digest));
}

ky_rc phone_answer(struct phone *p, struct phone_assertion *out, struct ky_bytes challenge)
{
    *out = (struct phone_assertion){.authenticator_data = ky_buf_init(1024),
                                    .client_data = ky_buf_init(KY_WEBAUTHN_CLIENT_DATA_MAX),
                                    .signature = ky_buf_init(KY_SIGNATURE_MAX)};
    add_client_data(&out->client_data, p, "webauthn.get", challenge);
    KY_TRY(ky_buf_finish(&out->client_data));
    KY_TRY(add_auth_data(&out->authenticator_data, p, p->flags));
    return sign_passkey(p, out);
}

ky_rc phone_assert(struct phone *p, struct phone_assertion *out, struct ky_bytes statement)
{
    uint8_t challenge[KY_SHA256_SIZE], digest[KY_SHA256_SIZE];
    KY_TRY(ky_webauthn_challenge(challenge, statement));
    KY_TRY(phone_answer(p, out, KY_BYTES_OF(challenge)));
    KY_TRY(ky_device_digest(digest, statement));
    return ky_softkey_sign_raw(out->device_signature, p->device, digest);
}

void phone_assertion_clear(struct phone_assertion *a)
{
    ky_buf_clear(&a->authenticator_data);
    ky_buf_clear(&a->client_data);
    ky_buf_clear(&a->signature);
}

/* statements: of KY_AUTH_WEBAUTHN_LIST. */
static ky_rc put_authorisation(struct ky_buf *list, const struct phone_assertion *made, ky_auth_kind kind,
                               struct ky_bytes statements, const uint8_t record[16])
{
    struct ky_authorisation a = {
        .kind = kind,
        .authenticator_data = ky_buf_bytes(&made->authenticator_data),
        .client_data_json = ky_buf_bytes(&made->client_data),
        .signature = ky_buf_bytes(&made->signature),
        .device_signature = KY_BYTES_OF(made->device_signature),
        .statements = statements,
    };
    memcpy(a.record, record, sizeof a.record);
    ky_auto_buf item = ky_buf_init(16384 + statements.n);
    ky_authorisation_add_webauthn(&item, &a);
    KY_TRY(ky_buf_finish(&item));
    ky_authorisations_encode(list, &item, 1);
    return ky_buf_finish(list);
}

ky_rc phone_authorise(struct phone *p, struct ky_buf *list, struct ky_bytes statement,
                      const uint8_t record[16])
{
    KY_CLEANUP(phone_assertion_clear) struct phone_assertion made;
    KY_TRY(phone_assert(p, &made, statement));
    return put_authorisation(list, &made, KY_AUTH_WEBAUTHN, KY_BYTES_NONE, record);
}

ky_rc phone_authorise_list(struct phone *p, struct ky_buf *list, struct ky_bytes statements,
                           const uint8_t record[16])
{
    uint8_t digest[KY_SHA256_SIZE];
    KY_CLEANUP(phone_assertion_clear) struct phone_assertion made = {0};
    KY_TRY(ky_sha256(digest, statements));
    KY_TRY(phone_answer(p, &made, KY_BYTES_OF(digest)));
    KY_TRY(ky_device_list_digest(digest, statements));
    KY_TRY(ky_softkey_sign_raw(made.device_signature, p->device, digest));
    return put_authorisation(list, &made, KY_AUTH_WEBAUTHN_LIST, statements, record);
}
