/* What the phone makes: passkey and the device's own signature. See attack_sign.h. */
#include "tests/process/attack_sign.h"

#include <stdio.h>

/* ---- webauthn and the device's own signature ---- */

static void wrong_origin(struct signing *s)
{
    snprintf(s->phone.origin, sizeof s->phone.origin, "https://approve.kyso.test.evil.example");
}

static void plain_http(struct signing *s)
{
    snprintf(s->phone.origin, sizeof s->phone.origin, "http://approve.kyso.test");
}

static void other_port(struct signing *s)
{
    snprintf(s->phone.origin, sizeof s->phone.origin, "https://approve.kyso.test:8443");
}

static void parent_rp_id(struct signing *s)
{
    snprintf(s->phone.rp_id, sizeof s->phone.rp_id, "kyso.test");
}

static void cross_origin(struct signing *s)
{
    s->phone.cross_origin = true;
}

static void top_origin(struct signing *s)
{
    s->phone.top_origin = "https://evil.example";
}

static void creation_as_assertion(struct signing *s)
{
    s->phone.client_type = "webauthn.create";
}

static void no_up(struct signing *s)
{
    s->phone.flags &= (uint8_t)~KY_WEBAUTHN_UP;
}

static void no_uv(struct signing *s)
{
    s->phone.flags &= (uint8_t)~KY_WEBAUTHN_UV;
}

static void be_changed(struct signing *s)
{
    s->phone.flags |= KY_WEBAUTHN_BE;
}

static void bs_without_be(struct signing *s)
{
    s->phone.flags |= KY_WEBAUTHN_BS;
}

static void extension_data(struct signing *s)
{
    s->phone.flags |= KY_WEBAUTHN_ED;
}

static void longer_auth_data(struct signing *s)
{
    ky_buf_add_u8(&s->made.authenticator_data, 0);
    assert_ok(signing_pack(s));
}

static void uv_added_later(struct signing *s)
{
    s->made.authenticator_data.p[32] |= KY_WEBAUTHN_BE | KY_WEBAUTHN_UV;
    s->made.authenticator_data.p[36] ^= 1;
    s->made.authenticator_data.p[32] &= (uint8_t)~KY_WEBAUTHN_BE;
    assert_ok(signing_pack(s));
}

static void no_device_signature(struct signing *s)
{
    memset(s->made.device_signature, 0, sizeof s->made.device_signature);
    assert_ok(signing_pack(s));
}

static void device_signature_cut_out(struct signing *s)
{
    struct ky_authorisation a = {
        .kind = KY_AUTH_WEBAUTHN,
        .authenticator_data = ky_buf_bytes(&s->made.authenticator_data),
        .client_data_json = ky_buf_bytes(&s->made.client_data),
        .signature = ky_buf_bytes(&s->made.signature),
    };
    ky_auto_buf item = ky_buf_init(65536), list = ky_buf_init(65536);
    memcpy(a.record, s->record, KY_ID_SIZE);
    ky_authorisation_add_webauthn(&item, &a);
    ky_authorisations_encode(&list, &item, 1);
    sign_set_field(s, SIGNING_AUTHS, &list);
}

static void device_sign(struct signing *s, struct ky_softkey *key)
{
    uint8_t digest[KY_HASH_SIZE];
    assert_ok(ky_device_digest(digest, ky_buf_bytes(&s->text)));
    assert_ok(ky_softkey_sign_raw(s->made.device_signature, key, digest));
    assert_ok(signing_pack(s));
}

static void device_signature_by_another_key(struct signing *s)
{
    ky_auto_softkey key = NULL;
    assert_ok(ky_softkey_generate(&key, KY_KEY_P256));
    device_sign(s, key);
}

static void device_signature_by_the_other_device(struct signing *s)
{
    device_sign(s, s->h->people[HOA_AGAIN].phone.device);
}

static void device_signature_by_the_passkey(struct signing *s)
{
    device_sign(s, s->phone.passkey);
}

static void passkey_signature_spoilt(struct signing *s)
{
    s->made.signature.p[s->made.signature.n - 1] ^= 1;
    assert_ok(signing_pack(s));
}

static const struct sign_attack devices[] = {
    {"wrong origin", ASK, wrong_origin, KY_EAUTH, "webauthn: origin"},
    {"plain http", ASK, plain_http, KY_EAUTH, "webauthn: origin"},
    {"another port", ASK, other_port, KY_EAUTH, "webauthn: origin"},
    {"parent rpId", ASK, parent_rp_id, KY_EAUTH, "rpIdHash is not that of approve.kyso.test"},
    {"cross-origin", ASK, cross_origin, KY_EAUTH, "crossOrigin is true"},
    {"topOrigin", ASK, top_origin, KY_EAUTH, "topOrigin is present"},
    {"a creation", ASK, creation_as_assertion, KY_EAUTH, "type is not webauthn.get"},
    {"UP missing", ASK, no_up, KY_EAUTH, "UP is not set"},
    {"UV missing", ASK, no_uv, KY_EAUTH, "UV is not set"},
    {"BE changed", ASK, be_changed, KY_EAUTH, "BE is not what the device record says"},
    {"BS without BE", ASK, bs_without_be, KY_EAUTH, "BS is set without BE"},
    {"extension data", ASK, extension_data, KY_EAUTH, "AT or ED is set"},
    {"longer authenticatorData", PASS, longer_auth_data, KY_EAUTH, "has 38 bytes, must have 37"},
    {"authenticatorData changed", PASS, uv_added_later, KY_EAUTH, "signature is wrong"},
    {"passkey's signature changed", PASS, passkey_signature_spoilt, KY_EAUTH, "signature"},
    {"device signature of zeros", PASS, no_device_signature, KY_EAUTH, "device signature"},
    {"device signature missing", PASS, device_signature_cut_out, KY_EAUTH, "device signature: 0 bytes"},
    {"device signature by another key", PASS, device_signature_by_another_key, KY_EAUTH, "device signature"},
    {"device signature by her other device", PASS, device_signature_by_the_other_device, KY_EAUTH,
     "device signature"},
    {"device signature by the passkey", PASS, device_signature_by_the_passkey, KY_EAUTH, "device signature"},
};

void passkey_and_device_both_sign(void **state)
{
    sign_attack_all(*state, devices, KY_COUNT(devices));
}
