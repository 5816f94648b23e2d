/* A mail that says that another came back: what is found lies within it. */
#include <stdlib.h>

#include "codec/dsn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_dsn dsn;
    if (ky_dsn_parse(&dsn, KY_BYTES(data, size)) != KY_OK)
        return 0;
    if (dsn.n_to > KY_DSN_TO_MAX || strlen(dsn.status) >= KY_DSN_STATUS_MAX)
        abort();
    for (size_t i = 0; i < dsn.n_to; i++)
        if (dsn.to[i].n == 0 || dsn.to[i].n > KY_DSN_ADDRESS_MAX || dsn.to[i].p < data ||
            dsn.to[i].p + dsn.to[i].n > data + size)
            abort();
    return 0;
}
