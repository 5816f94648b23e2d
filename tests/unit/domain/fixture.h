/* What the domain tests share: MACs by a software key, a realm, and statements made from short text. */
#ifndef KY_TESTS_DOMAIN_FIXTURE_H
#define KY_TESTS_DOMAIN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "codec/jcs.h"
#include "crypto/mac.h"
#include "domain/nonce.h"

#define NOW 1700000000

extern const struct ky_mac soft_mac;       /* HMAC under a fixed key */
extern const struct ky_mac other_soft_mac; /* under another */
extern const uint8_t test_realm[32];

/* Canonical JSON of text in which ' stands for "; the test fails when it is not JSON. */
void make_canonical(struct ky_buf *out, const char *text);
/* A nonce of that kind made by `process` at `made`, as base64url. */
void make_nonce_text(char out[80], ky_nonce_kind kind, ky_process process, ky_time made);

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)
#define assert_rc(expr, want) assert_int_equal((int)(expr), (int)(want))

#endif
