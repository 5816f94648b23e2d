/* Registry records: one closed schema a type, MAC before parse; see record.h. */
#include "domain/record.h"

#include "base/base64.h"
#include "base/hex.h"
#include "crypto/digest.h"

#define COMMON_COUNT 8
#define MEMBERS_MAX (COMMON_COUNT + 16)

#define REQUIRED(name_, kind_, min_, max_)                                                                   \
    {                                                                                                        \
        .name = name_, .kind = kind_, .required = true, .min = min_, .max = max_                             \
    }
#define OPTIONAL(name_, kind_, min_, max_)                                                                   \
    {                                                                                                        \
        .name = name_, .kind = kind_, .min = min_, .max = max_                                               \
    }
#define POINT(name_) REQUIRED(name_, KY_JSON_BASE64URL, KY_P256_POINT, KY_P256_POINT)
#define HEX(name_, n_) REQUIRED(name_, KY_JSON_HEX, n_, n_)

static const struct ky_json_member common[COMMON_COUNT] = {
    REQUIRED("v", KY_JSON_INT, 1, 1),
    HEX("realm", KY_HASH_SIZE),
    REQUIRED("type", KY_JSON_STR, 1, 16),
    HEX("id", KY_ID_SIZE),
    REQUIRED("kid", KY_JSON_INT, 1, 1),
    REQUIRED("version", KY_JSON_INT, 1, INT32_MAX),
    REQUIRED("not_before", KY_JSON_INT, 0, KY_JSON_INT_MAX),
    REQUIRED("not_after", KY_JSON_INT, 0, KY_JSON_INT_MAX),
};

static const struct ky_json_member role_item[] = {REQUIRED("role", KY_JSON_STR, 1, 16)};
#define ROLES                                                                                                \
    {                                                                                                        \
        .name = "roles", .kind = KY_JSON_ARRAY, .required = true, .min = 1, .max = 4, .sub = role_item,      \
        .sub_n = 1                                                                                           \
    }
static const struct ky_json_member officer_members[] = {
    HEX("owner", KY_OWNER_SIZE),
    REQUIRED("name", KY_JSON_TEXT, 1, 128),
    ROLES,
    {.name = "auth", .kind = KY_JSON_OBJECT, .required = true}, /* one of the two below */
};
static const struct ky_json_member cms_members[] = {
    REQUIRED("kind", KY_JSON_STR, 3, 8),
    REQUIRED("cert", KY_JSON_BASE64URL, 1, KY_CERT_IN_RECORD_MAX),
};
static const struct ky_json_member webauthn_members[] = {
    REQUIRED("kind", KY_JSON_STR, 3, 8),
    REQUIRED("passkey", KY_JSON_BASE64URL, 1, 1023),
    POINT("key"),
    REQUIRED("be", KY_JSON_BOOL, 0, 0),
    POINT("device_key"),
};
static const struct ky_json_member org_members[] = {HEX("id", KY_ID_SIZE),
                                                    REQUIRED("name", KY_JSON_TEXT, 1, 200)};
static const struct ky_json_member seal_members[] = {
    HEX("owner", KY_OWNER_SIZE),
    REQUIRED("name", KY_JSON_TEXT, 1, 128),
    {.name = "org",
     .kind = KY_JSON_OBJECT,
     .required = true,
     .sub = org_members,
     .sub_n = KY_COUNT(org_members)},
    REQUIRED("kind", KY_JSON_STR, 4, 4),
    REQUIRED("cert", KY_JSON_BASE64URL, 1, KY_CERT_IN_RECORD_MAX),
};
static const struct ky_json_member client_members[] = {
    REQUIRED("name", KY_JSON_TEXT, 1, 128),
    OPTIONAL("key", KY_JSON_BASE64URL, KY_P256_POINT, KY_P256_POINT),
};
static const struct ky_json_member device_members[] = {
    HEX("owner", KY_OWNER_SIZE),
    REQUIRED("name", KY_JSON_TEXT, 1, 128),
    REQUIRED("passkey", KY_JSON_BASE64URL, 1, 1023),
    POINT("key"),
    REQUIRED("be", KY_JSON_BOOL, 0, 0),
    POINT("device_key"),
    REQUIRED("class", KY_JSON_STR, 6, 12),
};
static const struct ky_json_member prior_members[] = {
    HEX("id", KY_ID_SIZE),
    REQUIRED("version", KY_JSON_INT, 1, INT32_MAX),
    HEX("hash", KY_HASH_SIZE),
};
static const struct ky_json_member key_members[] = {
    HEX("owner", KY_OWNER_SIZE),
    REQUIRED("key_type", KY_JSON_STR, 4, 8),
    REQUIRED("spki", KY_JSON_BASE64URL, 1, KY_SPKI_MAX),
    REQUIRED("subject", KY_JSON_BASE64URL, 1, 4096),
    REQUIRED("kwrap", KY_JSON_INT, 1, INT32_MAX),
    HEX("blob", KY_HASH_SIZE),
    HEX("request", KY_HASH_SIZE),
    REQUIRED("row", KY_JSON_INT, 1, 1000),
    OPTIONAL("cert", KY_JSON_HEX, KY_HASH_SIZE, KY_HASH_SIZE),
    {.name = "prior", .kind = KY_JSON_OBJECT, .sub = prior_members, .sub_n = KY_COUNT(prior_members)},
};
static const struct ky_json_member activation_members[] = {
    HEX("owner", KY_OWNER_SIZE),
    REQUIRED("name", KY_JSON_TEXT, 1, 64),
    REQUIRED("email", KY_JSON_STR, 3, 254),
    REQUIRED("phone", KY_JSON_STR, 8, 16),
    HEX("key", KY_ID_SIZE),
    HEX("request", KY_HASH_SIZE),
    REQUIRED("row", KY_JSON_INT, 1, 1000),
};

static const struct type_info {
    const char *name;
    const struct ky_json_member *members;
    size_t count;
} types[KY_REC_COUNT] = {
    [KY_REC_OFFICER] = {"officer", officer_members, KY_COUNT(officer_members)},
    [KY_REC_SEAL] = {"seal", seal_members, KY_COUNT(seal_members)},
    [KY_REC_CLIENT] = {"client", client_members, KY_COUNT(client_members)},
    [KY_REC_DEVICE] = {"device", device_members, KY_COUNT(device_members)},
    [KY_REC_KEY] = {"key", key_members, KY_COUNT(key_members)},
    [KY_REC_ACTIVATION] = {"activation", activation_members, KY_COUNT(activation_members)},
};

static const struct {
    const char *name;
    ky_role_bits bit;
} roles[] = {
    {"receive", KY_MAY_RECEIVE},
    {"approve", KY_MAY_APPROVE},
    {"admin", KY_MAY_ADMIN},
    {"audit", KY_MAY_AUDIT},
};

const char *ky_record_type_name(ky_record_type t)
{
    return types[t].name;
}

void ky_record_log_id(uint8_t out[KY_LOG_ID_SIZE], ky_record_type type, const uint8_t id[KY_ID_SIZE])
{
    memset(out, 0, KY_LOG_ID_SIZE);
    memcpy(out, id, KY_ID_SIZE);
    out[KY_ID_SIZE] = (uint8_t)(type + 1);
}

ky_rc ky_record_hash(uint8_t out[KY_HASH_SIZE], struct ky_bytes json)
{
    const struct ky_bytes parts[] = {KY_LABEL("kyso record hash v1"), json};
    return ky_digest_parts(out, KY_SHA256, parts, KY_COUNT(parts));
}

static ky_rc find_type(ky_record_type *out, const json_t *json)
{
    struct ky_bytes name;
    KY_TRY(ky_json_get_str(&name, json, "type", 16));
    for (ky_record_type t = 0; t < KY_REC_COUNT; t++) {
        if (ky_bytes_eq_str(name, types[t].name)) {
            *out = t;
            return KY_OK;
        }
    }
    return ky_fail(KY_EFORMAT, "record of unknown type");
}

static ky_rc check_auth(const json_t *json)
{
    const json_t *auth;
    struct ky_bytes kind;
    KY_TRY(ky_json_get_object(&auth, json, "auth"));
    KY_TRY(ky_json_get_str(&kind, auth, "kind", 8));
    if (ky_bytes_eq_str(kind, "cms"))
        return ky_json_check_closed(auth, cms_members, KY_COUNT(cms_members), "officer: auth");
    if (ky_bytes_eq_str(kind, "webauthn"))
        return ky_json_check_closed(auth, webauthn_members, KY_COUNT(webauthn_members), "officer: auth");
    return ky_fail(KY_EFORMAT, "officer: auth: kind is neither cms nor webauthn");
}

static ky_rc check_schema(const json_t *json, ky_record_type type)
{
    struct ky_json_member all[MEMBERS_MAX];
    memcpy(all, common, sizeof common);
    memcpy(all + COMMON_COUNT, types[type].members, types[type].count * sizeof *all);
    KY_TRY(ky_json_check_closed(json, all, COMMON_COUNT + types[type].count, types[type].name));
    return type == KY_REC_OFFICER ? check_auth(json) : KY_OK;
}

static ky_rc make_mac(uint8_t out[KY_HMAC_SIZE], struct ky_bytes json, ky_process process,
                      const struct ky_mac *mac)
{
    uint8_t head[5] = {(uint8_t)process};
    ky_put_u32(head + 1, (uint32_t)json.n);
    const struct ky_bytes parts[] = {KY_LABEL("kyso record v1"), KY_BYTES_OF(head), json};
    return ky_mac_make(out, mac, parts, KY_COUNT(parts));
}

static ky_rc read_common(struct ky_record *r)
{
    int64_t version, not_before, not_after;
    KY_TRY(ky_json_get_hex(r->id, KY_ID_SIZE, r->json, "id"));
    KY_TRY(ky_json_get_int(&version, r->json, "version", 1, INT32_MAX));
    KY_TRY(ky_json_get_int(&not_before, r->json, "not_before", 0, KY_JSON_INT_MAX));
    KY_TRY(ky_json_get_int(&not_after, r->json, "not_after", 0, KY_JSON_INT_MAX));
    r->version = (uint32_t)version;
    r->not_before = not_before;
    r->not_after = not_after;
    r->has_owner = json_object_get(r->json, "owner") != NULL;
    return r->has_owner ? ky_json_get_hex(r->owner, KY_OWNER_SIZE, r->json, "owner") : KY_OK;
}

static ky_rc open_into(struct ky_record *r, struct ky_bytes json, const uint8_t realm[KY_HASH_SIZE])
{
    uint8_t of[KY_HASH_SIZE];
    KY_TRY(ky_jcs_parse(&r->json, json, KY_RECORD_MAX, KY_RECORD_DEPTH));
    KY_TRY(find_type(&r->type, r->json));
    KY_TRY(check_schema(r->json, r->type));
    KY_TRY(ky_json_get_hex(of, KY_HASH_SIZE, r->json, "realm"));
    if (memcmp(of, realm, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "%s record of another realm", types[r->type].name);
    KY_TRY(read_common(r));
    return ky_record_hash(r->hash, json);
}

ky_rc ky_record_open(struct ky_record *out, struct ky_bytes envelope, ky_process process,
                     const struct ky_mac *mac, const uint8_t realm[KY_HASH_SIZE])
{
    struct ky_reader in = KY_READER(envelope);
    struct ky_bytes json = ky_read_lv(&in, KY_RECORD_MAX);
    struct ky_bytes their_mac = ky_read_bytes(&in, KY_HMAC_SIZE);
    KY_TRY(ky_reader_finish(&in, "record"));
    uint8_t our_mac[KY_HMAC_SIZE];
    KY_TRY(make_mac(our_mac, json, process, mac));
    if (!ky_secret_eq(KY_BYTES_OF(our_mac), their_mac))
        return ky_fail(KY_EAUTH, "record: MAC does not fit");
    ky_auto_record r = {0};
    KY_TRY(open_into(&r, json, realm));
    *out = r;
    r.json = NULL;
    return KY_OK;
}

void ky_record_clear(struct ky_record *r)
{
    json_decref(r->json);
    *r = (struct ky_record){0};
}

ky_rc ky_record_check(const struct ky_record *r, ky_record_type type, ky_time now, const char *what)
{
    if (r->type != type)
        return ky_fail(KY_EDENIED, "%s: a record of type %s where %s is wanted", what, types[r->type].name,
                       types[type].name);
    if (now < r->not_before)
        return ky_fail(KY_EEXPIRED, "%s: valid only in %lld s", what, (long long)(r->not_before - now));
    if (now > r->not_after)
        return ky_fail(KY_EEXPIRED, "%s: expired %lld s ago", what, (long long)(now - r->not_after));
    return KY_OK;
}

static ky_rc set(json_t *body, const char *name, json_t *taken_value)
{
    if (taken_value == NULL || json_object_set_new(body, name, taken_value) != 0)
        return ky_fail(KY_ENOMEM, "record member %s", name);
    return KY_OK;
}

ky_rc ky_body_set_text(json_t *body, const char *name, struct ky_bytes v)
{
    return set(body, name, json_stringn((const char *)v.p, v.n));
}

ky_rc ky_body_set_int(json_t *body, const char *name, int64_t v)
{
    return set(body, name, json_integer(v));
}

ky_rc ky_body_set_bool(json_t *body, const char *name, bool v)
{
    return set(body, name, json_boolean(v));
}

ky_rc ky_body_set_hex(json_t *body, const char *name, struct ky_bytes v)
{
    ky_auto_buf text = ky_buf_init(2 * KY_RECORD_MAX);
    ky_buf_add_hex(&text, v);
    KY_TRY(ky_buf_finish(&text));
    return ky_body_set_text(body, name, ky_buf_bytes(&text));
}

ky_rc ky_body_set_base64url(json_t *body, const char *name, struct ky_bytes v)
{
    ky_auto_buf text = ky_buf_init(2 * KY_RECORD_MAX);
    ky_buf_add_base64url(&text, v);
    KY_TRY(ky_buf_finish(&text));
    return ky_body_set_text(body, name, ky_buf_bytes(&text));
}

ky_rc ky_record_body(json_t **out, ky_record_type type, const uint8_t id[KY_ID_SIZE], uint32_t version,
                     const uint8_t *owner, ky_time not_before, ky_time not_after)
{
    ky_auto_json body = json_object();
    if (body == NULL)
        return ky_fail(KY_ENOMEM, "record");
    KY_TRY(ky_body_set_text(body, "type", ky_bytes_str(types[type].name)));
    KY_TRY(ky_body_set_hex(body, "id", KY_BYTES(id, KY_ID_SIZE)));
    KY_TRY(ky_body_set_int(body, "version", version));
    KY_TRY(ky_body_set_int(body, "not_before", not_before));
    KY_TRY(ky_body_set_int(body, "not_after", not_after < KY_JSON_INT_MAX ? not_after : KY_JSON_INT_MAX));
    if (owner != NULL)
        KY_TRY(ky_body_set_hex(body, "owner", KY_BYTES(owner, KY_OWNER_SIZE)));
    *out = KY_STEAL(body);
    return KY_OK;
}

ky_rc ky_record_seal(struct ky_buf *out, uint8_t hash[KY_HASH_SIZE], json_t *body, ky_process process,
                     const struct ky_mac *mac, const uint8_t realm[KY_HASH_SIZE])
{
    ky_record_type type;
    uint8_t made[KY_HMAC_SIZE];
    KY_TRY(ky_body_set_int(body, "v", 1));
    KY_TRY(ky_body_set_int(body, "kid", 1));
    KY_TRY(ky_body_set_hex(body, "realm", KY_BYTES(realm, KY_HASH_SIZE)));
    KY_TRY(find_type(&type, body));
    KY_TRY(check_schema(body, type));
    ky_auto_buf json = ky_buf_init(KY_RECORD_MAX);
    KY_TRY(ky_jcs_encode(&json, body, KY_RECORD_DEPTH));
    KY_TRY(make_mac(made, ky_buf_bytes(&json), process, mac));
    if (hash != NULL)
        KY_TRY(ky_record_hash(hash, ky_buf_bytes(&json)));
    ky_buf_add_lv(out, ky_buf_bytes(&json));
    ky_buf_add(out, KY_BYTES_OF(made));
    return ky_buf_finish(out);
}

/* A base64url member into a caller's array of at most `max` bytes. */
static ky_rc get_bytes(uint8_t *out, size_t *out_n, size_t max, const json_t *obj, const char *name)
{
    ky_auto_buf b = ky_buf_init(max);
    KY_TRY(ky_json_get_base64url(&b, obj, name, max));
    memcpy(out, b.p, b.n);
    *out_n = b.n;
    return KY_OK;
}

static ky_rc get_point(uint8_t out[KY_P256_POINT], const json_t *obj, const char *name)
{
    size_t n;
    KY_TRY(get_bytes(out, &n, KY_P256_POINT, obj, name));
    return n == KY_P256_POINT ? KY_OK : ky_fail(KY_EFORMAT, "%s: point of %zu bytes", name, n);
}

static ky_rc get_authenticator(struct ky_authenticator *out, const json_t *obj)
{
    KY_TRY(get_bytes(out->passkey, &out->passkey_n, sizeof out->passkey, obj, "passkey"));
    KY_TRY(get_point(out->key, obj, "key"));
    KY_TRY(get_point(out->device_key, obj, "device_key"));
    return ky_json_get_bool(&out->be, obj, "be");
}

static ky_rc get_roles(unsigned *out, const json_t *obj)
{
    size_t i;
    json_t *v;
    *out = 0;
    json_array_foreach(json_object_get(obj, "roles"), i, v)
    {
        unsigned bit = 0;
        for (size_t k = 0; k < KY_COUNT(roles); k++)
            if (ky_bytes_eq_str(ky_json_str(v), roles[k].name))
                bit = roles[k].bit;
        if (bit == 0)
            return ky_fail(KY_EFORMAT, "officer: unknown role");
        *out |= bit;
    }
    return KY_OK;
}

static ky_rc get_officer(struct ky_officer *out, const json_t *json)
{
    const json_t *auth;
    struct ky_bytes kind;
    KY_TRY(ky_json_get_str(&out->name, json, "name", 512));
    KY_TRY(get_roles(&out->roles, json));
    KY_TRY(ky_json_get_object(&auth, json, "auth"));
    KY_TRY(ky_json_get_str(&kind, auth, "kind", 8));
    out->by_cms = ky_bytes_eq_str(kind, "cms");
    if (out->by_cms)
        return get_bytes(out->cert, &out->cert_n, sizeof out->cert, auth, "cert");
    return get_authenticator(&out->authenticator, auth);
}

ky_rc ky_record_officer(struct ky_officer *out, const struct ky_record *r)
{
    memcpy(out->id, r->id, KY_ID_SIZE);
    memcpy(out->hash, r->hash, KY_HASH_SIZE);
    memcpy(out->owner, r->owner, KY_OWNER_SIZE);
    out->version = r->version;
    return get_officer(out, r->json);
}

static const struct ky_json_member founding_officer_members[] = {
    HEX("id", KY_ID_SIZE),
    HEX("owner", KY_OWNER_SIZE),
    REQUIRED("name", KY_JSON_TEXT, 1, 128),
    ROLES,
    {.name = "auth", .kind = KY_JSON_OBJECT, .required = true},
};

ky_rc ky_founding_officer(struct ky_officer *out, const json_t *body)
{
    KY_TRY(
        ky_json_check_closed(body, founding_officer_members, KY_COUNT(founding_officer_members), "officer"));
    KY_TRY(check_auth(body));
    ky_auto_buf json = ky_buf_init(KY_RECORD_MAX);
    KY_TRY(ky_jcs_encode(&json, body, KY_RECORD_DEPTH));
    KY_TRY(ky_record_hash(out->hash, ky_buf_bytes(&json)));
    KY_TRY(ky_json_get_hex(out->id, KY_ID_SIZE, body, "id"));
    KY_TRY(ky_json_get_hex(out->owner, KY_OWNER_SIZE, body, "owner"));
    out->version = 1;
    return get_officer(out, body);
}

ky_rc ky_record_seal_of(struct ky_seal_record *out, const struct ky_record *r)
{
    const json_t *org;
    KY_TRY(ky_json_get_object(&org, r->json, "org"));
    KY_TRY(ky_json_get_hex(out->org, KY_ID_SIZE, org, "id"));
    KY_TRY(ky_json_get_str(&out->org_name, org, "name", 800));
    return get_bytes(out->cert, &out->cert_n, sizeof out->cert, r->json, "cert");
}

ky_rc ky_record_device(struct ky_authenticator *out, const struct ky_record *r)
{
    return get_authenticator(out, r->json);
}

static ky_rc read_prior(struct ky_key_record *out, const json_t *key)
{
    const json_t *prior = json_object_get(key, "prior");
    int64_t version;
    out->has_prior = prior != NULL;
    if (prior == NULL)
        return KY_OK;
    KY_TRY(ky_json_get_hex(out->prior, KY_ID_SIZE, prior, "id"));
    KY_TRY(ky_json_get_int(&version, prior, "version", 1, INT32_MAX));
    out->prior_version = (uint32_t)version;
    return ky_json_get_hex(out->prior_hash, KY_HASH_SIZE, prior, "hash");
}

ky_rc ky_record_key(struct ky_key_record *out, const struct ky_record *r)
{
    struct ky_bytes type;
    char name[16] = "";
    int64_t row;
    KY_TRY(ky_json_get_str(&type, r->json, "key_type", 8));
    memcpy(name, type.p, type.n);
    KY_TRY(ky_key_type_by_name(&out->key_type, name));
    KY_TRY(get_bytes(out->spki, &out->spki_n, sizeof out->spki, r->json, "spki"));
    KY_TRY(ky_json_get_str(&out->subject_b64, r->json, "subject", KY_RECORD_MAX));
    KY_TRY(ky_json_get_hex(out->blob, KY_HASH_SIZE, r->json, "blob"));
    KY_TRY(ky_json_get_hex(out->request, KY_HASH_SIZE, r->json, "request"));
    KY_TRY(ky_json_get_int(&row, r->json, "row", 1, 1000));
    out->row = (uint32_t)row;
    KY_TRY(read_prior(out, r->json));
    out->has_cert = json_object_get(r->json, "cert") != NULL;
    return out->has_cert ? ky_json_get_hex(out->cert, KY_HASH_SIZE, r->json, "cert") : KY_OK;
}

ky_rc ky_record_activation(struct ky_activation_record *out, const struct ky_record *r)
{
    KY_TRY(ky_json_get_str(&out->name, r->json, "name", 512));
    KY_TRY(ky_json_get_str(&out->email, r->json, "email", 254));
    KY_TRY(ky_json_get_str(&out->phone, r->json, "phone", 16));
    return ky_json_get_hex(out->key, KY_ID_SIZE, r->json, "key");
}
