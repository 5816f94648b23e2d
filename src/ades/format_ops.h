/* What a signature format is made of: for ades/format.c and the formats, nobody else. */
#ifndef KY_ADES_FORMAT_OPS_H
#define KY_ADES_FORMAT_OPS_H

#include "ades/format.h"
#include "pki/cms.h"

/* The common part of every job; a format puts it first in its own struct. */
struct ky_ades_job {
    const struct ky_ades_format_ops *ops;
    struct ky_ades_request req;
    uint8_t document_digest[KY_HASH_MAX];
    uint8_t digest[KY_HASH_MAX]; /* of attrs */
    struct ky_buf attrs;         /* signed attributes as SET OF */
    bool finished;
};

struct ky_ades_format_ops {
    const char *name;
    /* A zeroed job of the format's size; ops and req are set by the front. */
    struct ky_ades_job *(*new_job)(void);
    /* Lays out the document and sets document_digest. */
    ky_rc (*prepare)(struct ky_ades_job *job);
    /* Embeds the finished CMS SignedData. */
    ky_rc (*embed)(struct ky_ades_job *job, struct ky_bytes cms);
    /* What is signed of what is added to the file. */
    size_t (*signed_tail)(const struct ky_ades_job *job, struct ky_bytes parts[KY_ADES_PARTS_MAX]);
    size_t (*parts)(const struct ky_ades_job *job, struct ky_bytes parts[KY_ADES_PARTS_MAX]);
    void (*clear)(struct ky_ades_job *job);
};

extern const struct ky_ades_format_ops ky_pades_ops; /* EN 319 142-1 */

#endif
