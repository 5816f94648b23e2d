/*
 * The DER reader: whatever it accepts is written back byte for byte, and keys
 * and signatures that parse are made again the same.
 */
#include <stdlib.h>

#include "codec/der.h"
#include "crypto/pubkey.h"

#define DEPTH_MAX 16

/* Reads all elements and writes them again. */
static bool copy(struct ky_buf *out, struct ky_der d, unsigned depth)
{
    while (!ky_der_at_end(&d)) {
        struct ky_der_tlv tlv;
        if (depth == DEPTH_MAX || ky_der_next(&tlv, &d, "element") != KY_OK)
            return false;
        if ((tlv.tag & 0x20) == 0) {
            ky_der_add(out, tlv.tag, tlv.value);
            continue;
        }
        size_t at = ky_der_begin(out, tlv.tag);
        if (!copy(out, KY_DER_READ(tlv.value), depth + 1))
            return false;
        ky_der_end(out, at);
    }
    return true;
}

static void check_scalars(struct ky_bytes der)
{
    ky_auto_buf again = ky_buf_init(2 * der.n + 64);
    struct ky_der d = KY_DER_READ(der);
    char oid[KY_DER_OID_TEXT_MAX];
    int64_t n;
    ky_time t;
    if (ky_der_get_int(&n, &d, "int") == KY_OK)
        ky_der_add_int(&again, n);
    else if (ky_der_get_oid(oid, &d, "oid") == KY_OK && ky_der_add_oid(&again, oid) != KY_OK)
        abort();
    else if (ky_der_get_time(&t, &d, "time") == KY_OK)
        return; /* two forms for one time are possible */
    if (again.n > 0 && !ky_bytes_eq(ky_buf_bytes(&again), KY_BYTES(der.p, der.n - d.left.n)))
        abort();
}

static void check_signature(struct ky_bytes der)
{
    uint8_t raw[KY_P256_RAW];
    ky_auto_buf again = ky_buf_init(256);
    if (ky_ecdsa_to_raw(raw, sizeof raw, der) != KY_OK)
        return;
    if (ky_ecdsa_to_der(&again, KY_BYTES_OF(raw)) != KY_OK || !ky_bytes_eq(ky_buf_bytes(&again), der))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes der = KY_BYTES(data, size);
    ky_auto_buf again = ky_buf_init(size + 64);
    if (copy(&again, KY_DER_READ(der), 0) && !ky_bytes_eq(ky_buf_bytes(&again), der))
        abort();
    check_scalars(der);
    check_signature(der);
    ky_auto_pubkey key = NULL;
    if (ky_pubkey_parse(&key, der) == KY_OK && !ky_bytes_eq(ky_pubkey_spki(key), der))
        abort();
    return 0;
}
