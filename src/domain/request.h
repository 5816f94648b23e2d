/*
 * The rows of a `request` statement: one person each, as the organisation
 * signed them. What is issued is built from here and from nowhere else.
 * Rows of a request for revocation: domain/revoke.h.
 */
#ifndef KY_DOMAIN_REQUEST_H
#define KY_DOMAIN_REQUEST_H

#include "domain/procedure.h"
#include "domain/statement.h"

#define KY_SERIAL_SIZE 16

struct ky_request_row {
    uint32_t number;
    struct ky_bytes identity, name, email, phone; /* borrowed from the statement */
    ky_key_type key_type;
    const json_t *subject; /* borrowed: C, L?, O, OU?, CN */
    ky_procedure procedure;
    bool same_key; /* renew, change: the key of the certificate that is replaced */
    struct ky_replaced {
        uint8_t serial[KY_SERIAL_SIZE];
        ky_time not_after;
        const json_t *subject; /* change: as it was; else NULL */
        struct ky_bytes email; /* change: as it was */
    } old;                     /* renew, change: the certificate that is replaced */
};

/* The row of that number as it stands in the request; NULL when there is none. */
const json_t *ky_request_row_json(const struct ky_statement *request, uint32_t number);

/*
 * ky_request_find_row — row `number` of a request statement, checked against the letter's rules.
 *
 * Errors: KY_ENOTFOUND  no such row
 *         KY_EDENIED    person with authority, finance transactions, or another sector than education and health; the
 *                       request is for revocation
 *         KY_EFORMAT    identity is not 12 digits, CN is not the name, unknown key type, phone or e-mail malformed
 */
ky_rc ky_request_find_row(struct ky_request_row *out, const struct ky_statement *request, uint32_t number);

/* True when a certificate is replaced: renewal and change. */
static inline bool ky_request_replaces(const struct ky_request_row *row)
{
    return row->procedure == KY_PROCEDURE_RENEW || row->procedure == KY_PROCEDURE_CHANGE;
}

/* Subject Name in DER: C, L, O, OU…, CN in this order (docs/design/010-certificates.md). subject: as in a row. */
ky_rc ky_request_name(struct ky_buf *out, const json_t *subject);
/* The same of the row's own subject. */
ky_rc ky_request_subject(struct ky_buf *out, const struct ky_request_row *row);

/* True when the issue (or refuse) statement names that row. */
bool ky_rows_contain(const struct ky_statement *st, uint32_t number);

/*
 * ky_issue_matches — does the issue (or refuse) statement speak of this request?
 *
 * Errors: KY_EDENIED when request hash, dossier or document differ.
 */
ky_rc ky_issue_matches(const struct ky_statement *issue, const struct ky_statement *request);

/* SHA-256("kyso row v1\0" ‖ request ‖ u32 row): what is spent when a row is decided. */
ky_rc ky_row_spend_id(uint8_t out[KY_LOG_ID_SIZE], const uint8_t request[KY_HASH_SIZE], uint32_t row);
/* HMAC(K_id, "kyso owner v1\0" ‖ lv(identity)). */
ky_rc ky_owner_of(uint8_t out[KY_OWNER_SIZE], const struct ky_mac *k_id, struct ky_bytes identity);
/* First 16 bytes of HMAC(K_id of ca, "kyso serial v1\0" ‖ request ‖ u32 row), positive and without a zero first byte. */
ky_rc ky_serial_of(uint8_t out[KY_SERIAL_SIZE], const struct ky_mac *k_id,
                   const uint8_t request[KY_HASH_SIZE], uint32_t row);

#endif
