/* A list that is taken is exactly what the builders make of its items. */
#include <stdlib.h>

#include "domain/authorisation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_authorisations list;
    struct ky_buf items[KY_AUTHORISATIONS_MAX] = {0};
    ky_auto_buf again = ky_buf_init(size + 64);
    if (ky_authorisations_parse(&list, KY_BYTES(data, size)) != KY_OK)
        return 0;
    for (size_t i = 0; i < list.count; i++) {
        items[i] = ky_buf_init(size + 64);
        if (list.item[i].kind == KY_AUTH_CMS)
            ky_authorisation_add_cms(&items[i], list.item[i].record, list.item[i].cms);
        else
            ky_authorisation_add_webauthn(&items[i], &list.item[i]);
    }
    ky_authorisations_encode(&again, items, list.count);
    if (!ky_bytes_eq(ky_buf_bytes(&again), KY_BYTES(data, size)))
        abort();
    for (size_t i = 0; i < list.count; i++)
        ky_buf_clear(&items[i]);
    return 0;
}
