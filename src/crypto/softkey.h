/*
 * A private key in our own memory: PKCS#12 files of people (`kyso sign --p12`), throw-away keys for linting,
 * client keys. Keys of subscribers and of the authority never are.
 */
#ifndef KY_CRYPTO_SOFTKEY_H
#define KY_CRYPTO_SOFTKEY_H

#include "crypto/pubkey.h"
#include "crypto/signer.h"

#define KY_SOFTKEY_FILE_MAX (1024 * 1024) /* bytes of a PEM or PKCS#12 file */

struct ky_softkey;
void ky_softkey_free(struct ky_softkey *k);
KY_DEFINE_CLEANUP(struct ky_softkey, ky_softkey_free)
#define ky_auto_softkey KY_CLEANUP(ky_softkey_freep) struct ky_softkey *

ky_rc ky_softkey_generate(struct ky_softkey **out, ky_key_type type);
/* PEM private key (PKCS#8, SEC 1, PKCS#1); password may be NULL. KY_EAUTH wrong password; KY_EFORMAT; KY_ENOTFOUND type. */
ky_rc ky_softkey_load_pem(struct ky_softkey **out, struct ky_bytes pem, const char *password);
/* DER PKCS#12, old RC2 and 3DES ones included where the legacy provider is installed. Errors as above. */
ky_rc ky_softkey_load_p12(struct ky_softkey **out, struct ky_bytes p12, const char *password);
/* Unencrypted PKCS#8 PEM; out should be a secret buffer. */
ky_rc ky_softkey_store_pem(struct ky_buf *out, const struct ky_softkey *k);

const struct ky_pubkey *ky_softkey_public(const struct ky_softkey *k); /* borrowed */
/* Certificates of the PKCS#12 file, DER, borrowed: 0 is the key's own, then the others; {NULL, 0} beyond the last. */
struct ky_bytes ky_softkey_cert(const struct ky_softkey *k, size_t i);

/* Signs through the key, which must outlive the signer. */
struct ky_signer ky_softkey_signer(struct ky_softkey *k);
/* P-256 only: r ‖ s over a SHA-256 digest, as devices sign. */
ky_rc ky_softkey_sign_raw(uint8_t raw[KY_P256_RAW], struct ky_softkey *k, const uint8_t digest[32]);
/* P-256 only: x coordinate of the shared point (a ky_ecdh_fn for crypto/seal, ctx is the key). */
ky_rc ky_softkey_ecdh(void *key, uint8_t out[32], const uint8_t peer_point[KY_P256_POINT]);

#endif
