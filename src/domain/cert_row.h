/*
 * Rows about a certificate that exists: renewal, change, revocation. The
 * organisation names the certificate and what it may choose; person, names and
 * ends come from the service's own record, so that nobody types what is known.
 */
#ifndef KY_DOMAIN_CERT_ROW_H
#define KY_DOMAIN_CERT_ROW_H

#include "domain/dossier.h"
#include "domain/procedure.h"

#define KY_RENEWALS_MAX 16 /* certificates before one that are looked at */

/* What a row is judged by; all borrowed. */
struct ky_cert_check {
    struct ky_store *s;
    const struct ky_registration *reg;
    const struct ky_dossier *d;
    const struct ky_legal_procedure *procedure;
    ky_time now;
};

/*
 * ky_cert_row_make — an item as it is sent (docs/protocol/http.md §2) put together with the record of its certificate.
 *
 * Shapes:  out   the row as it is kept (ky_person_read_kept), the caller's (json_decref); NULL when it is refused
 * Errors:  KY_EFORMAT, KY_ELIMIT  the item is none of this procedure;  of the store
 */
ky_rc ky_cert_row_make(json_t **out, struct ky_refusals *refusals, const struct ky_cert_check *c,
                       const json_t *item);

/* Before it is sent: every certificate is still good. KY_EDENIED naming the row. */
ky_rc ky_cert_rows_check(struct ky_store *s, const struct ky_dossier *d);

#endif
