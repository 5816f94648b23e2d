/* See people.h. */
#include "tests/support/people.h"

#include <stdio.h>

#include "crypto/digest.h"
#include "crypto/random.h"
#include "os/file.h"
#include "pki/cms.h"
#include "pki/crl.h"
#include "pki/name.h"
#include "pki/profile.h"

#define SERIAL_SIZE 16
#define CRL_MAX 65536
#define PEM_MAX 65536
#define YEAR (365 * KY_DAY)

static const struct ky_profile_conf addresses = {
    .crl_url = "http://token.example.vn/ca.crl",
    .ocsp_url = "http://token.example.vn/ocsp",
    .ca_issuers_url = "http://token.example.vn/ca.crt",
    .policy = {.cps = "https://token.example.vn/cps"},
};

void person_clear(struct person *p)
{
    ky_cert_free(p->cert);
    ky_softkey_free(p->key);
    *p = (struct person){0};
}

ky_rc person_write(const struct person *p, const char *dir, const char *name)
{
    char path[512];
    ky_auto_buf pem = ky_buf_init_secret(PEM_MAX);
    ky_buf_add_cert_pem(&pem, p->cert->der);
    KY_TRY(ky_buf_finish(&pem));
    snprintf(path, sizeof path, "%s/%s.pem", dir, name);
    KY_TRY(ky_file_write(path, ky_buf_bytes(&pem), 0644));
    ky_buf_reset(&pem);
    KY_TRY(ky_softkey_store_pem(&pem, p->key));
    snprintf(path, sizeof path, "%s/%s.key", dir, name);
    return ky_file_write(path, ky_buf_bytes(&pem), 0600);
}

/* ---- certificates ---- */

/* issuer NULL: a root. */
static ky_rc certify(struct person *p, const struct person *issuer, ky_profile_kind kind, const char *cn,
                     uint8_t number, ky_time now)
{
    const struct ky_name_attr attrs[] = {{"C", "VN"}, {"O", "Cơ quan thử nghiệm token"}, {"CN", cn}};
    uint8_t serial[SERIAL_SIZE] = {0x5a, 0xc3, 0x17};
    struct ky_policy policy;
    ky_auto_buf name = ky_buf_init(KY_NAME_DER_MAX), der = ky_buf_init(KY_CERT_DER_MAX);
    KY_TRY(ky_random(serial + 3, sizeof serial - 4));
    serial[SERIAL_SIZE - 1] = number;
    KY_TRY(ky_name_encode(&name, attrs, KY_COUNT(attrs)));
    KY_TRY(ky_softkey_generate(&p->key, KY_KEY_P256));
    p->signer = ky_softkey_signer(p->key);
    p->sigkey = (struct ky_sigkey){.signer = &p->signer, .scheme = KY_ECDSA, .hash = KY_SHA256};
    struct ky_cert_tbs t = {
        .serial = KY_BYTES_OF(serial),
        .issuer = issuer == NULL ? ky_buf_bytes(&name) : issuer->cert->subject,
        .subject = ky_buf_bytes(&name),
        .spki = ky_pubkey_spki(ky_softkey_public(p->key)),
        .not_before = now - KY_DAY,
        .not_after = now + (kind == KY_PROFILE_ROOT ? 10 : 3) * YEAR,
        .scheme = KY_ECDSA,
        .hash = KY_SHA256,
        .aki = issuer == NULL ? KY_BYTES_NONE : issuer->cert->ski,
    };
    KY_TRY(ky_profile_apply(&t, &policy, ky_profile(kind), &addresses));
    KY_TRY(ky_cert_issue(&der, &t, issuer == NULL ? &p->sigkey : &issuer->sigkey));
    return ky_cert_parse(&p->cert, ky_buf_bytes(&der));
}

ky_rc token_ca_init(struct token_ca *t, const char *cn, ky_time now)
{
    *t = (struct token_ca){0};
    return certify(&t->ca, NULL, KY_PROFILE_ROOT, cn, 0, now);
}

void token_ca_clear(struct token_ca *t)
{
    person_clear(&t->ca);
}

ky_rc token_ca_certify(struct token_ca *t, struct person *p, const char *cn, ky_time now)
{
    *p = (struct person){0};
    KY_TRY(ky_random(p->record, sizeof p->record));
    return certify(p, &t->ca, KY_PROFILE_OFFICER, cn, ++t->serials, now);
}

ky_rc token_ca_certify_as(struct token_ca *t, struct person *p, ky_profile_kind kind, const char *cn,
                          ky_time now)
{
    *p = (struct person){0};
    return certify(p, &t->ca, kind, cn, ++t->serials, now);
}

ky_rc person_certify_self(struct person *p, const char *cn, ky_time now)
{
    *p = (struct person){0};
    return certify(p, NULL, KY_PROFILE_OFFICER, cn, 1, now);
}

struct entries {
    const struct person *revoked; /* NULL: none (left) */
    ky_time at;
};

static ky_rc next_entry(void *ctx, struct ky_crl_entry *out)
{
    struct entries *e = ctx;
    if (e->revoked == NULL)
        return KY_ENOTFOUND;
    *out = (struct ky_crl_entry){
        .serial = e->revoked->cert->serial, .revoked_at = e->at, .reason = KY_REASON_KEY_COMPROMISE};
    e->revoked = NULL;
    return KY_OK;
}

ky_rc token_ca_crl(struct ky_buf *der, const struct token_ca *t, ky_time now, const struct person *revoked)
{
    struct entries e = {.revoked = revoked, .at = now - KY_MINUTE};
    const struct ky_crl_tbs tbs = {
        .issuer = t->ca.cert->subject,
        .aki = t->ca.cert->ski,
        .this_update = now,
        .next_update = now + 7 * KY_DAY,
        .number = (uint64_t)now,
    };
    return ky_crl_build(der, &tbs, &t->ca.sigkey, next_entry, &e);
}

ky_rc evidence_of(struct ky_buf *list, struct ky_bytes der)
{
    ky_buf_add_u16(list, 1);
    ky_buf_add_lv(list, der);
    return ky_buf_finish(list);
}

/* ---- signatures ---- */

static ky_rc sign_content(struct ky_buf *cms, const struct person *p, struct ky_bytes content, ky_time now)
{
    const struct ky_certs none = {NULL, 0};
    return ky_cms_sign(cms, &p->sigkey, p->cert, none, KY_STATEMENT_CONTENT_OID, content, false, now);
}

static ky_rc add_label(struct ky_buf *content, struct ky_bytes statement)
{
    *content = ky_buf_init(KY_REQUEST_MAX + 64);
    ky_buf_add(content, KY_LABEL("kyso statement v1"));
    ky_buf_add(content, statement);
    return ky_buf_finish(content);
}

ky_rc person_sign(struct ky_buf *cms, const struct person *p, struct ky_bytes statement, ky_time now)
{
    ky_auto_buf content = {0};
    KY_TRY(add_label(&content, statement));
    return sign_content(cms, p, ky_buf_bytes(&content), now);
}

static ky_rc add_item(struct ky_buf *item, const struct person *p, struct ky_bytes content, ky_time now)
{
    ky_auto_buf cms = ky_buf_init(KY_AUTHORISATION_CMS_MAX);
    KY_TRY(sign_content(&cms, p, content, now));
    *item = ky_buf_init(KY_AUTHORISATION_CMS_MAX + 64);
    ky_authorisation_add_cms(item, p->record, ky_buf_bytes(&cms));
    return ky_buf_finish(item);
}

ky_rc people_authorise(struct ky_buf *list, const struct person *const *people, size_t count,
                       struct ky_bytes statement, ky_time now)
{
    ky_auto_buf content = {0};
    KY_TRY(add_label(&content, statement));
    return people_authorise_list(list, people, count, ky_buf_bytes(&content), now);
}

ky_rc people_authorise_list(struct ky_buf *list, const struct person *const *people, size_t count,
                            struct ky_bytes content, ky_time now)
{
    struct ky_buf items[KY_AUTHORISATIONS_MAX] = {0};
    ky_rc rc = count > KY_AUTHORISATIONS_MAX ? ky_fail(KY_ELIMIT, "people") : KY_OK;
    for (size_t i = 0; rc == KY_OK && i < count; i++)
        rc = add_item(&items[i], people[i], content, now);
    if (rc == KY_OK)
        ky_authorisations_encode(list, items, count);
    for (size_t i = 0; i < KY_AUTHORISATIONS_MAX; i++)
        ky_buf_clear(&items[i]);
    return rc == KY_OK ? ky_buf_finish(list) : rc;
}

/* ---- statements ---- */

static ky_rc put(json_t *obj, const char *name, json_t *taken_value)
{
    if (taken_value == NULL || json_object_set_new(obj, name, taken_value) != 0)
        return ky_fail(KY_ENOMEM, "%s", name);
    return KY_OK;
}

static ky_rc add_audience(json_t *aud, const char *process, const uint8_t *nonce)
{
    if (nonce == NULL)
        return KY_OK;
    ky_auto_json item = json_object();
    if (item == NULL)
        return ky_fail(KY_ENOMEM, "aud");
    KY_TRY(ky_body_set_base64url(item, "n", KY_BYTES(nonce, KY_NONCE_SIZE)));
    KY_TRY(ky_body_set_text(item, "p", ky_bytes_str(process)));
    return json_array_append(aud, item) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "aud");
}

ky_rc statement_new(json_t **out, const struct statement_head *h)
{
    ky_auto_json st = json_object();
    ky_auto_json aud = json_array();
    if (st == NULL || aud == NULL)
        return ky_fail(KY_ENOMEM, "statement");
    KY_TRY(add_audience(aud, "sam", h->sam_nonce));
    KY_TRY(add_audience(aud, "ca", h->ca_nonce));
    KY_TRY(put(st, "aud", KY_STEAL(aud)));
    KY_TRY(ky_body_set_int(st, "v", 1));
    KY_TRY(ky_body_set_text(st, "type", ky_bytes_str(h->type)));
    KY_TRY(ky_body_set_hex(st, "realm", KY_BYTES(h->realm, KY_HASH_SIZE)));
    KY_TRY(ky_body_set_int(st, "iat", h->iat));
    KY_TRY(ky_body_set_int(st, "exp", h->exp));
    *out = KY_STEAL(st);
    return KY_OK;
}

ky_rc statement_text(struct ky_buf *out, const json_t *statement)
{
    return ky_jcs_encode(out, statement, KY_JCS_DEPTH_MAX);
}

ky_rc request_rows(json_t **out, unsigned count, const char *key_type)
{
    ky_auto_json rows = json_array();
    for (unsigned i = 1; rows != NULL && i <= count; i++) {
        char identity[32], name[64], email[64], phone[32];
        snprintf(identity, sizeof identity, "051195%06u", i);
        snprintf(name, sizeof name, "Nguyễn Thị Hoa %u", i);
        snprintf(email, sizeof email, "hoa%u@quangngai.gov.vn", i);
        snprintf(phone, sizeof phone, "09120%05u", i);
        json_t *row =
            json_pack("{s:i,s:s,s:s,s:{s:s,s:s,s:s,s:[s,s],s:s},s:s,s:s,s:s,s:s,s:s,s:b,s:b}", "row", (int)i,
                      "identity", identity, "name", name, "subject", "C", "VN", "L", "Quảng Ngãi", "O",
                      "Ủy ban nhân dân tỉnh Quảng Ngãi", "OU", "Sở Giáo dục và Đào tạo",
                      "Trường THCS Nguyễn Nghiêm", "CN", name, "email", email, "phone", phone, "key",
                      key_type, "title", "Giáo viên", "sector", "education", "authority", 0, "finance", 0);
        if (row == NULL || json_array_append_new(rows, row) != 0)
            return ky_fail(KY_ENOMEM, "rows");
    }
    *out = KY_STEAL(rows);
    return KY_OK;
}

static ky_rc add_org(json_t *obj, const uint8_t *org, const char *org_name)
{
    ky_auto_json o = json_object();
    if (o == NULL)
        return ky_fail(KY_ENOMEM, "org");
    KY_TRY(ky_body_set_hex(o, "id", KY_BYTES(org, KY_ID_SIZE)));
    KY_TRY(ky_body_set_text(o, "name", ky_bytes_str(org_name)));
    return put(obj, "org", KY_STEAL(o));
}

ky_rc request_text(struct ky_buf *out, const struct request_spec *spec)
{
    struct statement_head head = spec->head;
    ky_auto_json st = NULL;
    json_t *rows = NULL;
    head.type = "request";
    KY_TRY(statement_new(&st, &head));
    KY_TRY(ky_body_set_text(st, "procedure", KY_BYTES_LIT("new")));
    KY_TRY(add_org(st, spec->org, spec->org_name));
    KY_TRY(ky_body_set_hex(st, "dossier", KY_BYTES(spec->dossier, KY_ID_SIZE)));
    KY_TRY(ky_body_set_hex(st, "document", KY_BYTES(spec->document, KY_HASH_SIZE)));
    KY_TRY(request_rows(&rows, spec->rows, spec->key_type));
    KY_TRY(put(st, "rows", rows));
    return statement_text(out, st);
}

ky_rc issue_text(struct ky_buf *out, const struct issue_spec *spec)
{
    struct statement_head head = spec->head;
    uint8_t hash[KY_HASH_SIZE];
    ky_auto_json st = NULL;
    json_t *rows = json_array();
    head.type = "issue";
    for (unsigned i = spec->first; rows != NULL && i <= spec->last; i++)
        json_array_append_new(rows, json_integer(i));
    KY_TRY(statement_new(&st, &head));
    KY_TRY(put(st, "rows", rows));
    KY_TRY(ky_statement_hash(hash, spec->request));
    KY_TRY(ky_body_set_hex(st, "request", KY_BYTES_OF(hash)));
    KY_TRY(ky_body_set_hex(st, "dossier", KY_BYTES(spec->dossier, KY_ID_SIZE)));
    KY_TRY(ky_body_set_hex(st, "document", KY_BYTES(spec->document, KY_HASH_SIZE)));
    KY_TRY(ky_body_set_text(st, "profile", KY_BYTES_LIT("subscriber")));
    KY_TRY(ky_body_set_int(st, "not_before", spec->not_before));
    KY_TRY(ky_body_set_int(st, "not_after", spec->not_after));
    KY_TRY(ky_body_set_bool(st, "activate", spec->activate));
    return statement_text(out, st);
}

static ky_rc add_seal_members(json_t *body, const struct admin_spec *spec)
{
    KY_TRY(ky_body_set_text(body, "kind", KY_BYTES_LIT("head")));
    KY_TRY(ky_body_set_base64url(body, "cert", spec->who->cert->der));
    return add_org(body, spec->org, spec->org_name);
}

static ky_rc add_officer_members(json_t *body, const struct admin_spec *spec)
{
    ky_auto_json auth = json_object();
    if (auth == NULL)
        return ky_fail(KY_ENOMEM, "auth");
    KY_TRY(ky_body_set_text(auth, "kind", KY_BYTES_LIT("cms")));
    KY_TRY(ky_body_set_base64url(auth, "cert", spec->who->cert->der));
    KY_TRY(put(body, "auth", KY_STEAL(auth)));
    return put(body, "roles", json_pack("[s]", spec->role));
}

ky_rc admin_text(struct ky_buf *out, const struct admin_spec *spec)
{
    struct statement_head head = spec->head;
    bool seal = spec->org != NULL;
    ky_auto_json st = NULL;
    ky_auto_json body = NULL;
    head.type = "admin";
    KY_TRY(statement_new(&st, &head));
    KY_TRY(ky_record_body(&body, seal ? KY_REC_SEAL : KY_REC_OFFICER, spec->who->record, 1, spec->owner,
                          spec->head.iat, spec->who->cert->not_after));
    KY_TRY(ky_body_set_text(body, "name", ky_bytes_str(spec->name)));
    KY_TRY(seal ? add_seal_members(body, spec) : add_officer_members(body, spec));
    KY_TRY(put(st, "record", KY_STEAL(body)));
    return statement_text(out, st);
}
