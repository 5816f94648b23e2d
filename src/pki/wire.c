/*
 * Shared DER pieces of certificates, CRLs, OCSP, TSP and CMS (RFC 5280
 * §4.1.1.2, §4.2.1.6; RFC 5754 §2 for hash identifiers).
 */
#include "pki/wire.h"

#include "crypto/ossl.h"

#include <openssl/evp.h>

#define URL_MAX 2048
#define URI_TAG KY_DER_CONTEXT(6)

void ky_wire_stick(struct ky_buf *b, ky_rc rc)
{
    if (rc != KY_OK && b->rc == KY_OK)
        b->rc = rc;
}

void ky_wire_add_oid(struct ky_buf *b, const char *dotted)
{
    ky_wire_stick(b, ky_der_add_oid(b, dotted));
}

void ky_wire_end_set_of(struct ky_buf *b, size_t at)
{
    ky_wire_stick(b, ky_der_end_set_of(b, at));
}

void ky_wire_add_time_as(struct ky_buf *b, uint8_t tag, ky_time t)
{
    size_t at = b->n;
    ky_der_add_generalized_time(b, t);
    if (b->rc == KY_OK)
        b->p[at] = tag;
}

static bool is_url(struct ky_bytes url)
{
    if (url.n == 0 || url.n > URL_MAX)
        return false;
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= 0x20 || url.p[i] >= 0x7f)
            return false;
    return true;
}

void ky_wire_add_uri(struct ky_buf *b, const char *url)
{
    if (!is_url(ky_bytes_str(url))) {
        ky_wire_stick(b,
                      ky_fail(KY_EINVAL, "address \"%s\": not 1..%d visible ASCII characters", url, URL_MAX));
        return;
    }
    ky_der_add_str(b, URI_TAG, url);
}

ky_rc ky_sha1(uint8_t out[KY_SHA1_SIZE], struct ky_bytes in)
{
    if (EVP_Digest(in.p, in.n, out, NULL, EVP_sha1(), NULL) != 1)
        return ky_fail_ossl(KY_ECRYPTO, "SHA-1");
    return KY_OK;
}

ky_rc ky_wire_get_hash(ky_hash *out, struct ky_der *d, const char *what)
{
    struct ky_der alg;
    char oid[KY_DER_OID_TEXT_MAX];
    KY_TRY(ky_der_enter(&alg, d, KY_DER_SEQUENCE, what));
    KY_TRY(ky_der_get_oid(oid, &alg, what));
    if (!ky_der_at_end(&alg))
        KY_TRY(ky_der_get_null(&alg, what));
    KY_TRY(ky_der_finish(&alg, what));
    if (ky_hash_by_oid(out, oid) != KY_OK)
        return ky_fail(KY_EDENIED, "%s: hash algorithm %s is not accepted", what, oid);
    return KY_OK;
}

ky_rc ky_wire_get_oid(const char **out, struct ky_arena *a, struct ky_der *d, const char *what)
{
    char oid[KY_DER_OID_TEXT_MAX];
    KY_TRY(ky_der_get_oid(oid, d, what));
    const char *copy = ky_arena_strdup(a, oid);
    if (copy == NULL)
        return KY_ENOMEM;
    *out = copy;
    return KY_OK;
}

ky_rc ky_wire_find_uri(const char **url, struct ky_arena *a, struct ky_der names)
{
    while (!ky_der_at_end(&names)) {
        struct ky_der_tlv name;
        KY_TRY(ky_der_next(&name, &names, "GeneralName"));
        if (name.tag != URI_TAG)
            continue;
        if (!is_url(name.value))
            return ky_fail(KY_EFORMAT, "GeneralName: an address of %zu bytes is not one", name.value.n);
        const char *copy = (const char *)ky_arena_dup(a, name.value);
        if (copy == NULL)
            return KY_ENOMEM;
        *url = copy;
        return KY_OK;
    }
    return KY_OK;
}

struct ky_wire_open ky_wire_begin_ext(struct ky_buf *b, const char *oid, bool critical)
{
    struct ky_wire_open e = {.seq = ky_der_begin(b, KY_DER_SEQUENCE)};
    ky_wire_add_oid(b, oid);
    if (critical)
        ky_der_add_bool(b, true);
    e.value = ky_der_begin(b, KY_DER_OCTET_STRING);
    return e;
}

void ky_wire_end_ext(struct ky_buf *b, struct ky_wire_open e)
{
    ky_der_end(b, e.value);
    ky_der_end(b, e.seq);
}

ky_rc ky_wire_next_ext(struct ky_wire_ext *out, struct ky_der *list)
{
    struct ky_der d;
    struct ky_bytes octets;
    KY_TRY(ky_der_enter(&d, list, KY_DER_SEQUENCE, "Extension"));
    KY_TRY(ky_der_get_oid(out->oid, &d, "extnID"));
    out->critical = false;
    if (ky_der_at(&d, KY_DER_BOOLEAN))
        KY_TRY(ky_der_get_bool(&out->critical, &d, "critical"));
    KY_TRY(ky_der_get_octets(&octets, &d, "extnValue"));
    out->value = KY_DER_READ(octets);
    return ky_der_finish(&d, "Extension");
}

ky_rc ky_wire_get_aki(struct ky_bytes *key_id, struct ky_der *d)
{
    struct ky_der seq;
    struct ky_der_tlv id;
    KY_TRY(ky_der_enter(&seq, d, KY_DER_SEQUENCE, "authorityKeyIdentifier"));
    if (!ky_der_at(&seq, KY_DER_CONTEXT(0)))
        return KY_OK;
    KY_TRY(ky_der_next(&id, &seq, "keyIdentifier"));
    *key_id = id.value;
    return KY_OK;
}

ky_rc ky_wire_get_whole(struct ky_bytes *out, struct ky_der *d, uint8_t tag, const char *what)
{
    struct ky_der_tlv tlv;
    KY_TRY(ky_der_expect(&tlv, d, tag, what));
    *out = tlv.whole;
    return KY_OK;
}
