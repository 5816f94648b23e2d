/* A body taken for a message of any type is made of its fields and nothing else; lists likewise. */
#include <stdlib.h>

#include "domain/message.h"

#define TYPES_END 0x0500

static void try_type(uint16_t type, struct ky_bytes body)
{
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    ky_auto_buf again = ky_buf_init(KY_MESSAGE_BODY_MAX);
    if (ky_message_read(fields, type, body) != KY_OK)
        return;
    if (ky_message_write(&again, type, fields, ky_message_spec(type)->fields) != KY_OK ||
        !ky_bytes_eq(ky_buf_bytes(&again), body))
        abort();
}

static void try_list(struct ky_bytes list)
{
    static struct ky_bytes items[KY_LIST_ITEMS_MAX];
    size_t count;
    ky_auto_buf again = ky_buf_init(list.n + 2);
    if (ky_list_read(items, &count, KY_LIST_ITEMS_MAX, list, "list") != KY_OK)
        return;
    ky_list_begin(&again, count);
    for (size_t i = 0; i < count; i++)
        ky_buf_add_lv(&again, items[i]);
    if (!ky_bytes_eq(ky_buf_bytes(&again), list))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes body = KY_BYTES(data, size);
    for (uint16_t type = 0; type < TYPES_END; type++)
        if (ky_message_spec(type) != NULL)
            try_type(type, body);
    try_list(body);
    return 0;
}
