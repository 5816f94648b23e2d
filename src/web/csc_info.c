/* CSC info, credentials/list and credentials/info (clauses 11.1, 11.4, 11.5). */
#include <stdio.h>

#include "base/hex.h"
#include "pki/name.h"
#include "web/csc.h"
#include "web/handlers.h"

static const char *const methods[] = {"credentials/list", "credentials/info", "credentials/authorize",
                                      "credentials/authorizeCheck", "signatures/signHash"};

/* Signature algorithms a key of that kind is offered with. */
static const struct {
    ky_scheme scheme;
    ky_hash hash;
} offered[] = {
    {KY_RSA_PKCS1V15, KY_SHA256}, {KY_RSA_PKCS1V15, KY_SHA384}, {KY_RSA_PKCS1V15, KY_SHA512},
    {KY_RSA_PSS, KY_SHA256},      {KY_ECDSA, KY_SHA256},        {KY_ECDSA, KY_SHA384},
    {KY_ECDSA, KY_SHA512},
};

static void put_strings(struct ky_json_out *o, const char *name, const char *const *v, size_t n)
{
    ky_json_open_array(o, name);
    for (size_t i = 0; i < n; i++)
        ky_json_put_cstr(o, NULL, v[i]);
    ky_json_close_array(o);
}

static void put_algorithms(struct ky_json_out *o)
{
    ky_json_open_object(o, "signAlgorithms");
    ky_json_open_array(o, "algos");
    for (size_t i = 0; i < KY_COUNT(offered); i++)
        ky_json_put_cstr(o, NULL, ky_sign_alg_oid(offered[i].scheme, offered[i].hash));
    ky_json_close_array(o);
    ky_json_close_object(o);
}

/* lang is echoed where we speak it. */
static const char *pick_language(const json_t *json)
{
    struct ky_bytes asked = ky_json_str(json_object_get(json, "lang"));
    bool english = asked.n >= 2 && asked.p[0] == 'e' && asked.p[1] == 'n';
    return english ? "en-US" : "vi-VN";
}

ky_rc ky_handle_csc_info(struct ky_web *w, struct ky_exchange *x)
{
    static const char *const auth_types[] = {"oauth2client"};
    static const char *const formats[] = {"P", "C", "X"};
    static const char *const hash_types[] = {"dtbsr"};
    char base[KY_FOUNDING_TEXT_MAX];
    struct ky_json_out *o = ky_answer_begin(x, 200);
    snprintf(base, sizeof base, "%s", w->founding->cps_url);
    ky_json_put_cstr(o, "specs", "2.0.0.2");
    ky_json_put_cstr(o, "name", "kyso");
    ky_json_put_cstr(o, "logo", base);
    ky_json_put_cstr(o, "region", "VN");
    ky_json_put_cstr(o, "lang", pick_language(x->json));
    ky_json_put_cstr(o, "description",
                     "Ký số tập trung: khóa trong HSM, người ký xác nhận trên điện thoại của mình");
    put_strings(o, "authType", auth_types, KY_COUNT(auth_types));
    ky_json_put_cstr(o, "oauth2", base);
    ky_json_put_bool(o, "asynchronousOperationMode", false);
    put_strings(o, "methods", methods, KY_COUNT(methods));
    put_algorithms(o);
    ky_json_open_object(o, "signature_formats");
    put_strings(o, "formats", formats, KY_COUNT(formats));
    ky_json_close_object(o);
    put_strings(o, "supportedHashTypes", hash_types, KY_COUNT(hash_types));
    ky_json_open_array(o, "conformance_levels");
    ky_json_close_array(o);
    return ky_answer_end(x);
}

/* "YYYYMMDDHHMMSSZ" */
static void put_time(struct ky_json_out *o, const char *name, ky_time t)
{
    char text[32];
    struct ky_date d = ky_time_split(t);
    snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02dZ", d.year, d.month, d.day, d.hour, d.minute,
             d.second);
    ky_json_put_cstr(o, name, text);
}

static ky_rc put_name(struct ky_json_out *o, const char *name, struct ky_bytes dn)
{
    ky_auto_buf text = ky_buf_init(KY_NAME_DER_MAX);
    KY_TRY(ky_name_text(&text, dn));
    ky_json_put_str(o, name, ky_buf_bytes(&text));
    return KY_OK;
}

static ky_rc put_cert(struct ky_json_out *o, const struct ky_csc_credential *c, const struct ky_web *w,
                      const struct ky_csc_detail *d, ky_time now)
{
    bool chain = strcmp(d->certificates, "chain") == 0;
    ky_json_open_object(o, "cert");
    ky_json_put_cstr(o, "status", ky_csc_cert_status(c, now));
    if (strcmp(d->certificates, "none") != 0) {
        ky_json_open_array(o, "certificates");
        ky_json_put_base64(o, NULL, c->parsed->der);
        if (chain) {
            ky_json_put_base64(o, NULL, w->founding->issuing->der);
            ky_json_put_base64(o, NULL, w->founding->root->der);
        }
        ky_json_close_array(o);
    }
    if (d->cert_info) {
        KY_TRY(put_name(o, "issuerDN", c->parsed->issuer));
        ky_json_put_hex(o, "serialNumber", c->parsed->serial);
        KY_TRY(put_name(o, "subjectDN", c->parsed->subject));
        put_time(o, "validFrom", c->parsed->not_before);
        put_time(o, "validTo", c->parsed->not_after);
    }
    ky_json_close_object(o);
    return KY_OK;
}

static void put_key(struct ky_json_out *o, const struct ky_csc_credential *c, ky_time now)
{
    const struct ky_key_info *info = ky_key_info(c->key_type);
    bool enabled = strcmp(ky_csc_cert_status(c, now), "valid") == 0;
    ky_json_open_object(o, "key");
    ky_json_put_cstr(o, "status", enabled ? "enabled" : "disabled");
    ky_json_open_array(o, "algo");
    for (size_t i = 0; i < KY_COUNT(offered); i++)
        if (ky_scheme_fits(offered[i].scheme, c->key_type))
            ky_json_put_cstr(o, NULL, ky_sign_alg_oid(offered[i].scheme, offered[i].hash));
    ky_json_close_array(o);
    ky_json_put_int(o, "len", info->bits);
    if (info->curve_oid != NULL)
        ky_json_put_cstr(o, "curve", info->curve_oid);
    ky_json_close_object(o);
}

static void put_auth(struct ky_json_out *o, bool detailed)
{
    ky_json_open_object(o, "auth");
    ky_json_put_cstr(o, "mode", "explicit");
    ky_json_put_cstr(o, "expression", KY_CSC_FACTOR);
    if (detailed) {
        ky_json_open_array(o, "objects");
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "type", "ChallengeResponseOOB");
        ky_json_put_cstr(o, "id", KY_CSC_FACTOR);
        ky_json_put_cstr(o, "label", "Điện thoại của người ký");
        ky_json_put_cstr(o, "description", "Người ký xem và xác nhận yêu cầu trên điện thoại đã đăng ký");
        ky_json_close_object(o);
        ky_json_close_array(o);
    }
    ky_json_close_object(o);
}

ky_rc ky_csc_put_credential(struct ky_json_out *o, const struct ky_csc_credential *c, const struct ky_web *w,
                            const struct ky_csc_detail *detail, ky_time now)
{
    put_key(o, c, now);
    KY_TRY(put_cert(o, c, w, detail, now));
    put_auth(o, detail->auth_info);
    ky_json_put_cstr(o, "SCAL", "2");
    ky_json_put_int(o, "multisign", KY_SIGN_HASHES_MAX);
    return KY_OK;
}

static ky_rc read_flag(bool *out, bool *done, struct ky_exchange *x, const char *name)
{
    char text[96];
    const json_t *v = json_object_get(x->json, name);
    *out = json_is_true(v);
    *done = v != NULL && !json_is_null(v) && !json_is_boolean(v);
    snprintf(text, sizeof text, "Invalid type boolean parameter %s", name);
    return *done ? ky_csc_invalid(x, text) : KY_OK;
}

ky_rc ky_csc_read_detail(struct ky_csc_detail *out, bool *done, struct ky_exchange *x)
{
    static const char *const kinds[] = {"none", "single", "chain"};
    const json_t *v = json_object_get(x->json, "certificates");
    *out = (struct ky_csc_detail){.certificates = "single"};
    *done = false;
    if (v != NULL && !json_is_null(v)) {
        *done = true;
        for (size_t i = 0; i < KY_COUNT(kinds); i++) {
            if (!ky_bytes_eq_str(ky_json_str(v), kinds[i]))
                continue;
            out->certificates = kinds[i];
            *done = false;
        }
        if (*done)
            return ky_csc_invalid(x, "Invalid parameter certificates");
    }
    KY_TRY(read_flag(&out->cert_info, done, x, "certInfo"));
    return *done ? KY_OK : read_flag(&out->auth_info, done, x, "authInfo");
}

ky_rc ky_handle_csc_credential_info(struct ky_web *w, struct ky_exchange *x)
{
    KY_CLEANUP(ky_csc_credential_clear) struct ky_csc_credential c = {0};
    struct ky_csc_detail detail;
    struct ky_bytes id;
    bool done;
    KY_TRY(ky_csc_string(&id, &done, x, "credentialID"));
    if (done)
        return KY_OK;
    KY_TRY(ky_csc_read_detail(&detail, &done, x));
    if (done)
        return KY_OK;
    ky_rc rc = ky_csc_find_credential(&c, w, x, id);
    if (rc == KY_ENOTFOUND)
        return ky_csc_invalid(x, "Invalid parameter credentialID");
    KY_TRY(rc);
    struct ky_json_out *o = ky_answer_begin(x, 200);
    KY_TRY(ky_csc_put_credential(o, &c, w, &detail, x->now));
    return ky_answer_end(x);
}

struct owned {
    struct ky_arena *arena;
    const char *owner;
    struct ky_db_cert *certs;
    size_t count;
};

static ky_rc list_certs(struct ky_store *s, void *ctx)
{
    struct owned *o = ctx;
    return ky_db_cert_list_owner(&o->certs, &o->count, o->arena, s, o->owner);
}

/* The subscriber: bound to the token, or named by the client as identity number or owner. */
static ky_rc find_owner(char out[2 * KY_OWNER_SIZE + 1], bool *done, struct ky_web *w, struct ky_exchange *x)
{
    struct ky_bytes user = ky_json_str(json_object_get(x->json, "userID"));
    uint8_t bytes[KY_OWNER_SIZE];
    *done = false;
    if (x->token.owner != NULL) {
        *done = user.n > 0;
        snprintf(out, 2 * KY_OWNER_SIZE + 1, "%s", x->token.owner);
        return *done ? ky_csc_invalid(x, "userID parameter MUST be null") : KY_OK;
    }
    if (ky_hex_decode(bytes, sizeof bytes, user) == KY_OK) {
        ky_hex_encode(out, KY_BYTES_OF(bytes));
        return KY_OK;
    }
    if (user.n == 12 && ky_web_owner(out, w, user) == KY_OK)
        return KY_OK;
    *done = true;
    return ky_csc_invalid(x, user.n == 0 ? "Missing (or invalid type) string parameter userID"
                                         : "Invalid parameter userID");
}

static bool shown(const struct ky_db_cert *c, bool only_valid, ky_time now)
{
    return !only_valid || (strcmp(c->status, "good") == 0 && now <= c->not_after);
}

static ky_rc put_infos(struct ky_json_out *o, struct ky_web *w, struct ky_exchange *x,
                       const struct owned *list, const struct ky_csc_detail *detail, bool only_valid)
{
    ky_json_open_array(o, "credentialInfos");
    for (size_t i = 0; i < list->count; i++) {
        KY_CLEANUP(ky_csc_credential_clear) struct ky_csc_credential c = {0};
        if (!shown(&list->certs[i], only_valid, x->now))
            continue;
        KY_TRY(ky_csc_find_credential(&c, w, x, ky_bytes_str(list->certs[i].key_id)));
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "credentialID", c.id);
        KY_TRY(ky_csc_put_credential(o, &c, w, detail, x->now));
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    return KY_OK;
}

ky_rc ky_handle_csc_credential_list(struct ky_web *w, struct ky_exchange *x)
{
    char owner[2 * KY_OWNER_SIZE + 1];
    struct owned list = {.arena = &x->arena, .owner = owner};
    struct ky_csc_detail detail;
    bool done, infos, only_valid;
    KY_TRY(ky_csc_read_detail(&detail, &done, x));
    if (!done)
        KY_TRY(read_flag(&infos, &done, x, "credentialInfo"));
    if (!done)
        KY_TRY(read_flag(&only_valid, &done, x, "onlyValid"));
    if (!done)
        KY_TRY(find_owner(owner, &done, w, x));
    if (done)
        return KY_OK;
    KY_TRY(ky_db_read(w->db, list_certs, &list));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "credentialIDs");
    for (size_t i = 0; i < list.count; i++)
        if (shown(&list.certs[i], only_valid, x->now))
            ky_json_put_cstr(o, NULL, list.certs[i].key_id);
    ky_json_close_array(o);
    if (infos)
        KY_TRY(put_infos(o, w, x, &list, &detail, only_valid));
    if (only_valid)
        ky_json_put_bool(o, "onlyValid", true);
    return ky_answer_end(x);
}
