/* SignedData: what is hashed is a SET OF, and a signature verifies only with a signer. */
#include <stdlib.h>

#include "pki/cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t digest[KY_HASH_MAX];
    ky_auto_cms c = NULL;
    if (ky_cms_parse(&c, KY_BYTES(data, size)) != KY_OK)
        return 0;
    if (c->signed_attrs.n != 0 && c->signed_attrs.p[0] != 0x31)
        abort();
    struct ky_bytes detached = KY_BYTES(digest, c->detached ? ky_hash_info(c->hash)->size : 0);
    if (ky_cms_verify(c, detached, NULL) == KY_OK && c->signer == NULL)
        abort();
    return 0;
}
