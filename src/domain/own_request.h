/*
 * Văn bản đề nghị của thuê bao: the subscriber's own request, kept with the
 * dossier for each row whose procedure wants one. It belongs to the row as it was
 * when the request came: who is changed afterwards needs another.
 */
#ifndef KY_DOMAIN_OWN_REQUEST_H
#define KY_DOMAIN_OWN_REQUEST_H

#include "domain/dossier_paper.h"

/*
 * Does the row need one? Where the procedure has the condition "own_request"; of a revocation only when the subscriber
 * may ask on that ground: who has died or left writes none.
 */
bool ky_own_request_is_needed(const struct ky_dossier *d, const struct ky_person *p);
/* SHA-256 of the row's canonical JSON. */
ky_rc ky_own_request_row_hash(uint8_t out[KY_SHA256_SIZE], const struct ky_person *p);

/* How it stands with one row. Pointers are NULL where there is none. */
struct ky_own_state {
    bool needed, there;                   /* there: it is, and of the row as it is now */
    const struct ky_db_own_request *kept; /* also one that is not of the row as it is now */
    const struct ky_db_own_link *link;    /* that may still be answered */
};
/* One for each row of d, in its order. */
ky_rc ky_own_requests_list(struct ky_own_state **out, struct ky_arena *a, struct ky_store *s,
                           const struct ky_registration *reg, const struct ky_dossier *d, ky_time now);
/* KY_EDENIED: rows lack it; reg->why names them. */
ky_rc ky_own_requests_check(struct ky_store *s, const struct ky_registration *reg, const struct ky_dossier *d,
                            ky_time now);

/*
 * ky_own_requests_upload — one PDF, as recognised by a parse process, for several rows: a scan that all of them signed.
 *
 * Shapes:  rows  numbers; n 0: every row that lacks one; *rows_out (in the arena) and *n_out are those that got it
 * Errors:  KY_EDENIED  not a draft of the actor's organisation; KY_ENOTFOUND  no such row; KY_EINVAL  none lacks one
 */
ky_rc ky_own_requests_upload(uint8_t hash[KY_SHA256_SIZE], int64_t **rows_out, size_t *n_out,
                             struct ky_arena *a, struct ky_store *s, const struct ky_registration *reg,
                             const struct ky_actor *actor, const char *id, const int64_t *rows, size_t n,
                             struct ky_bytes pdf, ky_time now);
/* Appends the PDF. KY_ENOTFOUND. */
ky_rc ky_own_request_open(struct ky_buf *pdf, struct ky_arena *a, struct ky_store *s,
                          const struct ky_registration *reg, const char *id, int64_t number);

/*
 * How many there are, and the SHA-256 over them, in hex: of the lines "ROW HASH\n", by row, HASH in hex. What the request
 * document names.
 */
ky_rc ky_own_requests_sum(size_t *n, char hash[2 * KY_SHA256_SIZE + 1], struct ky_store *s,
                          const struct ky_scope *scope, const char *id);

#endif
