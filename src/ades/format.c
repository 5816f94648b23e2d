/* The thin front of the formats: algorithm checks, signed attributes, CMS. */
#include "ades/format_ops.h"

#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/pubkey.h"

#include <stdlib.h>

static const struct ky_ades_format_ops *const formats[] = {&ky_pades_ops};

ky_rc ky_ades_format_by_name(const struct ky_ades_format_ops **out, const char *name)
{
    for (size_t i = 0; i < KY_COUNT(formats); i++) {
        if (ky_str_eq(formats[i]->name, name)) {
            *out = formats[i];
            return KY_OK;
        }
    }
    return ky_fail(KY_ENOTFOUND, "signature format %s is not supported; there is %s", name, formats[0]->name);
}

void ky_ades_default_algorithm(ky_scheme *scheme, ky_hash *hash, ky_key_type type)
{
    *scheme = ky_key_info(type)->rsa ? KY_RSA_PKCS1V15 : KY_ECDSA;
    *hash = type == KY_KEY_P384 ? KY_SHA384 : KY_SHA256;
}

void ky_ades_job_free(struct ky_ades_job *job)
{
    if (job == NULL)
        return;
    job->ops->clear(job);
    ky_buf_clear(&job->attrs);
    free(job);
}

static ky_rc check_algorithm(const struct ky_ades_request *req)
{
    ky_auto_pubkey key = NULL;
    KY_TRY(ky_context(ky_pubkey_parse(&key, req->signer->spki), "signer's certificate"));
    if (!ky_scheme_fits(req->scheme, ky_pubkey_type(key)))
        return ky_fail(KY_EINVAL, "a key of type %s cannot sign so", ky_key_info(ky_pubkey_type(key))->name);
    return KY_OK;
}

ky_rc ky_ades_freeze(struct ky_buf *attrs, uint8_t *digest, const struct ky_cert *signer, ky_hash hash,
                     const uint8_t *document_digest)
{
    const struct ky_cms_attrs in = {
        .content_type = KY_OID_DATA,
        .hash = hash,
        .digest = KY_BYTES(document_digest, ky_hash_info(hash)->size),
        .signer_der = signer->der,
        .signing_time = 0, /* EN 319 142-1 §6.3: /M says it */
    };
    KY_TRY(ky_cms_attrs_build(attrs, &in));
    KY_TRY(ky_buf_finish(attrs));
    return ky_digest(digest, hash, ky_buf_bytes(attrs));
}

ky_rc ky_ades_prepare(struct ky_ades_job **out, const struct ky_ades_format_ops *format,
                      const struct ky_ades_request *req)
{
    KY_TRY(check_algorithm(req));
    ky_auto_ades_job job = format->new_job();
    if (job == NULL)
        return ky_fail(KY_ENOMEM, "signature");
    job->ops = format;
    job->req = *req;
    job->attrs = ky_buf_init(KY_ADES_ATTRS_MAX);
    KY_TRY(format->prepare(job));
    KY_TRY(ky_ades_freeze(&job->attrs, job->digest, req->signer, req->hash, job->document_digest));
    *out = KY_STEAL(job);
    return KY_OK;
}

struct ky_bytes ky_ades_digest(const struct ky_ades_job *job)
{
    return KY_BYTES(job->digest, ky_hash_info(job->req.hash)->size);
}

size_t ky_ades_signed_tail(const struct ky_ades_job *job, struct ky_bytes parts[KY_ADES_PARTS_MAX])
{
    return job->ops->signed_tail(job, parts);
}

ky_rc ky_ades_finish(struct ky_ades_job *job, struct ky_bytes signature)
{
    const struct ky_ades_request *req = &job->req;
    if (job->finished)
        return ky_fail(KY_EINVAL, "this document has its signature already");
    KY_TRY(ky_context(
        ky_sigalg_verify_digest(req->signer->spki, req->scheme, req->hash, ky_ades_digest(job), signature),
        "the signature made is not by the key of the certificate"));
    const struct ky_cms_parts parts = {
        .content_type = KY_OID_DATA,
        .detached = true,
        .attrs = ky_buf_bytes(&job->attrs),
        .scheme = req->scheme,
        .hash = req->hash,
        .signature = signature,
        .signer = req->signer,
        .others = req->others,
    };
    ky_auto_buf cms = ky_buf_init(KY_CMS_DER_MAX);
    KY_TRY(ky_cms_assemble(&cms, &parts));
    KY_TRY(ky_buf_finish(&cms));
    KY_TRY(job->ops->embed(job, ky_buf_bytes(&cms)));
    job->finished = true;
    return KY_OK;
}

size_t ky_ades_parts(const struct ky_ades_job *job, struct ky_bytes parts[KY_ADES_PARTS_MAX])
{
    return job->finished ? job->ops->parts(job, parts) : 0;
}
