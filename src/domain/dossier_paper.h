/*
 * Files that a dossier keeps: sealed under the data key, named by their
 * SHA-256, each once. What they stand for say attachment.h and own_request.h.
 */
#ifndef KY_DOMAIN_DOSSIER_PAPER_H
#define KY_DOMAIN_DOSSIER_PAPER_H

#include "crypto/digest.h"
#include "domain/dossier.h"
#include "store/paper.h"

#define KY_DOSSIER_PAPER_MAX (20u << 20) /* bytes of one */

/* Keeps content, unless it is there already; *hash names it. */
ky_rc ky_dossier_paper_keep(uint8_t hash[KY_SHA256_SIZE], struct ky_store *s,
                            const struct ky_registration *reg, const char *id, struct ky_bytes content,
                            ky_time now);
/* Appends the content. KY_ENOTFOUND: not in the scope. */
ky_rc ky_dossier_paper_open(struct ky_buf *content, struct ky_store *s, const struct ky_registration *reg,
                            const char *id, struct ky_bytes hash);
/* Drops files that nothing refers to any more; what was submitted once stays. */
ky_rc ky_dossier_paper_sweep(struct ky_store *s, const char *id);

/* What the request document names: d->files, d->own_requests. In d's arena. */
ky_rc ky_dossier_load_papers(struct ky_dossier *d, struct ky_store *s, const struct ky_registration *reg);

/*
 * The report on the validation of a signed document (ades/report, JSON), kept for ever. open gives all of the dossier,
 * the latest first, and appends the one on that document (none: the latest). KY_ENOTFOUND: there is none.
 */
ky_rc ky_dossier_report_keep(struct ky_store *s, const struct ky_registration *reg, const char *id,
                             struct ky_bytes document_hash, struct ky_bytes report, ky_time now);
ky_rc ky_dossier_report_open(struct ky_db_report **rows, size_t *n, const struct ky_db_report **opened,
                             struct ky_buf *report, struct ky_arena *a, struct ky_store *s,
                             const struct ky_registration *reg, const char *id,
                             struct ky_bytes document_hash);

#endif
