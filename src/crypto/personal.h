/*
 * A person's own token (officer's or organisation's hardware key): the key
 * was made by whoever issued the token, so its attributes are taken as they
 * are, and its certificate lies beside it. Keys of the service never come
 * through here: those are ky_keystore_find_key.
 */
#ifndef KY_CRYPTO_PERSONAL_H
#define KY_CRYPTO_PERSONAL_H

#include "crypto/keystore.h"

#define KY_PERSONAL_CERT_MAX 65536 /* bytes of a certificate in a token */
#define KY_PERSONAL_CERTS_MAX 64   /* certificates looked at in one token */

/* The one private key of that label. KY_ENOTFOUND, KY_EEXIST, KY_EFORMAT (not one of our key types). */
ky_rc ky_personal_find_key(struct ky_token_key **out, struct ky_keystore *ks, const char *label);

/*
 * Calls fn with the DER of every X.509 certificate in the token: first those with the key's CKA_ID, then the others.
 * Stops when fn fails and passes its result on.
 */
ky_rc ky_personal_each_cert(struct ky_token_key *key, ky_rc (*fn)(void *ctx, struct ky_bytes der), void *ctx);

/*
 * The certificates of a token that anyone may read: no log-in, no PIN. fn gets each with its CKA_LABEL ("" when it has none);
 * it stops as above. KY_ENOTFOUND no such module or token; KY_ETOKEN.
 */
typedef ky_rc ky_personal_cert_fn(void *ctx, const char *label, struct ky_bytes der);
ky_rc ky_personal_read_certs(const char *module, const char *token, ky_personal_cert_fn *fn, void *ctx);

/*
 * Puts a certificate into the token beside the key, under its label and CKA_ID. subject, issuer: Name DER; serial:
 * INTEGER contents. KY_EINVAL a store opened for reading; KY_ELIMIT token full.
 */
struct ky_personal_cert {
    struct ky_bytes der, subject, issuer, serial;
};
ky_rc ky_personal_put_cert(struct ky_token_key *key, const struct ky_personal_cert *cert);

#endif
