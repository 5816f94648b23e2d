/*
 * Key attestation: sam's word that this public key was made in its HSM for
 * this row of this request (docs/protocol/statements.md §7).
 */
#ifndef KY_DOMAIN_ATTESTATION_H
#define KY_DOMAIN_ATTESTATION_H

#include "codec/jcs.h"
#include "crypto/pubkey.h"
#include "crypto/signer.h"
#include "domain/process.h"

#define KY_ATTESTATION_MAX 4096

struct ky_attestation {
    uint8_t realm[KY_HASH_SIZE];
    uint8_t request[KY_HASH_SIZE];
    uint8_t statement[KY_HASH_SIZE]; /* of `issue` */
    uint8_t owner[KY_OWNER_SIZE];
    uint8_t key[KY_ID_SIZE]; /* id of the key record */
    uint32_t row;
    uint8_t spki[KY_SPKI_MAX];
    size_t spki_n;
    bool replaces;
    uint8_t old[KY_HASH_SIZE]; /* SHA-256 of the owner's certificate that is replaced */
};

/* Appends the canonical JSON to json and writes the raw signature; k_att signs with P-256. */
ky_rc ky_attestation_make(struct ky_buf *json, uint8_t signature[KY_P256_RAW], const struct ky_attestation *a,
                          const struct ky_signer *k_att);
/* KY_EAUTH when the signature is not by the key of that point; KY_EFORMAT. */
ky_rc ky_attestation_open(struct ky_attestation *out, struct ky_bytes json, struct ky_bytes signature,
                          const uint8_t k_att[KY_P256_POINT]);

/* Raw ECDSA by a P-256 signer over SHA-256(label ‖ text): how attestations and letters are signed. */
ky_rc ky_sign_labelled(uint8_t signature[KY_P256_RAW], const struct ky_signer *signer, struct ky_bytes label,
                       struct ky_bytes text);
ky_rc ky_verify_labelled(const uint8_t point[KY_P256_POINT], struct ky_bytes label, struct ky_bytes text,
                         struct ky_bytes signature);

#endif
