/*
 * WebAuthn assertions and registrations, and the device key's signature; see
 * webauthn.h. W3C WebAuthn Level 2: §5.8.1 clientDataJSON, §6.1 authenticator
 * data, §7.1 and §7.2 the ceremonies. Every refusal names the rule.
 */
#include "crypto/webauthn.h"

#include "base/base64.h"
#include "base/secret.h"
#include "codec/cbor.h"
#include "codec/json.h"

#define CHALLENGE_MAX 1024 /* bytes of a challenge */
#define ORIGIN_MAX 512     /* bytes of an origin */
#define AAGUID_SIZE 16

static ky_rc refuse(const char *why)
{
    return ky_fail(KY_EAUTH, "webauthn: %s", why);
}

ky_rc ky_webauthn_challenge(uint8_t out[KY_SHA256_SIZE], struct ky_bytes statement)
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso statement v1"), statement};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

static ky_rc check_challenge(const json_t *client_data, struct ky_bytes want)
{
    struct ky_bytes got;
    ky_auto_buf text = ky_buf_init(2 * CHALLENGE_MAX);
    ky_buf_add_base64url(&text, want);
    KY_TRY(ky_buf_finish(&text));
    KY_TRY(ky_context(ky_json_get_str(&got, client_data, "challenge", 2 * CHALLENGE_MAX), "webauthn"));
    if (want.n == 0 || !ky_secret_eq(got, ky_buf_bytes(&text)))
        return refuse("challenge is not that of this statement");
    return KY_OK;
}

static ky_rc check_origin(const json_t *client_data, const char *want)
{
    struct ky_bytes got;
    bool cross;
    KY_TRY(ky_context(ky_json_get_str(&got, client_data, "origin", ORIGIN_MAX), "webauthn"));
    if (!ky_bytes_eq_str(got, want))
        return ky_fail(KY_EAUTH, "webauthn: origin \"%.80s\" is not %s", (const char *)got.p, want);
    KY_TRY(ky_context(ky_json_find_bool(&cross, client_data, "crossOrigin", false), "webauthn"));
    if (cross)
        return refuse("crossOrigin is true");
    if (json_object_get(client_data, "topOrigin") != NULL)
        return refuse("topOrigin is present: made inside a foreign frame");
    return KY_OK;
}

/* Members that are not named here are allowed: browsers add some on purpose (§5.8.1). */
static ky_rc check_client_data(const struct ky_webauthn_expected *want, struct ky_bytes text,
                               const char *want_type)
{
    ky_auto_json v = NULL;
    struct ky_bytes type;
    KY_TRY(ky_context(ky_json_parse(&v, text, KY_WEBAUTHN_CLIENT_DATA_MAX), "webauthn: clientDataJSON"));
    KY_TRY(ky_context(ky_json_get_str(&type, v, "type", 64), "webauthn"));
    if (!ky_bytes_eq_str(type, want_type))
        return ky_fail(KY_EAUTH, "webauthn: type is not %s", want_type);
    KY_TRY(check_challenge(v, want->challenge));
    return check_origin(v, want->origin);
}

/* The head that every authenticatorData has: rpIdHash, flags, signCount. */
static ky_rc read_head(struct ky_webauthn_signed *out, struct ky_reader *r,
                       const struct ky_webauthn_expected *want)
{
    uint8_t rp_hash[KY_SHA256_SIZE];
    KY_TRY(ky_sha256(rp_hash, ky_bytes_str(want->rp_id)));
    struct ky_bytes got_hash = ky_read_bytes(r, sizeof rp_hash);
    const uint8_t flags = ky_read_u8(r);
    const uint32_t counter = ky_read_u32(r);
    if (r->failed)
        return refuse("authenticatorData is too short");
    if (!ky_bytes_eq(got_hash, KY_BYTES_OF(rp_hash)))
        return ky_fail(KY_EAUTH, "webauthn: rpIdHash is not that of %s", want->rp_id);
    if ((flags & KY_WEBAUTHN_UP) == 0)
        return refuse("UP is not set: nobody was present");
    if ((flags & KY_WEBAUTHN_UV) == 0)
        return refuse("UV is not set: the user was not verified");
    if ((flags & (KY_WEBAUTHN_BE | KY_WEBAUTHN_BS)) == KY_WEBAUTHN_BS)
        return refuse("BS is set without BE");
    *out = (struct ky_webauthn_signed){.counter = counter, .flags = flags};
    return KY_OK;
}

static ky_rc check_assertion_data(struct ky_webauthn_signed *out, const struct ky_webauthn_expected *want,
                                  bool backup_eligible, struct ky_bytes data)
{
    if (data.n != KY_WEBAUTHN_AUTH_DATA)
        return ky_fail(KY_EAUTH, "webauthn: authenticatorData has %zu bytes, must have %d", data.n,
                       KY_WEBAUTHN_AUTH_DATA);
    struct ky_reader r = KY_READER(data);
    KY_TRY(read_head(out, &r, want));
    if ((out->flags & (KY_WEBAUTHN_AT | KY_WEBAUTHN_ED)) != 0)
        return refuse("AT or ED is set in an assertion");
    if (((out->flags & KY_WEBAUTHN_BE) != 0) != backup_eligible)
        return refuse("BE is not what the device record says");
    return KY_OK;
}

ky_rc ky_webauthn_verify_assertion(struct ky_webauthn_signed *out, const struct ky_webauthn_expected *want,
                                   const uint8_t point[KY_P256_POINT], bool backup_eligible,
                                   const struct ky_webauthn_assertion *got)
{
    struct ky_webauthn_signed head;
    KY_TRY(check_client_data(want, got->client_data_json, "webauthn.get"));
    KY_TRY(check_assertion_data(&head, want, backup_eligible, got->authenticator_data));

    uint8_t client_hash[KY_SHA256_SIZE], digest[KY_HASH_MAX];
    KY_TRY(ky_sha256(client_hash, got->client_data_json));
    const struct ky_bytes parts[] = {got->authenticator_data, KY_BYTES_OF(client_hash)};
    KY_TRY(ky_digest_parts(digest, KY_SHA256, parts, KY_COUNT(parts)));
    ky_auto_pubkey key = NULL;
    KY_TRY(ky_context(ky_pubkey_from_point(&key, KY_BYTES(point, KY_P256_POINT)), "webauthn"));
    KY_TRY(ky_context(
        ky_pubkey_verify(key, KY_ECDSA, KY_SHA256, KY_BYTES(digest, KY_SHA256_SIZE), got->signature),
        "webauthn"));
    *out = head;
    return KY_OK;
}

/* attestationObject (§6.5.4): {"fmt": "none", "attStmt": {}, "authData": bytes}. */
static ky_rc open_attestation(struct ky_bytes *auth_data, struct ky_bytes object)
{
    static const char *const names[] = {"fmt", "attStmt", "authData"};
    struct ky_cbor c = KY_CBOR_READ(object);
    struct ky_cbor_map top, statement;
    struct ky_cbor_item key;
    struct ky_bytes format;
    if (object.n > KY_WEBAUTHN_ATTESTATION_MAX)
        return ky_fail(KY_ELIMIT, "attestationObject: %zu bytes", object.n);
    KY_TRY(ky_cbor_get_map(&top, &c, KY_COUNT(names), "attestationObject"));
    for (size_t i = 0; i < KY_COUNT(names); i++) {
        if (top.left == 0)
            return ky_fail(KY_EFORMAT, "%s: missing", names[i]);
        KY_TRY(ky_cbor_map_key(&key, &top, &c, names[i]));
        if (key.type != KY_CBOR_TEXT || !ky_bytes_eq_str(key.bytes, names[i]))
            return ky_fail(KY_EFORMAT, "%s: another member is in its place", names[i]);
        if (i == 0)
            KY_TRY(ky_cbor_get_text(&format, &c, 32, names[i]));
        else if (i == 2)
            KY_TRY(ky_cbor_get_bytes(auth_data, &c, KY_WEBAUTHN_ATTESTATION_MAX, names[i]));
        else if (!ky_bytes_eq_str(format, "none"))
            return ky_fail(KY_EDENIED, "attestation format is not \"none\"");
        else
            KY_TRY(ky_cbor_get_map(&statement, &c, 0, names[i]));
    }
    return ky_cbor_finish(&c, "attestationObject");
}

/* attestedCredentialData (§6.5.1), then extensions when ED is set. */
static ky_rc read_credential(struct ky_webauthn_credential *out, struct ky_reader *r)
{
    struct ky_bytes aaguid = ky_read_bytes(r, AAGUID_SIZE);
    struct ky_bytes id = ky_read_bytes(r, ky_read_u16(r));
    if (r->failed || id.n == 0 || id.n > KY_WEBAUTHN_ID_MAX)
        return ky_fail(KY_EFORMAT, "webauthn: credential id of %zu bytes, must be 1..%d", id.n,
                       KY_WEBAUTHN_ID_MAX);
    struct ky_cbor c = KY_CBOR_READ(r->left);
    KY_TRY(ky_cbor_skip(&c, "webauthn: credential key"));
    KY_TRY(ky_cose_parse_p256(out->point, KY_BYTES(r->left.p, r->left.n - c.left.n)));
    if ((out->flags & KY_WEBAUTHN_ED) != 0)
        KY_TRY(ky_cbor_skip(&c, "webauthn: extensions"));
    KY_TRY(ky_cbor_finish(&c, "webauthn: authenticatorData"));
    memcpy(out->aaguid, aaguid.p, AAGUID_SIZE);
    memcpy(out->id, id.p, id.n);
    out->id_n = id.n;
    return KY_OK;
}

ky_rc ky_webauthn_verify_registration(struct ky_webauthn_credential *out,
                                      const struct ky_webauthn_expected *want,
                                      struct ky_bytes attestation_object, struct ky_bytes client_data_json)
{
    struct ky_bytes auth_data;
    struct ky_webauthn_signed head;
    KY_TRY(check_client_data(want, client_data_json, "webauthn.create"));
    KY_TRY(ky_context(open_attestation(&auth_data, attestation_object), "webauthn"));
    struct ky_reader r = KY_READER(auth_data);
    KY_TRY(read_head(&head, &r, want));
    if ((head.flags & KY_WEBAUTHN_AT) == 0)
        return refuse("AT is not set: no credential in a registration");
    struct ky_webauthn_credential made = {.counter = head.counter, .flags = head.flags};
    KY_TRY(read_credential(&made, &r));
    *out = made;
    return KY_OK;
}

ky_rc ky_device_digest(uint8_t out[KY_SHA256_SIZE], struct ky_bytes statement)
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso device v1"), statement};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

ky_rc ky_device_list_digest(uint8_t out[KY_SHA256_SIZE], struct ky_bytes list)
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso device list v1"), list};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

static ky_rc verify_device(const uint8_t point[KY_P256_POINT], const uint8_t digest[KY_SHA256_SIZE],
                           struct ky_bytes raw)
{
    if (raw.n != KY_P256_RAW)
        return ky_fail(KY_EAUTH, "device signature: %zu bytes, must be %d", raw.n, KY_P256_RAW);
    return ky_context(ky_p256_verify_raw(KY_BYTES(point, KY_P256_POINT), digest, raw), "device signature");
}

ky_rc ky_device_signature_verify(const uint8_t point[KY_P256_POINT], struct ky_bytes statement,
                                 struct ky_bytes raw)
{
    uint8_t digest[KY_SHA256_SIZE];
    KY_TRY(ky_device_digest(digest, statement));
    return verify_device(point, digest, raw);
}

ky_rc ky_device_list_signature_verify(const uint8_t point[KY_P256_POINT], struct ky_bytes list,
                                      struct ky_bytes raw)
{
    uint8_t digest[KY_SHA256_SIZE];
    KY_TRY(ky_device_list_digest(digest, list));
    return verify_device(point, digest, raw);
}
