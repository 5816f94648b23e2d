/* An upload: the header Content-Type, NUL, the body. What is found lies within the body. */
#include <stdlib.h>

#include "codec/multipart.h"

#define TYPE_MAX 128

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char type[TYPE_MAX + 1] = "";
    struct ky_bytes content;
    const uint8_t *end = size == 0 ? NULL : memchr(data, 0, size);
    if (end == NULL || end - data > TYPE_MAX)
        return 0;
    const size_t n = (size_t)(end - data);
    memcpy(type, data, n);
    const struct ky_bytes body = KY_BYTES(end + 1, size - n - 1);
    if (ky_multipart_find(&content, type, body, "uploadfile") != KY_OK)
        return 0;
    if (content.p < body.p || content.n > body.n || content.p + content.n > body.p + body.n)
        abort();
    return 0;
}
