/*
 * What a person's device signs: WebAuthn assertions and registrations (W3C WebAuthn Level 2 §7.1, §7.2,
 * narrowed to what the protocol allows) and the device key's own signature.
 */
#ifndef KY_CRYPTO_WEBAUTHN_H
#define KY_CRYPTO_WEBAUTHN_H

#include "base/buf.h"
#include "crypto/digest.h"
#include "crypto/pubkey.h"

#define KY_WEBAUTHN_CLIENT_DATA_MAX 4096  /* bytes of clientDataJSON */
#define KY_WEBAUTHN_ATTESTATION_MAX 16384 /* bytes of attestationObject */
#define KY_WEBAUTHN_ID_MAX 1023           /* bytes of a credential id (WebAuthn §7.1 step 25) */
#define KY_WEBAUTHN_AUTH_DATA 37          /* bytes of authenticatorData in an assertion */

/* Flags of authenticatorData (WebAuthn §6.1). */
#define KY_WEBAUTHN_UP 0x01
#define KY_WEBAUTHN_UV 0x04
#define KY_WEBAUTHN_BE 0x08
#define KY_WEBAUTHN_BS 0x10
#define KY_WEBAUTHN_AT 0x40
#define KY_WEBAUTHN_ED 0x80

/* From the founding record and the statement; borrowed. */
struct ky_webauthn_expected {
    const char *rp_id;         /* host of the approval app, in full */
    const char *origin;        /* "https://approve.example.vn", exact */
    struct ky_bytes challenge; /* ky_webauthn_challenge of the statement; for registration the nonce */
};

struct ky_webauthn_assertion {
    struct ky_bytes authenticator_data; /* exactly 37 bytes */
    struct ky_bytes client_data_json;
    struct ky_bytes signature; /* DER ECDSA-Sig-Value */
};

struct ky_webauthn_signed {
    uint32_t counter; /* a hint only */
    uint8_t flags;
};

struct ky_webauthn_credential {
    uint8_t aaguid[16];
    uint8_t id[KY_WEBAUTHN_ID_MAX];
    size_t id_n;
    uint8_t point[KY_P256_POINT]; /* on the curve */
    uint32_t counter;
    uint8_t flags; /* BE and BS among them: they decide the assurance class */
};

/* SHA-256("kyso statement v1\0" ‖ statement): what navigator.credentials.get() is given as challenge. */
ky_rc ky_webauthn_challenge(uint8_t out[KY_SHA256_SIZE], struct ky_bytes statement);

/*
 * point and backup_eligible are those of the device record. KY_EAUTH with the rule that failed ("webauthn: origin …");
 * KY_EFORMAT when clientDataJSON is not JSON, KY_ELIMIT when it is too long.
 */
ky_rc ky_webauthn_verify_assertion(struct ky_webauthn_signed *out, const struct ky_webauthn_expected *want,
                                   const uint8_t point[KY_P256_POINT], bool backup_eligible,
                                   const struct ky_webauthn_assertion *got);

/* Attestation format "none" with an ES256 key. Errors as above; KY_EDENIED for another format or algorithm. */
ky_rc ky_webauthn_verify_registration(struct ky_webauthn_credential *out,
                                      const struct ky_webauthn_expected *want,
                                      struct ky_bytes attestation_object, struct ky_bytes client_data_json);

/* COSE_Key EC2 / P-256 / ES256 (RFC 9052 §7, RFC 9053 §7.1), canonical, nothing after it. Point is on the curve. */
ky_rc ky_cose_parse_p256(uint8_t point[KY_P256_POINT], struct ky_bytes cose);
void ky_cose_add_p256(struct ky_buf *out, const uint8_t point[KY_P256_POINT]);

/* SHA-256("kyso device v1\0" ‖ statement), which the device's non-extractable key signs. */
ky_rc ky_device_digest(uint8_t out[KY_SHA256_SIZE], struct ky_bytes statement);
/* Raw r ‖ s of 64 bytes. KY_EAUTH when wrong or missing. */
ky_rc ky_device_signature_verify(const uint8_t point[KY_P256_POINT], struct ky_bytes statement,
                                 struct ky_bytes raw);
/* SHA-256("kyso device list v1\0" ‖ list of statements): one signature for all of them. */
ky_rc ky_device_list_digest(uint8_t out[KY_SHA256_SIZE], struct ky_bytes list);
/* As ky_device_signature_verify. */
ky_rc ky_device_list_signature_verify(const uint8_t point[KY_P256_POINT], struct ky_bytes list,
                                      struct ky_bytes raw);

#endif
