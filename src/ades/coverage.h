/*
 * What the byte ranges of a PDF signature cover (EN 319 142-1 §5.5, ISO
 * 32000-2 §12.8.1), the bytes of its CMS, and its digest. Called by ades/validate.
 */
#ifndef KY_ADES_COVERAGE_H
#define KY_ADES_COVERAGE_H

#include "ades/validate.h"

struct ky_coverage_facts {
    ky_coverage coverage;
    uint64_t end;    /* of the signed revision */
    const char *why; /* KY_COVERS_UNCLEAR: the rule that is broken */
};

/*
 * Accepts only: two ranges, the first from 0, one gap that is exactly this dictionary's /Contents with its angle
 * brackets, the end at the end of the file or of one of its revisions.
 */
void ky_coverage_find(struct ky_coverage_facts *out, const struct ky_pdf_signature *s,
                      const struct ky_pdf *doc);

/* The DER at the start of /Contents. KY_EFORMAT when it is cut off, or followed by something else than zeros. */
ky_rc ky_coverage_cms(struct ky_bytes *out, const struct ky_pdf_signature *s);

/* Hash of the two ranges; only after ky_coverage_find has accepted them. */
ky_rc ky_coverage_digest(uint8_t out[KY_HASH_MAX], ky_hash hash, const struct ky_pdf_signature *s,
                         struct ky_bytes file);

/*
 * NULL, or why the states of the file at the signature and now can not be compared: what is damaged, some programs
 * mend in one way and some in another; what follows the last revision, some of them find. Ask after both were read.
 */
const char *ky_coverage_doubt(const struct ky_pdf *before, const struct ky_pdf *after);

#endif
