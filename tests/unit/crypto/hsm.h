/* What the tests of the key store share: a token with a login, and OpenSSL's judgement of a signature. */
#ifndef KY_TESTS_UNIT_CRYPTO_HSM_H
#define KY_TESTS_UNIT_CRYPTO_HSM_H

#include "crypto/keystore.h"
#include "tests/support/softhsm.h"

#define PIN "123456"
#define SO_PIN "87654321"

struct ky_secret secret_of(const char *text);
/* ky_keystore_init_token with the PINs above. */
ky_rc make_token(const char *module, const char *label);
ky_rc open_token(struct ky_keystore **out, const char *module, const char *label, const char *pin);

/* Does OpenSSL take sig for a signature over digest by that key? */
bool ossl_verifies(struct ky_bytes spki, ky_scheme scheme, ky_hash hash, struct ky_bytes digest,
                   struct ky_bytes sig);
/* Signs with every hash and every scheme that fits; each must verify, and none for another digest. */
void assert_signs(struct ky_token_key *key, struct ky_bytes spki);

#endif
