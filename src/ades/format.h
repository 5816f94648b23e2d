/*
 * Signing a document in two steps, whoever holds the key: prepare freezes the
 * bytes to be signed (the CMS signed attributes, EN 319 122-1 §4.3), finish
 * takes the signature value. Formats are tables of operations
 * (ades/format_ops.h). Called by `kyso sign` and by the portal.
 */
#ifndef KY_ADES_FORMAT_H
#define KY_ADES_FORMAT_H

#include "ades/appearance.h"
#include "codec/pdf/signable.h"
#include "pki/cert.h"

#define KY_ADES_PARTS_MAX 2
#define KY_ADES_ATTRS_MAX 65536 /* bytes of signed attributes */

struct ky_ades_format_ops;

/* What is to be signed, and how. All borrowed; file, signer and others must outlive the job. */
struct ky_ades_request {
    struct ky_bytes file;         /* the document; may be a mapping of gigabytes */
    const char *password;         /* of an encrypted document; NULL: none */
    const struct ky_cert *signer; /* of the key that will sign */
    struct ky_certs others;       /* the rest of its chain, in any order */
    ky_scheme scheme;
    ky_hash hash;
    ky_time signing_time; /* a claim: /M of a PDF */
    /* The following are for PDF. UTF-8, NULL where there is none. */
    const char *reason, *location, *contact;
    const char *field;                   /* name of the signature field; NULL: a new one */
    int certify;                         /* DocMDP level 1 to 3 of a certifying signature; 0: approval */
    const struct ky_appearance_box *box; /* NULL: invisible, unless the field has a place already */
    struct ky_appearance_wish wish;      /* .fields are filled from signer, signing_time and reason */
    ky_pdf_obstacle *obstacle;           /* NULL, or receives why the document may not be signed */
};

struct ky_ades_job;

/* "pades". KY_ENOTFOUND, naming what there is. */
ky_rc ky_ades_format_by_name(const struct ky_ades_format_ops **out, const char *name);

/*
 * ky_ades_prepare — read the document, lay out what is added to it, hash it, freeze the signed attributes.
 *
 * Errors:  KY_EINVAL   scheme does not fit the signer's key; place or field that cannot be
 *          KY_EDENIED  the document may not be signed, with the reason
 *          KY_EFORMAT, KY_EAUTH (password), KY_ELIMIT  of the reader
 */
ky_rc ky_ades_prepare(struct ky_ades_job **out, const struct ky_ades_format_ops *format,
                      const struct ky_ades_request *req);
void ky_ades_job_free(struct ky_ades_job *job);
KY_DEFINE_CLEANUP(struct ky_ades_job, ky_ades_job_free)
#define ky_auto_ades_job KY_CLEANUP(ky_ades_job_freep) struct ky_ades_job *

/* Borrowed from the job: hash of the signed attributes, which is what is signed. */
struct ky_bytes ky_ades_digest(const struct ky_ades_job *job);

/*
 * What the digest stands for, for whoever holds the key and does not believe the one who laid the document out: the
 * document's bytes that are signed are the file and then these parts; borrowed from the job. Their number.
 */
size_t ky_ades_signed_tail(const struct ky_ades_job *job, struct ky_bytes parts[KY_ADES_PARTS_MAX]);
/*
 * The signed attributes over a document's digest, and their hash, which is what is signed. *attrs holds at most
 * KY_ADES_ATTRS_MAX bytes; digest: ky_hash_info(hash)->size bytes.
 */
ky_rc ky_ades_freeze(struct ky_buf *attrs, uint8_t *digest, const struct ky_cert *signer, ky_hash hash,
                     const uint8_t *document_digest);

/* Verifies the value with the signer's certificate, then embeds it. KY_EAUTH: not a signature of that key. Once only. */
ky_rc ky_ades_finish(struct ky_ades_job *job, struct ky_bytes signature);

/* After finish: the signed document is the concatenation of these parts; borrowed from request and job. Their number. */
size_t ky_ades_parts(const struct ky_ades_job *job, struct ky_bytes parts[KY_ADES_PARTS_MAX]);

/* The scheme and hash a key of that type signs documents with unless told otherwise. */
void ky_ades_default_algorithm(ky_scheme *scheme, ky_hash *hash, ky_key_type type);

#endif
