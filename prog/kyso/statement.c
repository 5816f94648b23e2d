#include "prog/kyso/statement.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/str.h"
#include "os/clock.h"
#include "prog/kyso/fetch.h"
#include "prog/kyso/files.h"
#include "prog/kyso/say.h"

#define LIFE (29 * KY_DAY) /* a long nonce counts 30 */
#define SPEC_MAX 128
#define EVIDENCE_BYTES_MAX ((size_t)4 << 20)
#define TWO 2

ky_rc kyso_statement_founding(struct ky_founding **out, const struct kyso_api *api, const char *realm)
{
    char got[2 * KY_HASH_SIZE + 1];
    ky_auto_buf json = ky_buf_init(KY_FOUNDING_MAX);
    ky_auto_founding f = NULL;
    KY_TRY(kyso_api_get(&json, api, "/api/v1/founding"));
    KY_TRY(ky_context(ky_founding_parse(&f, ky_buf_bytes(&json)), "founding"));
    ky_hex_encode(got, KY_BYTES_OF(f->realm));
    if (realm != NULL && !ky_str_eq(realm, got))
        return ky_fail(
            KY_EDENIED,
            kyso_say("máy chủ thuộc hệ thống %s, không phải %s", "the server is of realm %s, not %s"), got,
            realm);
    *out = KY_STEAL(f);
    return KY_OK;
}

/* ---- text ---- */

static ky_rc add_nonce(json_t *aud, const struct kyso_api *api, ky_process process)
{
    const char *name = ky_process_name(process);
    struct ky_bytes nonce;
    ky_auto_json answer = NULL;
    ky_auto_json wish = json_pack("{s:s, s:s}", "process", name, "kind", "long");
    if (wish == NULL)
        return ky_fail(KY_ENOMEM, "nonce");
    KY_TRY(kyso_api_call(&answer, api, wish, "/api/v1/nonces"));
    KY_TRY(ky_json_get_str(&nonce, answer, "nonce", 2 * KY_NONCE_SIZE));
    json_t *item = json_pack("{s:s%, s:s}", "n", (const char *)nonce.p, nonce.n, "p", name);
    return json_array_append_new(aud, item) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "nonce");
}

static ky_rc add_audience(json_t *members, const struct kyso_api *api, unsigned aud)
{
    static const ky_process order[TWO] = {KY_PROCESS_SAM, KY_PROCESS_CA};
    ky_auto_json list = json_array();
    for (size_t i = 0; i < TWO; i++)
        if (aud >> order[i] & 1)
            KY_TRY(add_nonce(list, api, order[i]));
    return json_object_set(members, "aud", list) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "aud");
}

ky_rc kyso_statement_make(struct ky_buf *text, json_t *members, ky_statement_type type,
                          const struct kyso_api *api, const struct ky_founding *f, unsigned aud)
{
    ky_time now = ky_now();
    ky_auto_statement again = {.type = type};
    KY_TRY(ky_body_set_int(members, "v", 1));
    KY_TRY(ky_body_set_hex(members, "realm", KY_BYTES_OF(f->realm)));
    KY_TRY(ky_body_set_text(members, "type", ky_bytes_str(ky_statement_type_name(type))));
    KY_TRY(ky_body_set_int(members, "iat", now));
    KY_TRY(ky_body_set_int(members, "exp", now + LIFE));
    KY_TRY(add_audience(members, api, aud));
    KY_TRY(ky_jcs_encode(text, members, KY_JCS_DEPTH_MAX));
    return ky_statement_parse(&again, ky_buf_bytes(text));
}

/* ---- signers ---- */

/* Cuts the text at the separator; what stands behind it, or NULL. */
static char *cut_at(char *text, char separator)
{
    char *at = strchr(text, separator);
    if (at == NULL)
        return NULL;
    *at = 0;
    return at + 1;
}

static ky_rc open_one(struct kyso_keysrc *key, uint8_t record[KY_ID_SIZE], const char *module,
                      const char *spec)
{
    char token[SPEC_MAX];
    if (snprintf(token, sizeof token, "%s", spec) >= (int)sizeof token)
        return ky_fail(KY_ELIMIT, "--signer: %d", SPEC_MAX);
    const char *id = cut_at(token, '@'), *label = cut_at(token, ':');
    if (id != NULL)
        KY_TRY(ky_context(ky_hex_decode(record, KY_ID_SIZE, ky_bytes_str(id)), "%s", spec));
    const struct kyso_keysrc_args args = {
        .module = module, .token = token, .label = label != NULL ? label : token};
    return ky_context(kyso_keysrc_open(key, &args), "%s", spec);
}

ky_rc kyso_signers_open(struct kyso_signers *s, const char *module, const struct kyso_list *specs)
{
    *s = (struct kyso_signers){.module = module};
    if (module == NULL || specs->n == 0)
        return ky_fail(KY_EINVAL, "%s",
                       kyso_say("cần --pkcs11 và --signer", "--pkcs11 and --signer are needed"));
    if (specs->n > KYSO_SIGNERS_MAX)
        return ky_fail(KY_ELIMIT, kyso_say("--signer: nhiều nhất %d lần", "--signer: at most %d times"),
                       KYSO_SIGNERS_MAX);
    for (size_t i = 0; i < specs->n; i++) {
        s->count = i + 1;
        KY_TRY(open_one(&s->key[i], s->record[i], module, specs->v[i]));
    }
    return KY_OK;
}

void kyso_signers_close(struct kyso_signers *s)
{
    for (size_t i = 0; i < s->count; i++)
        kyso_keysrc_close(&s->key[i]);
    s->count = 0;
}

static ky_rc sign_digest(void *ctx, struct ky_buf *sig, ky_scheme scheme, ky_hash hash,
                         struct ky_bytes digest)
{
    struct kyso_keysrc *k = ctx;
    return k->ops->sign(k, sig, scheme, hash, digest, NULL);
}

ky_rc kyso_statement_cms(struct ky_buf *cms, struct kyso_keysrc *k, struct ky_bytes text)
{
    const struct ky_signer signer = {.ctx = k, .key_type = k->type, .sign = sign_digest};
    return ky_statement_sign_cms(cms, &signer, kyso_keysrc_cert(k), text, ky_now());
}

static ky_rc find_officer(uint8_t id[KY_ID_SIZE], const struct ky_founding *f, const struct ky_cert *cert)
{
    for (size_t i = 0; i < f->officer_count; i++) {
        const struct ky_officer *o = &f->officers[i];
        if (o->by_cms && ky_bytes_eq(KY_BYTES(o->cert, o->cert_n), cert->der)) {
            memcpy(id, o->id, KY_ID_SIZE);
            return KY_OK;
        }
    }
    return ky_fail(
        KY_ENOTFOUND, "%s",
        kyso_say("chứng thư số trên thiết bị không phải của cán bộ sáng lập; cán bộ khác cần --signer "
                 "TOKEN@BẢN_GHI",
                 "the token's certificate is of no founding officer; others need --signer TOKEN@RECORD"));
}

static ky_rc sign_one(struct ky_buf *item, struct kyso_signers *s, size_t i, struct ky_bytes text,
                      const struct ky_founding *f)
{
    static const uint8_t founder[KY_ID_SIZE];
    ky_auto_buf cms = ky_buf_init(KY_AUTHORISATION_CMS_MAX);
    if (memcmp(s->record[i], founder, KY_ID_SIZE) == 0)
        KY_TRY(find_officer(s->record[i], f, kyso_keysrc_cert(&s->key[i])));
    KY_TRY(kyso_statement_cms(&cms, &s->key[i], text));
    *item = ky_buf_init(KY_AUTHORISATION_CMS_MAX + 64);
    ky_authorisation_add_cms(item, s->record[i], ky_buf_bytes(&cms));
    return ky_buf_finish(item);
}

ky_rc kyso_statement_sign(struct ky_buf *auths, struct kyso_signers *s, struct ky_bytes text,
                          const struct ky_founding *f)
{
    struct ky_buf items[KYSO_SIGNERS_MAX] = {{0}};
    ky_rc rc = KY_OK;
    for (size_t i = 0; i < s->count && rc == KY_OK; i++)
        rc = sign_one(&items[i], s, i, text, f);
    if (rc == KY_OK)
        ky_authorisations_encode(auths, items, s->count);
    for (size_t i = 0; i < s->count; i++)
        ky_buf_clear(&items[i]);
    return rc == KY_OK ? ky_buf_finish(auths) : rc;
}

/* ---- evidence ---- */

static const struct ky_cert *find_issuer(const struct ky_founding *f, const struct ky_cert *cert)
{
    for (size_t i = 0; i < f->token_ca_count; i++)
        if (ky_bytes_eq(f->token_cas[i]->subject, cert->issuer))
            return f->token_cas[i];
    return NULL;
}

static ky_rc look_up_status(struct ky_evidence *e, const struct kyso_signers *s, const struct ky_founding *f)
{
    struct kyso_fetch fetch = {.n_dead = 0};
    const struct ky_evidence_source source = kyso_fetch_source(&fetch);
    for (size_t i = 0; i < s->count; i++) {
        const struct ky_cert *cert = kyso_keysrc_cert(&s->key[i]);
        const struct ky_cert *issuer = find_issuer(f, cert);
        size_t before = e->n_crls + e->n_ocsps;
        if (issuer != NULL)
            KY_TRY(source.revocation(source.ctx, e, cert, issuer));
        if (issuer == NULL || e->n_crls + e->n_ocsps == before)
            return ky_fail(
                KY_ENOTFOUND, "%s",
                kyso_say("không tra được trạng thái chứng thư số của người ký: dùng --crl TỆP",
                         "the status of the signer's certificate is not to be had: use --crl FILE"));
    }
    return KY_OK;
}

static ky_rc to_base64url(json_t **out, struct ky_bytes v)
{
    ky_auto_buf text = ky_buf_init(v.n / 3 * 4 + 8);
    ky_buf_add_base64url(&text, v);
    KY_TRY(ky_buf_finish(&text));
    *out = json_string(ky_buf_str(&text));
    return *out != NULL ? KY_OK : ky_fail(KY_ENOMEM, "base64url");
}

ky_rc kyso_set_base64url(json_t *body, const char *name, struct ky_bytes v)
{
    json_t *text;
    KY_TRY(to_base64url(&text, v));
    return json_object_set_new(body, name, text) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "%s", name);
}

static ky_rc add_der(json_t *list, struct ky_bytes der)
{
    json_t *text;
    KY_TRY(to_base64url(&text, der));
    return json_array_append_new(list, text) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "evidence");
}

ky_rc kyso_statement_add_evidence(json_t *body, const struct kyso_signers *s, const struct ky_founding *f,
                                  const struct kyso_list *crl_files)
{
    ky_auto_evidence e = ky_evidence_new();
    ky_auto_json list = json_array();
    if (e == NULL)
        return ky_fail(KY_ENOMEM, "evidence");
    KY_TRY(kyso_files_add(e, crl_files, EVIDENCE_BYTES_MAX, ky_evidence_add_crl));
    if (crl_files->n == 0)
        KY_TRY(look_up_status(e, s, f));
    for (size_t i = 0; i < e->n_crls; i++)
        KY_TRY(add_der(list, e->crls[i]->der));
    for (size_t i = 0; i < e->n_ocsps; i++)
        KY_TRY(add_der(list, e->ocsps[i]));
    return json_object_set(body, "evidence", list) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "evidence");
}

ky_rc kyso_statement_body(json_t **out, const struct ky_buf *text, const struct ky_buf *auths,
                          const struct kyso_signers *s, const struct ky_founding *f,
                          const struct kyso_list *crl_files)
{
    ky_auto_json body = json_object();
    if (body == NULL)
        return ky_fail(KY_ENOMEM, "statement");
    KY_TRY(ky_body_set_text(body, "statement", ky_buf_bytes(text)));
    KY_TRY(kyso_set_base64url(body, "authorisations", ky_buf_bytes(auths)));
    KY_TRY(kyso_statement_add_evidence(body, s, f, crl_files));
    *out = KY_STEAL(body);
    return KY_OK;
}
