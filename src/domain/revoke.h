/*
 * Revocation at the request of an organisation: the rows it signs, the word of
 * ca about a revoked certificate, and what the log says of a request that
 * waits (docs/protocol/procedures.md §4, §5).
 */
#ifndef KY_DOMAIN_REVOKE_H
#define KY_DOMAIN_REVOKE_H

#include "crypto/pubkey.h"
#include "crypto/signer.h"
#include "domain/request.h"

#define KY_REVOCATION_MAX 512 /* bytes of the JSON of a revocation attestation */

/* One row of a request for revocation. */
struct ky_revoke_row {
    uint32_t number;
    uint8_t serial[KY_SERIAL_SIZE];
    uint32_t reason;  /* CRLReason */
    ky_time happened; /* when what it is asked for happened, as the organisation says */
};

/*
 * ky_revoke_find_row — row `number` of a request for revocation.
 *
 * Errors: KY_ENOTFOUND  no such row
 *         KY_EDENIED    the request is for another procedure, or the reason is not offered
 */
ky_rc ky_revoke_find_row(struct ky_revoke_row *out, const struct ky_statement *request, uint32_t number);

/*
 * KY_EDENIED for a CRLReason that people can not give: of an authority, on hold, or superseded, which only the issue of a
 * successor says.
 */
ky_rc ky_reason_check(int64_t reason);

/* Name in ca's log of a request for revocation that was received: SHA-256("kyso received v1\0" ‖ request). */
ky_rc ky_received_id(uint8_t out[KY_LOG_ID_SIZE], const uint8_t request[KY_HASH_SIZE]);

/* ca's word that a certificate of this realm is revoked. */
struct ky_revocation {
    uint8_t realm[KY_HASH_SIZE];
    uint8_t serial[KY_SERIAL_SIZE];
    uint32_t reason;
    ky_time time;
};
/* Appends the canonical JSON to json and writes the raw signature; k_att is that of ca. */
ky_rc ky_revocation_make(struct ky_buf *json, uint8_t signature[KY_P256_RAW], const struct ky_revocation *r,
                         const struct ky_signer *k_att);
/* KY_EAUTH when the signature is not by the key of that point; KY_EFORMAT. */
ky_rc ky_revocation_open(struct ky_revocation *out, struct ky_bytes json, struct ky_bytes signature,
                         const uint8_t k_att[KY_P256_POINT]);

#endif
