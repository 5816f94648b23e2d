/* The CBOR reader: what it accepts is written back byte for byte; a COSE key likewise. */
#include <stdlib.h>

#include "codec/cbor.h"
#include "crypto/webauthn.h"

static bool copy(struct ky_buf *out, struct ky_cbor *c, unsigned depth)
{
    struct ky_cbor_item item;
    struct ky_cbor ahead = *c;
    int64_t n;
    if (depth > KY_CBOR_DEPTH_MAX || ky_cbor_next(&item, c, "item") != KY_OK)
        return false;
    if (item.type == KY_CBOR_BYTES) {
        ky_cbor_add_bytes(out, item.bytes);
    } else if (item.type == KY_CBOR_BOOL) {
        ky_cbor_add_bool(out, item.n == 1);
    } else if (item.type == KY_CBOR_UINT || item.type == KY_CBOR_NINT) {
        if (ky_cbor_get_int(&n, &ahead, "int") != KY_OK)
            return false;
        ky_cbor_add_int(out, n);
    } else if (item.type == KY_CBOR_ARRAY) {
        ky_cbor_add_array(out, (size_t)item.n);
        for (uint64_t i = 0; i < item.n; i++)
            if (!copy(out, c, depth + 1))
                return false;
    } else {
        return false; /* text may hold NUL; maps have their own check */
    }
    return true;
}

static void check_map(struct ky_bytes bytes)
{
    struct ky_cbor c = KY_CBOR_READ(bytes);
    struct ky_cbor_map m;
    struct ky_cbor_item key;
    if (ky_cbor_get_map(&m, &c, 100, "map") != KY_OK)
        return;
    while (m.left > 0)
        if (ky_cbor_map_key(&key, &m, &c, "key") != KY_OK || ky_cbor_skip(&c, "value") != KY_OK)
            return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes bytes = KY_BYTES(data, size);
    ky_auto_buf again = ky_buf_init(size + 16);
    struct ky_cbor c = KY_CBOR_READ(bytes);
    if (copy(&again, &c, 0) && !ky_bytes_eq(ky_buf_bytes(&again), KY_BYTES(bytes.p, bytes.n - c.left.n)))
        abort();
    check_map(bytes);
    uint8_t point[KY_P256_POINT];
    if (ky_cose_parse_p256(point, bytes) == KY_OK) {
        ky_auto_buf cose = ky_buf_init(256);
        ky_cose_add_p256(&cose, point);
        if (!ky_bytes_eq(ky_buf_bytes(&cose), bytes))
            abort();
    }
    return 0;
}
