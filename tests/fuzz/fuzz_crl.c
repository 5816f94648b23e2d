/* Revocation lists: every entry that was read is found by its serial. */
#include <stdlib.h>

#include "codec/der.h"
#include "pki/crl.h"

static struct ky_bytes next_serial(struct ky_der *entries)
{
    struct ky_der entry;
    struct ky_der_tlv serial;
    if (ky_der_enter(&entry, entries, KY_DER_SEQUENCE, "entry") != KY_OK ||
        ky_der_expect(&serial, &entry, KY_DER_INTEGER, "serial") != KY_OK)
        abort();
    return serial.value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ky_auto_crl c = NULL;
    struct ky_crl_entry e;
    if (ky_crl_parse(&c, KY_BYTES(data, size)) != KY_OK)
        return 0;
    struct ky_der entries = KY_DER_READ(c->entries);
    for (size_t i = 0; i < c->n_entries; i++)
        if (ky_crl_find(&e, c, next_serial(&entries)) != KY_OK)
            abort();
    if (!ky_der_at_end(&entries))
        abort();
    return 0;
}
