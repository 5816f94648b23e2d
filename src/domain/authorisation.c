/* Authorisations: list, builders, and the two ways of proof; see authorisation.h. */
#include "domain/authorisation.h"

#include <stdlib.h>

#include "crypto/digest.h"
#include "crypto/webauthn.h"
#include "pki/chain.h"
#include "pki/cms.h"

static ky_rc parse_item(struct ky_authorisation *out, struct ky_bytes item)
{
    struct ky_reader in = KY_READER(item);
    *out = (struct ky_authorisation){.kind = (ky_auth_kind)ky_read_u8(&in)};
    struct ky_bytes record = ky_read_bytes(&in, KY_ID_SIZE);
    if (record.n == KY_ID_SIZE)
        memcpy(out->record, record.p, KY_ID_SIZE);
    if (out->kind == KY_AUTH_WEBAUTHN || out->kind == KY_AUTH_WEBAUTHN_LIST) {
        out->authenticator_data = ky_read_lv(&in, 1024);
        out->client_data_json = ky_read_lv(&in, KY_WEBAUTHN_CLIENT_DATA_MAX);
        out->signature = ky_read_lv(&in, 256);
        out->device_signature = ky_read_lv(&in, 256);
        if (out->kind == KY_AUTH_WEBAUTHN_LIST)
            out->statements = ky_read_lv(&in, KY_STATEMENT_LIST_BYTES_MAX);
    } else if (out->kind == KY_AUTH_CMS) {
        out->cms = ky_read_lv(&in, KY_AUTHORISATION_CMS_MAX);
    } else {
        return ky_fail(KY_EFORMAT, "authorisation of kind %d", out->kind);
    }
    return ky_reader_finish(&in, "authorisation");
}

ky_rc ky_authorisations_parse(struct ky_authorisations *out, struct ky_bytes list)
{
    struct ky_reader in = KY_READER(list);
    size_t count = ky_read_u8(&in);
    if (count > KY_AUTHORISATIONS_MAX)
        return ky_fail(KY_ELIMIT, "%zu authorisations, at most %d", count, KY_AUTHORISATIONS_MAX);
    for (size_t i = 0; i < count; i++)
        KY_TRY(parse_item(&out->item[i], ky_read_lv(&in, KY_AUTHORISATION_CMS_MAX + 64)));
    out->count = count;
    KY_TRY(ky_reader_finish(&in, "authorisations"));
    const struct ky_bytes parts[] = {KY_LABEL("kyso authorisation v1"), list};
    return ky_digest_parts(out->hash, KY_SHA256, parts, KY_COUNT(parts));
}

void ky_authorisation_add_webauthn(struct ky_buf *out, const struct ky_authorisation *a)
{
    ky_buf_add_u8(out, (uint8_t)a->kind);
    ky_buf_add(out, KY_BYTES_OF(a->record));
    ky_buf_add_lv(out, a->authenticator_data);
    ky_buf_add_lv(out, a->client_data_json);
    ky_buf_add_lv(out, a->signature);
    ky_buf_add_lv(out, a->device_signature);
    if (a->kind == KY_AUTH_WEBAUTHN_LIST)
        ky_buf_add_lv(out, a->statements);
}

void ky_authorisation_add_cms(struct ky_buf *out, const uint8_t record[KY_ID_SIZE],
                              struct ky_bytes signed_data)
{
    ky_buf_add_u8(out, KY_AUTH_CMS);
    ky_buf_add(out, KY_BYTES(record, KY_ID_SIZE));
    ky_buf_add_lv(out, signed_data);
}

void ky_authorisations_encode(struct ky_buf *out, const struct ky_buf *items, size_t count)
{
    ky_buf_add_u8(out, (uint8_t)count);
    for (size_t i = 0; i < count; i++)
        ky_buf_add_lv(out, ky_buf_bytes(&items[i]));
}

/* The statement's exact bytes are one of the list. hash: of the list. */
static ky_rc find_in_list(uint8_t hash[KY_HASH_SIZE], struct ky_bytes content, const struct ky_statement *st)
{
    ky_auto_statement_list list = {0};
    KY_TRY(ky_statement_list_parse(&list, content));
    if (!ky_statement_list_has(&list, st))
        return ky_fail(KY_EDENIED, "this statement is not in the list that was signed");
    memcpy(hash, list.hash, KY_HASH_SIZE);
    return KY_OK;
}

/* Only what officers may sign in a list is ever found in one: no other statement passes as one of its own. */
static ky_rc find_challenge(uint8_t challenge[KY_HASH_SIZE], const struct ky_authorisation *a,
                            const struct ky_statement *st)
{
    if (a->kind == KY_AUTH_WEBAUTHN_LIST)
        return find_in_list(challenge, a->statements, st);
    memcpy(challenge, st->hash, KY_HASH_SIZE);
    return a->kind == KY_AUTH_WEBAUTHN ? KY_OK : ky_fail(KY_EDENIED, "authorisation is not by a device");
}

ky_rc ky_authorise_webauthn(const struct ky_authorisation *a, const struct ky_statement *st,
                            const struct ky_authenticator *key, const struct ky_founding *f)
{
    uint8_t challenge[KY_HASH_SIZE];
    KY_TRY(find_challenge(challenge, a, st));
    const struct ky_webauthn_expected want = {
        .rp_id = f->rp_id, .origin = f->origin, .challenge = KY_BYTES_OF(challenge)};
    const struct ky_webauthn_assertion got = {
        .authenticator_data = a->authenticator_data,
        .client_data_json = a->client_data_json,
        .signature = a->signature,
    };
    struct ky_webauthn_signed seen;
    KY_TRY(ky_webauthn_verify_assertion(&seen, &want, key->key, key->be, &got));
    if (a->kind == KY_AUTH_WEBAUTHN_LIST)
        return ky_device_list_signature_verify(key->device_key, a->statements, a->device_signature);
    return ky_device_signature_verify(key->device_key, ky_statement_text(st), a->device_signature);
}

/* The enveloped content must be the label and this very statement, or a list in which it is. */
static ky_rc check_content(const struct ky_cms *cms, const struct ky_statement *st)
{
    static const struct ky_bytes label = KY_LABEL("kyso statement v1");
    uint8_t hash[KY_HASH_SIZE];
    if (cms->detached)
        return ky_fail(KY_EDENIED, "cms: detached; the statement must be inside");
    if (strcmp(cms->content_type, KY_OID_DATA) != 0 &&
        strcmp(cms->content_type, KY_STATEMENT_CONTENT_OID) != 0)
        return ky_fail(KY_EDENIED, "cms: content type %s", cms->content_type);
    if (ky_statement_list_is(cms->content))
        return ky_context(find_in_list(hash, cms->content, st), "cms");
    if (cms->content.n != label.n + st->text_n || memcmp(cms->content.p, label.p, label.n) != 0 ||
        memcmp(cms->content.p + label.n, st->text, st->text_n) != 0)
        return ky_fail(KY_EDENIED, "cms: the content is not this statement");
    return KY_OK;
}

struct evidence {
    struct ky_crl *crls[KY_AUTH_EVIDENCE_MAX]; /* owned */
    size_t crl_count;
    struct ky_bytes ocsps[KY_AUTH_EVIDENCE_MAX]; /* borrowed */
    size_t ocsp_count;
};

static void clear_evidence(struct evidence *e)
{
    for (size_t i = 0; i < e->crl_count; i++)
        ky_crl_free(e->crls[i]);
}

/* What does not parse as a list is taken for an OCSP answer; the chain refuses what is neither. */
static ky_rc read_evidence(struct evidence *out, struct ky_bytes list)
{
    struct ky_reader in = KY_READER(list);
    size_t count = ky_read_u16(&in);
    if (count > KY_AUTH_EVIDENCE_MAX)
        return ky_fail(KY_ELIMIT, "evidence: %zu items, at most %d", count, KY_AUTH_EVIDENCE_MAX);
    for (size_t i = 0; i < count; i++) {
        struct ky_bytes item = ky_read_lv(&in, KY_REQUEST_MAX);
        if (ky_crl_parse(&out->crls[out->crl_count], item) == KY_OK)
            out->crl_count++;
        else
            out->ocsps[out->ocsp_count++] = item;
    }
    return ky_reader_finish(&in, "evidence");
}

static ky_rc sub_to_rc(const struct ky_chain *chain)
{
    switch (chain->sub) {
    case KY_SUB_NONE:
        return KY_OK;
    case KY_SUB_EXPIRED:
    case KY_SUB_NOT_YET_VALID:
    case KY_SUB_TRY_LATER:
        return ky_fail(KY_EEXPIRED, "cms: certificate: %s", chain->text);
    default:
        return ky_fail(KY_EDENIED, "cms: certificate: %s", chain->text);
    }
}

static ky_rc check_certificate(const struct ky_cert *cert, const struct ky_cms *cms, struct ky_bytes evidence,
                               const struct ky_founding *f, ky_time now)
{
    KY_CLEANUP(clear_evidence) struct evidence e = {0};
    struct ky_chain chain;
    if (ky_bytes_eq(cert->issuer, f->issuing->subject) || ky_cert_verify_signature(cert, f->issuing) == KY_OK)
        return ky_fail(KY_EDENIED, "cms: the certificate is one of our own; its key is in sam");
    KY_TRY(read_evidence(&e, evidence));
    const struct ky_chain_in in = {
        .leaf = cert,
        .anchors = {(const struct ky_cert *const *)f->token_cas, f->token_ca_count},
        .intermediates = {(const struct ky_cert *const *)cms->certs, cms->n_certs},
        .at = now,
        .key_usage_any = KY_KU_DIGITAL_SIGNATURE | KY_KU_NON_REPUDIATION,
        .revocation = KY_REVOCATION_REQUIRED,
        .max_age_s = KY_EVIDENCE_AGE_MAX,
        .crls = (const struct ky_crl *const *)e.crls,
        .n_crls = e.crl_count,
        .ocsps = e.ocsps,
        .n_ocsps = e.ocsp_count,
    };
    KY_TRY(ky_chain_validate(&chain, &in));
    return sub_to_rc(&chain);
}

ky_rc ky_authorise_cms(const struct ky_authorisation *a, const struct ky_statement *st, struct ky_bytes cert,
                       struct ky_bytes evidence, const struct ky_founding *f, ky_time now)
{
    if (a->kind != KY_AUTH_CMS)
        return ky_fail(KY_EDENIED, "authorisation is not a CMS signature");
    ky_auto_cms cms = NULL;
    ky_auto_cert pinned = NULL;
    KY_TRY(ky_cert_parse(&pinned, cert));
    KY_TRY(ky_context(ky_cms_parse(&cms, a->cms), "cms"));
    KY_TRY(check_content(cms, st));
    if (cms->signer != NULL && !ky_bytes_eq(cms->signer->der, pinned->der))
        return ky_fail(KY_EAUTH, "cms: signed with another certificate than the record names");
    if (cms->signing_cert.n == 0)
        return ky_fail(KY_EAUTH, "cms: no signing-certificate-v2");
    KY_TRY(ky_context(ky_cms_verify(cms, KY_BYTES_NONE, cms->signer == NULL ? pinned : NULL), "cms"));
    return check_certificate(pinned, cms, evidence, f, now);
}

ky_rc ky_authorisation_list(struct ky_statement_list *out, const struct ky_authorisation *a)
{
    ky_auto_cms cms = NULL;
    if (a->kind == KY_AUTH_WEBAUTHN_LIST)
        return ky_statement_list_parse(out, a->statements);
    if (a->kind != KY_AUTH_CMS)
        return ky_fail(KY_EFORMAT, "authorisation of a single statement");
    KY_TRY(ky_context(ky_cms_parse(&cms, a->cms), "cms"));
    return ky_statement_list_parse(out, cms->content);
}

ky_rc ky_authorise_officer(const struct ky_authorisation *a, const struct ky_statement *st,
                           const struct ky_officer *officer, struct ky_bytes evidence,
                           const struct ky_founding *f, ky_time now)
{
    if (officer->by_cms)
        return ky_authorise_cms(a, st, KY_BYTES(officer->cert, officer->cert_n), evidence, f, now);
    return ky_authorise_webauthn(a, st, &officer->authenticator, f);
}

static ky_rc sign_content(struct ky_buf *cms, const struct ky_signer *signer, const struct ky_cert *cert,
                          struct ky_bytes content, ky_time now)
{
    const struct ky_sigkey key = {.signer = signer,
                                  .scheme = ky_key_info(signer->key_type)->rsa ? KY_RSA_PKCS1V15 : KY_ECDSA,
                                  .hash = signer->key_type == KY_KEY_P384 ? KY_SHA384 : KY_SHA256};
    const struct ky_certs none = {NULL, 0};
    return ky_cms_sign(cms, &key, cert, none, KY_STATEMENT_CONTENT_OID, content, false, now);
}

ky_rc ky_statement_sign_cms(struct ky_buf *cms, const struct ky_signer *signer, const struct ky_cert *cert,
                            struct ky_bytes text, ky_time now)
{
    ky_auto_buf content = ky_buf_init(KY_REQUEST_MAX + 64);
    ky_buf_add(&content, KY_LABEL("kyso statement v1"));
    ky_buf_add(&content, text);
    KY_TRY(ky_buf_finish(&content));
    return sign_content(cms, signer, cert, ky_buf_bytes(&content), now);
}

ky_rc ky_statement_list_sign_cms(struct ky_buf *cms, const struct ky_signer *signer,
                                 const struct ky_cert *cert, struct ky_bytes content, ky_time now)
{
    return sign_content(cms, signer, cert, content, now);
}
