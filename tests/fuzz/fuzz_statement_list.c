/* A list that is taken is exactly what the encoder makes of its statements, within the limits, and has each of them. */
#include <stdlib.h>

#include "domain/statement_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes texts[KY_STATEMENT_LIST_MAX];
    ky_auto_statement_list list = {0};
    ky_auto_buf again = ky_buf_init(size + 64);
    if (ky_statement_list_parse(&list, KY_BYTES(data, size)) != KY_OK)
        return 0;
    if (list.count == 0 || list.rows == 0 || list.rows > KY_STATEMENT_LIST_ROWS_MAX)
        abort();
    for (size_t i = 0; i < list.count; i++) {
        texts[i] = ky_statement_text(&list.items[i]);
        if (!ky_statement_list_has(&list, &list.items[i]))
            abort();
    }
    if (ky_statement_list_encode(&again, texts, list.count) != KY_OK ||
        !ky_bytes_eq(ky_buf_bytes(&again), KY_BYTES(data, size)))
        abort();
    return 0;
}
