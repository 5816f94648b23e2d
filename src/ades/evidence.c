/* Collecting certificates and revocation data; PEM through OpenSSL's reader of armour. */
#include "ades/evidence.h"

#include "base/str.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

struct ky_evidence *ky_evidence_new(void)
{
    return calloc(1, sizeof(struct ky_evidence));
}

void ky_evidence_free(struct ky_evidence *e)
{
    if (e == NULL)
        return;
    for (size_t i = 0; i < e->n_certs; i++)
        ky_cert_free(e->certs[i]);
    for (size_t i = 0; i < e->n_crls; i++)
        ky_crl_free(e->crls[i]);
    for (size_t i = 0; i < e->n_ocsps; i++)
        free((void *)e->ocsps[i].p);
    free(e);
}

static ky_rc room(size_t n, const char *what)
{
    return n < KY_EVIDENCE_MAX ? KY_OK : ky_fail(KY_ELIMIT, "%s: more than %d", what, KY_EVIDENCE_MAX);
}

ky_rc ky_evidence_add_cert(struct ky_evidence *e, struct ky_bytes der)
{
    for (size_t i = 0; i < e->n_certs; i++)
        if (ky_bytes_eq(e->certs[i]->der, der))
            return KY_OK;
    KY_TRY(room(e->n_certs, "certificates"));
    KY_TRY(ky_cert_parse(&e->certs[e->n_certs], der));
    e->n_certs++;
    return KY_OK;
}

static ky_rc add_crl_der(struct ky_evidence *e, struct ky_bytes der)
{
    KY_TRY(room(e->n_crls, "revocation lists"));
    KY_TRY(ky_crl_parse(&e->crls[e->n_crls], der));
    e->n_crls++;
    return KY_OK;
}

ky_rc ky_evidence_add_ocsp(struct ky_evidence *e, struct ky_bytes der)
{
    KY_TRY(room(e->n_ocsps, "OCSP answers"));
    if (der.n == 0 || der.n > KY_OCSP_RESP_MAX)
        return ky_fail(KY_ELIMIT, "OCSP answer: %zu bytes, at most %d", der.n, KY_OCSP_RESP_MAX);
    uint8_t *copy = malloc(der.n);
    if (copy == NULL)
        return ky_fail(KY_ENOMEM, "OCSP answer");
    memcpy(copy, der.p, der.n);
    e->ocsps[e->n_ocsps++] = KY_BYTES(copy, der.n);
    return KY_OK;
}

typedef ky_rc add_der(struct ky_evidence *e, struct ky_bytes der);

/* Hands the content of every block of that name to add; *found counts them. */
static ky_rc each_block(struct ky_evidence *e, size_t *found, BIO *in, const char *name, add_der *add)
{
    char *block = NULL, *header = NULL;
    unsigned char *data = NULL;
    long n = 0;
    ky_rc rc = KY_OK;
    while (rc == KY_OK && PEM_read_bio(in, &block, &header, &data, &n) == 1) {
        if (ky_str_eq(block, name)) {
            rc = add(e, KY_BYTES(data, n));
            (*found)++;
        }
        OPENSSL_free(block);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    ERR_clear_error();
    return rc;
}

static ky_rc add_der_or_pem(struct ky_evidence *e, struct ky_bytes in, const char *name, add_der *add)
{
    if (in.n > 0 && in.p[0] == 0x30)
        return add(e, in);
    BIO *bio = in.n <= INT_MAX ? BIO_new_mem_buf(in.p, (int)in.n) : NULL;
    if (bio == NULL)
        return ky_fail(KY_ENOMEM, "%s", name);
    size_t found = 0;
    const ky_rc rc = each_block(e, &found, bio, name, add);
    BIO_free(bio);
    KY_TRY(rc);
    return found > 0 ? KY_OK : ky_fail(KY_EFORMAT, "no %s inside, neither PEM nor DER", name);
}

ky_rc ky_evidence_add_certs(struct ky_evidence *e, struct ky_bytes der_or_pem)
{
    return add_der_or_pem(e, der_or_pem, "CERTIFICATE", ky_evidence_add_cert);
}

ky_rc ky_evidence_add_crl(struct ky_evidence *e, struct ky_bytes der_or_pem)
{
    return add_der_or_pem(e, der_or_pem, "X509 CRL", add_crl_der);
}
