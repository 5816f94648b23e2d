/* Shared by the domain tests; see fixture.h. */
#include "tests/unit/domain/fixture.h"

#include <stdio.h>

#include "base/base64.h"
#include "crypto/digest.h"

const uint8_t test_realm[32] = {0xab, 0xcd, 1, 2, 3};

static ky_rc soft_hmac(void *ctx, uint8_t out[KY_HMAC_SIZE], const struct ky_bytes *parts, size_t count)
{
    return ky_hmac_sha256(out, ky_bytes_str(ctx), parts, count);
}

const struct ky_mac soft_mac = {(void *)(uintptr_t) "a key for tests", soft_hmac};
const struct ky_mac other_soft_mac = {(void *)(uintptr_t) "another key", soft_hmac};

void make_canonical(struct ky_buf *out, const char *text)
{
    ky_auto_buf quoted = ky_buf_init(1 << 20);
    ky_auto_json json = NULL;
    for (; *text != 0; text++)
        ky_buf_add_u8(&quoted, (uint8_t)(*text == '\'' ? '"' : *text));
    assert_ok(ky_json_parse(&json, ky_buf_bytes(&quoted), 1 << 20));
    assert_ok(ky_jcs_encode(out, json, 8));
}

void make_nonce_text(char out[80], ky_nonce_kind kind, ky_process process, ky_time made)
{
    uint8_t bytes[KY_NONCE_SIZE];
    struct ky_nonce n = {.kind = kind, .node = 1, .made = made};
    assert_ok(ky_nonce_encode(bytes, &n, process, &soft_mac));
    ky_auto_buf text = ky_buf_init(79);
    ky_buf_add_base64url(&text, KY_BYTES_OF(bytes));
    snprintf(out, 80, "%s", ky_buf_str(&text));
}
