/* The founding record; see founding.h. */
#include "domain/founding.h"

#include <stdlib.h>

#include "crypto/digest.h"

#define DEPTH 5
#define OBJECTS_LISTED_MAX 16

/* String members and where they go. */
static const struct {
    const char *name;
    size_t at;
} policy_texts[] = {
    {"oid", offsetof(struct ky_founding, policy_oid)},        {"cps", offsetof(struct ky_founding, cps_url)},
    {"notice", offsetof(struct ky_founding, notice)},         {"aia", offsetof(struct ky_founding, aia_url)},
    {"ocsp", offsetof(struct ky_founding, ocsp_url)},         {"crl", offsetof(struct ky_founding, crl_url)},
    {"tsa_policy", offsetof(struct ky_founding, tsa_policy)},
};

/* Certificates and where they go. */
static const struct {
    const char *name;
    size_t at;
} certs[] = {
    {"root", offsetof(struct ky_founding, root)},
    {"issuing", offsetof(struct ky_founding, issuing)},
    {"ocsp", offsetof(struct ky_founding, ocsp)},
    {"tsa", offsetof(struct ky_founding, tsa)},
};

/* Points: object, member, place. */
static const struct {
    const char *process, *name;
    size_t at;
} points[] = {
    {"sam", "k_open", offsetof(struct ky_founding, sam_open)},
    {"sam", "k_att", offsetof(struct ky_founding, sam_att)},
    {"sam", "k_audit", offsetof(struct ky_founding, sam_audit)},
    {"ca", "k_att", offsetof(struct ky_founding, ca_att)},
    {"ca", "k_audit", offsetof(struct ky_founding, ca_audit)},
};

static ky_rc get_text(char *out, const json_t *obj, const char *name)
{
    struct ky_bytes v;
    KY_TRY(ky_json_get_str(&v, obj, name, KY_FOUNDING_TEXT_MAX - 1));
    memcpy(out, v.p, v.n);
    out[v.n] = 0;
    return KY_OK;
}

static ky_rc get_exact(uint8_t *out, size_t n, const json_t *obj, const char *name)
{
    ky_auto_buf b = ky_buf_init(n);
    KY_TRY(ky_json_get_base64url(&b, obj, name, n));
    if (b.n != n)
        return ky_fail(KY_EFORMAT, "%s: %zu bytes where %zu are wanted", name, b.n, n);
    memcpy(out, b.p, n);
    return KY_OK;
}

static ky_rc get_cert(struct ky_cert **out, const json_t *obj, const char *name)
{
    ky_auto_buf der = ky_buf_init(KY_CERT_DER_MAX);
    KY_TRY(ky_json_get_base64url(&der, obj, name, KY_CERT_DER_MAX));
    return ky_context(ky_cert_parse(out, ky_buf_bytes(&der)), "%s", name);
}

static ky_rc get_token_cas(struct ky_founding *f)
{
    const json_t *list;
    size_t i;
    json_t *v;
    KY_TRY(ky_json_get_array(&list, f->json, "token_cas", KY_FOUNDING_TOKEN_CAS_MAX));
    json_array_foreach(list, i, v)
    {
        ky_auto_json holder = json_pack("{s:O}", "token_ca", v);
        if (holder == NULL)
            return ky_fail(KY_ENOMEM, "founding record");
        KY_TRY(get_cert(&f->token_cas[i], holder, "token_ca"));
        f->token_ca_count = i + 1;
    }
    return KY_OK;
}

static ky_rc get_officers(struct ky_founding *f)
{
    const json_t *list;
    size_t i;
    json_t *v;
    KY_TRY(ky_json_get_array(&list, f->json, "officers", KY_FOUNDING_OFFICERS_MAX));
    f->officer_count = json_array_size(list);
    f->officers = calloc(f->officer_count == 0 ? 1 : f->officer_count, sizeof *f->officers);
    if (f->officers == NULL)
        return ky_fail(KY_ENOMEM, "founding record");
    json_array_foreach(list, i, v)
        KY_TRY(ky_context(ky_founding_officer(&f->officers[i], v), "officer %zu", i + 1));
    return KY_OK;
}

static ky_rc get_counts(struct ky_founding *f)
{
    const json_t *nodes;
    KY_TRY(ky_json_get_int(&f->n, f->json, "n", 1, KY_FOUNDING_OFFICERS_MAX));
    KY_TRY(ky_json_get_int(&f->issue_n, f->json, "issue_n", 1, KY_FOUNDING_OFFICERS_MAX));
    if (f->n > (int64_t)f->officer_count)
        return ky_fail(KY_EFORMAT, "n %lld of %zu officers", (long long)f->n, f->officer_count);
    KY_TRY(ky_json_get_array(&nodes, f->json, "nodes", 1));
    json_int_t node = json_integer_value(json_array_get(nodes, 0));
    if (node < 1 || node > UINT16_MAX)
        return ky_fail(KY_EFORMAT, "nodes: exactly one, from 1 to %d", UINT16_MAX);
    f->node = (uint16_t)node;
    return KY_OK;
}

static ky_rc get_members(struct ky_founding *f)
{
    const json_t *obj;
    struct ky_bytes type;
    KY_TRY(ky_json_get_str(&type, f->json, "type", 16));
    if (!ky_bytes_eq_str(type, "founding"))
        return ky_fail(KY_EFORMAT, "type is not founding");
    KY_TRY(get_officers(f));
    KY_TRY(get_counts(f));
    KY_TRY(get_text(f->origin, f->json, "origin"));
    KY_TRY(get_text(f->rp_id, f->json, "rp_id"));
    KY_TRY(get_exact(f->courier_key, sizeof f->courier_key, f->json, "courier_key"));
    KY_TRY(get_token_cas(f));
    for (size_t i = 0; i < KY_COUNT(certs); i++)
        KY_TRY(get_cert((struct ky_cert **)(void *)((char *)f + certs[i].at), f->json, certs[i].name));
    for (size_t i = 0; i < KY_COUNT(points); i++) {
        KY_TRY(ky_json_get_object(&obj, f->json, points[i].process));
        KY_TRY(get_exact((uint8_t *)f + points[i].at, KY_P256_POINT, obj, points[i].name));
    }
    KY_TRY(ky_json_get_object(&obj, f->json, "policy"));
    for (size_t i = 0; i < KY_COUNT(policy_texts); i++)
        KY_TRY(get_text((char *)f + policy_texts[i].at, obj, policy_texts[i].name));
    return KY_OK;
}

ky_rc ky_founding_parse(struct ky_founding **out, struct ky_bytes json)
{
    ky_auto_founding f = calloc(1, sizeof *f);
    if (f == NULL)
        return ky_fail(KY_ENOMEM, "founding record");
    KY_TRY(ky_context(ky_jcs_parse(&f->json, json, KY_FOUNDING_MAX, DEPTH), "founding record"));
    KY_TRY(ky_context(get_members(f), "founding record"));
    KY_TRY(ky_sha256(f->realm, json));
    *out = KY_STEAL(f);
    return KY_OK;
}

void ky_founding_free(struct ky_founding *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < KY_FOUNDING_TOKEN_CAS_MAX; i++)
        ky_cert_free(f->token_cas[i]);
    ky_cert_free(f->root);
    ky_cert_free(f->issuing);
    ky_cert_free(f->ocsp);
    ky_cert_free(f->tsa);
    free(f->officers);
    json_decref(f->json);
    free(f);
}

static ky_rc make_mac(uint8_t out[KY_HMAC_SIZE], struct ky_bytes json, ky_process process,
                      const struct ky_mac *k_reg)
{
    uint8_t head[5] = {(uint8_t)process};
    ky_put_u32(head + 1, (uint32_t)json.n);
    const struct ky_bytes parts[] = {KY_LABEL("kyso founding v1"), KY_BYTES_OF(head), json};
    return ky_mac_make(out, k_reg, parts, KY_COUNT(parts));
}

ky_rc ky_founding_seal(struct ky_buf *out, struct ky_bytes json, ky_process process,
                       const struct ky_mac *k_reg)
{
    uint8_t mac[KY_HMAC_SIZE];
    KY_TRY(make_mac(mac, json, process, k_reg));
    ky_buf_add(out, json);
    ky_buf_add(out, KY_BYTES_OF(mac));
    return ky_buf_finish(out);
}

ky_rc ky_founding_load(struct ky_founding **out, struct ky_keystore *ks, ky_process process,
                       const struct ky_mac *k_reg)
{
    ky_auto_arena arena = ky_arena_init(OBJECTS_LISTED_MAX * (KY_TOKEN_DATA_MAX + 1024));
    struct ky_token_data *items;
    size_t count;
    KY_TRY(ky_keystore_list_data(&items, &count, &arena, ks, KY_FOUNDING_APPLICATION, KY_FOUNDING_LABEL,
                                 OBJECTS_LISTED_MAX));
    if (count == 0)
        return ky_fail(KY_ENOTFOUND,
                       "the token of %s holds no founding record: the ceremony has not been held",
                       ky_process_name(process));
    if (count > 1)
        return ky_fail(KY_EEXIST, "the token of %s holds %zu founding records; exactly one is right",
                       ky_process_name(process), count);
    struct ky_bytes value = items[0].value;
    if (value.n <= KY_HMAC_SIZE)
        return ky_fail(KY_EFORMAT, "founding record of %zu bytes", value.n);
    struct ky_bytes json = {value.p, value.n - KY_HMAC_SIZE};
    uint8_t mac[KY_HMAC_SIZE];
    KY_TRY(make_mac(mac, json, process, k_reg));
    if (!ky_secret_eq(KY_BYTES_OF(mac), KY_BYTES(value.p + json.n, KY_HMAC_SIZE)))
        return ky_fail(KY_EAUTH, "founding record: MAC does not fit");
    return ky_founding_parse(out, json);
}

const struct ky_officer *ky_founding_find_officer(const struct ky_founding *f, const uint8_t id[KY_ID_SIZE])
{
    for (size_t i = 0; i < f->officer_count; i++)
        if (memcmp(f->officers[i].id, id, KY_ID_SIZE) == 0)
            return &f->officers[i];
    return NULL;
}
