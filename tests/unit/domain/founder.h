/*
 * A founding record in software: two officers (one with a token's certificate, one with a phone), the CA of their
 * tokens, and an authority whose one certificate stands for root, issuing, OCSP and TSA. A test spoils the JSON
 * before it is made canonical.
 */
#ifndef KY_TESTS_DOMAIN_FOUNDER_H
#define KY_TESTS_DOMAIN_FOUNDER_H

#include "domain/founding.h"
#include "tests/support/people.h"
#include "tests/support/phone.h"

#define FOUNDER_NODE 1
#define FOUNDER_ORIGIN "https://approve.example.vn"
#define FOUNDER_RP_ID "approve.example.vn"

struct founder {
    struct token_ca tokens, authority;
    struct person officer;
    struct phone phone;
    uint8_t phone_record[KY_ID_SIZE];
    uint8_t points[KY_P256_POINT]; /* every public key of the tokens but sam's K_audit */
    uint8_t sam_audit[KY_P256_POINT];
};

/* Certificates hold from the day before `now`. */
void founder_init(struct founder *f, ky_time now);
void founder_clear(struct founder *f);
void founder_json(json_t **out, const struct founder *f);
/* The canonical text of a JSON, and the record of it. */
void founder_text(struct ky_buf *out, const json_t *json);
void founder_record(struct ky_founding **out, const struct founder *f);

#endif
