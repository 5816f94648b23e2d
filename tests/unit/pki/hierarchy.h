/*
 * A small hierarchy made anew for each test program: root, issuing CA, OCSP
 * responder, TSA and one subscriber, all by the product's own profiles and
 * with throw-away keys. Also a way to ask the openssl command line.
 */
#ifndef KY_TESTS_PKI_HIERARCHY_H
#define KY_TESTS_PKI_HIERARCHY_H

#include "crypto/softkey.h"
#include "pki/chain.h"
#include "pki/name.h"
#include "pki/profile.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define T0 ((ky_time)1790000000) /* 2026-09-21: when the hierarchy is made */
#define SERIAL_SIZE 16
#define NOW (T0 + 30 * KY_DAY) /* when tests look at it */
#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ = (expr);                                                                                  \
        if (rc_ != KY_OK)                                                                                    \
            fail_msg("%s: %s (%s)", #expr, ky_rc_name(rc_), ky_error());                                     \
    } while (0)
#define assert_rc(expr, want)                                                                                \
    do {                                                                                                     \
        ky_rc rc_ = (expr);                                                                                  \
        if (rc_ != (want))                                                                                   \
            fail_msg("%s: %s (%s), not %s", #expr, ky_rc_name(rc_), ky_error(), ky_rc_name(want));           \
    } while (0)

struct party {
    struct ky_softkey *key;
    struct ky_signer signer;
    struct ky_sigkey sigkey;
    struct ky_cert *cert;
};

struct hierarchy {
    struct party root, ca, ocsp, tsa, user;
};

extern const struct ky_profile_conf demo_conf;

void party_init(struct party *p, ky_key_type type);
void party_clear(struct party *p);
/* Certifies p by issuer (itself for a root); serial is one octet. */
void party_certify(struct party *p, const struct party *issuer, ky_profile_kind kind, const char *cn,
                   uint8_t serial, ky_time not_before, ky_time not_after);
/* The TBS that party_certify would use, to be spoilt by a test; policy_slot and name outlive it. */
void party_tbs(struct ky_cert_tbs *t, struct ky_policy *policy_slot, struct ky_buf *name,
               const uint8_t *serial, const struct party *p, const struct party *issuer, ky_profile_kind kind,
               const char *cn, ky_time not_before, ky_time not_after);
void hierarchy_init(struct hierarchy *h, ky_key_type type);
void hierarchy_clear(struct hierarchy *h);

/* A directory for this test program's files, removed at exit. */
const char *work_dir(void);
void write_file(const char *name, struct ky_bytes content);
void write_cert(const char *name, const struct ky_cert *cert); /* PEM */
void read_file(struct ky_buf *out, const char *name);
/* Runs a shell command in work_dir; its output (both streams) in out, its exit status returned. */
int run(char *out, size_t room, const char *fmt, ...) KY_PRINTF(3, 4);

#endif
