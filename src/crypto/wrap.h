/*
 * Subscribers' keys: made in the HSM, wrapped under a key-encryption key and
 * kept outside as blobs; unwrapped for one request, used, destroyed. Key wrap
 * binds no attributes and has no associated data, so the caller holds the
 * blob's hash and key type in an authenticated record and checks them first.
 */
#ifndef KY_CRYPTO_WRAP_H
#define KY_CRYPTO_WRAP_H

#include "crypto/keystore.h"

#define KY_WRAPPED_MAX 4096 /* bytes of a blob (RSA-3072: about 1,810) */

/*
 * ky_wrap_make — make a key pair in the token, wrap its private half, forget it.
 *
 * Shapes:  blob  appended: one byte naming the wrapping mechanism, then the token's octets; ≤ KY_WRAPPED_MAX
 *          spki  appended: DER SubjectPublicKeyInfo; ≤ KY_SPKI_MAX
 *          kek   KY_USE_WRAP
 *          type  not KY_KEY_RSA4096
 * The mechanism is the first of the token's that brings a key back (probed once for each login).
 * Errors:  KY_EINVAL type; KY_EDENIED no mechanism works; KY_ELIMIT token full; KY_ETOKEN
 */
ky_rc ky_wrap_make(struct ky_buf *blob, struct ky_buf *spki, struct ky_token_key *kek, ky_key_type type);

/*
 * ky_wrap_open — bring a wrapped key back as a session object: SIGN only, SENSITIVE, not EXTRACTABLE.
 *
 * out is used with ky_keystore_sign and ends with ky_token_key_close; it does not outlive a loss of the token.
 * Errors:  KY_EAUTH  blob changed, of another key-encryption key or another type;  KY_EFORMAT not a blob;  KY_ETOKEN
 */
ky_rc ky_wrap_open(struct ky_token_key **out, struct ky_token_key *kek, ky_key_type type,
                   struct ky_bytes blob);

#endif
