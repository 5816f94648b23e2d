/* See founder.h. */
#include "tests/unit/domain/founder.h"

#include "tests/unit/domain/fixture.h"

#define DEPTH 5

void founder_init(struct founder *f, ky_time now)
{
    *f = (struct founder){.phone_record = {0x77}};
    assert_ok(token_ca_init(&f->tokens, "CA của token", now));
    assert_ok(token_ca_init(&f->authority, "CA cấp chứng thư", now));
    assert_ok(token_ca_certify(&f->tokens, &f->officer, "Nguyễn Văn Cán", now));
    assert_ok(phone_init(&f->phone, FOUNDER_ORIGIN, FOUNDER_RP_ID));
    memcpy(f->points, phone_key(&f->phone), KY_P256_POINT);
    memcpy(f->sam_audit, phone_key(&f->phone), KY_P256_POINT);
}

void founder_clear(struct founder *f)
{
    phone_clear(&f->phone);
    person_clear(&f->officer);
    token_ca_clear(&f->authority);
    token_ca_clear(&f->tokens);
}

static void set(json_t *obj, const char *name, json_t *taken_value)
{
    assert_non_null(taken_value);
    assert_int_equal(json_object_set_new(obj, name, taken_value), 0);
}

static json_t *officer_body(const uint8_t id[KY_ID_SIZE], uint8_t owner, const char *name)
{
    const uint8_t owner_id[KY_OWNER_SIZE] = {owner};
    json_t *body = json_object();
    assert_ok(ky_body_set_hex(body, "id", KY_BYTES(id, KY_ID_SIZE)));
    assert_ok(ky_body_set_hex(body, "owner", KY_BYTES_OF(owner_id)));
    assert_ok(ky_body_set_text(body, "name", ky_bytes_str(name)));
    set(body, "roles", json_pack("[s,s]", "approve", "admin"));
    return body;
}

static json_t *officers(const struct founder *f)
{
    json_t *list = json_array();
    json_t *by_token = officer_body(f->officer.record, 1, "Nguyễn Văn Cán");
    json_t *by_phone = officer_body(f->phone_record, 2, "Trần Thị Bộ");
    json_t *token = json_pack("{s:s}", "kind", "cms");
    json_t *phone = json_pack("{s:s}", "kind", "webauthn");
    assert_ok(ky_body_set_base64url(token, "cert", f->officer.cert->der));
    assert_ok(ky_body_set_base64url(phone, "passkey", KY_BYTES_OF(f->phone.credential_id)));
    assert_ok(ky_body_set_base64url(phone, "key", KY_BYTES(phone_key(&f->phone), KY_P256_POINT)));
    assert_ok(
        ky_body_set_base64url(phone, "device_key", KY_BYTES(phone_device_key(&f->phone), KY_P256_POINT)));
    assert_ok(ky_body_set_bool(phone, "be", (f->phone.flags & KY_WEBAUTHN_BE) != 0));
    set(by_token, "auth", token);
    set(by_phone, "auth", phone);
    json_array_append_new(list, by_token);
    json_array_append_new(list, by_phone);
    return list;
}

static json_t *token_keys(const struct founder *f, const uint8_t audit[KY_P256_POINT], bool opens)
{
    json_t *obj = json_object();
    assert_ok(ky_body_set_base64url(obj, "k_att", KY_BYTES_OF(f->points)));
    assert_ok(ky_body_set_base64url(obj, "k_audit", KY_BYTES(audit, KY_P256_POINT)));
    if (opens)
        assert_ok(ky_body_set_base64url(obj, "k_open", KY_BYTES_OF(f->points)));
    return obj;
}

void founder_json(json_t **out, const struct founder *f)
{
    static const char *const certs[] = {"root", "issuing", "ocsp", "tsa"};
    const uint8_t courier[32] = {9};
    json_t *obj = json_pack("{s:i,s:s,s:s,s:i,s:i,s:i,s:[i],s:s,s:s}", "v", 1, "type", "founding", "name",
                            "Cơ quan thử nghiệm", "made", NOW, "n", 2, "issue_n", 1, "nodes", FOUNDER_NODE,
                            "origin", FOUNDER_ORIGIN, "rp_id", FOUNDER_RP_ID);
    json_t *ca = json_object();
    assert_non_null(obj);
    set(obj, "officers", officers(f));
    assert_ok(ky_body_set_base64url(obj, "courier_key", KY_BYTES_OF(courier)));
    assert_ok(ky_body_set_base64url(ca, "der", f->tokens.ca.cert->der));
    set(obj, "token_cas", json_pack("[O]", json_object_get(ca, "der")));
    json_decref(ca);
    for (size_t i = 0; i < KY_COUNT(certs); i++)
        assert_ok(ky_body_set_base64url(obj, certs[i], f->authority.ca.cert->der));
    set(obj, "sam", token_keys(f, f->sam_audit, true));
    set(obj, "ca", token_keys(f, f->points, false));
    set(obj, "policy",
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "oid", "1.3.6.1.4.1.99999.1.1", "cps", "http://a.vn/cps",
                  "notice", "Chỉ dùng cho giáo dục và y tế", "aia", "http://a.vn/ca.crt", "ocsp",
                  "http://a.vn/ocsp", "crl", "http://a.vn/ca.crl", "tsa_policy", "1.3.6.1.4.1.99999.1.2"));
    *out = obj;
}

void founder_text(struct ky_buf *out, const json_t *json)
{
    assert_ok(ky_jcs_encode(out, json, DEPTH));
}

void founder_record(struct ky_founding **out, const struct founder *f)
{
    ky_auto_json json = NULL;
    ky_auto_buf text = ky_buf_init(KY_FOUNDING_MAX);
    founder_json(&json, f);
    founder_text(&text, json);
    assert_ok(ky_founding_parse(out, ky_buf_bytes(&text)));
}
