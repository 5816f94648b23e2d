/* What taken for a statement is its own canonical form, and parses again to the same name. */
#include <stdlib.h>

#include "domain/revoke.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t realm[KY_HASH_SIZE];
    struct ky_bytes text = KY_BYTES(data, size);
    ky_auto_statement st = {0};
    ky_auto_statement again = {0};
    if (ky_statement_parse(&st, text) != KY_OK)
        return 0;
    if (!ky_bytes_eq(ky_statement_text(&st), text) || ky_statement_parse(&again, text) != KY_OK ||
        memcmp(st.hash, again.hash, KY_HASH_SIZE) != 0)
        abort();
    struct ky_nonce nonce;
    for (ky_process p = KY_PROCESS_SAM; p <= KY_PROCESS_CA; p++)
        if (ky_statement_check(&nonce, &st, st.type, p, realm, st.iat) == KY_OK && !st.has_nonce[p])
            abort();
    struct ky_request_row row = {.number = 0};
    ky_auto_buf subject = ky_buf_init(65536);
    if (st.type == KY_ST_REQUEST && ky_request_find_row(&row, &st, 1) == KY_OK)
        (void)!ky_request_subject(&subject, &row);
    if (st.type == KY_ST_REQUEST && row.old.subject != NULL)
        (void)!ky_request_name(&subject, row.old.subject);
    struct ky_revoke_row end;
    if (st.type == KY_ST_REQUEST)
        (void)!ky_revoke_find_row(&end, &st, 1);
    return 0;
}
