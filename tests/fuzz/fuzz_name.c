/* Distinguished names: text and attributes of whatever reads as a Name; a Name is the same as itself. */
#include <stdlib.h>

#include "pki/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes name = KY_BYTES(data, size);
    ky_auto_buf text = ky_buf_init(1 << 20), value = ky_buf_init(1 << 16);
    if (ky_name_text(&text, name) != KY_OK)
        return 0;
    if (ky_name_get(&value, name, "CN", 1) == KY_OK && value.n > size * 2)
        abort(); /* UTF-8 of a BMPString is at most half as long again */
    if (!ky_name_same(name, name))
        abort();
    return 0;
}
