/*
 * What is to be certified for one row of an approved request: decided from the
 * signed statements, sam's attestation and the founding record alone, always
 * to the same bytes. No token, no keeper: see certify.c for what is done with it.
 */
#ifndef KY_PROG_CA_TBS_H
#define KY_PROG_CA_TBS_H

#include "domain/attestation.h"
#include "domain/founding.h"
#include "domain/request.h"
#include "pki/cert.h"

#define KY_TBS_DER_MAX 8192

/* One row with everything its TBSCertificate points to. Clear with ky_row_tbs_clear. */
struct ky_row_tbs {
    struct ky_attestation attestation;
    struct ky_request_row row;
    struct ky_cert *old; /* owned; the certificate that is replaced, NULL: none */
    uint8_t serial[KY_SERIAL_SIZE];
    struct ky_buf subject;
    char email[256];
    struct ky_policy policy;
    struct ky_cert_tbs tbs;     /* views into the above, the founding record and the statements */
    struct ky_buf der;          /* TBSCertificate */
    uint8_t hash[KY_HASH_SIZE]; /* SHA-256 of der */
};
void ky_row_tbs_clear(struct ky_row_tbs *r);

/* What came with the message about one row: `u32 row ‖ lv(attestation json) ‖ signature 64 [‖ lv(old certificate)]`. */
struct ky_row_item {
    uint32_t row;
    struct ky_bytes attestation, signature;
    struct ky_bytes old; /* DER; empty: none is replaced */
};
ky_rc ky_row_item_read(struct ky_row_item *out, struct ky_bytes bytes);

/*
 * ky_row_tbs_make — judge one row and lay out its certificate.
 *
 * Shapes: r        zeroed; scheme, hash: of the issuing key
 *         request, issue   verified statements; they and f must outlive r
 * Errors: KY_EAUTH     the attestation is not by sam
 *         KY_EDENIED   it is for another realm, request, statement or row; the row was not approved; key type, profile or
 *                      validity not allowed; the person is not eligible
 *                      renewal or change: another certificate than was attested or the row says, or what it may not change
 *         KY_EFORMAT, KY_ENOTFOUND  row malformed or not in the request
 */
ky_rc ky_row_tbs_make(struct ky_row_tbs *r, const struct ky_row_item *item,
                      const struct ky_statement *request, const struct ky_statement *issue,
                      const struct ky_founding *f, const struct ky_mac *k_id, ky_scheme scheme, ky_hash hash);

/*
 * replace.c — the certificate that the row replaces, parsed into r->old; what a renewal keeps and what a change changes.
 * Whether it is as the log knows it, and unrevoked, is certify.c's. Errors as above.
 */
ky_rc ky_row_check_old(struct ky_row_tbs *r, struct ky_bytes old, const struct ky_cert *issuing);
/* A renewal has at most three years, a change ends when the old certificate would have. KY_EDENIED. */
ky_rc ky_row_check_end(const struct ky_row_tbs *r);

#endif
