/* SAM_SIGN in steps, so that a test can spoil what web assembles, what the phone signs, or what is passed on. */
#ifndef KY_TESTS_PROCESS_SIGNING_H
#define KY_TESTS_PROCESS_SIGNING_H

#include "tests/process/harness.h"

#define SIGNING_FIELDS 9
#define SIGNING_SHA256_OID "2.16.840.1.101.3.4.2.1"
#define SIGNING_ECDSA_SHA256_OID "1.2.840.10045.4.3.2"

enum signing_field {
    SIGNING_STATEMENT,
    SIGNING_AUTHS,
    SIGNING_DEVICE,
    SIGNING_KEY,
    SIGNING_CLIENT,
    SIGNING_CERT,
    SIGNING_OCSP,
    SIGNING_BLOB,
    SIGNING_POSITIONS
};

struct signing {
    struct harness *h;
    struct subscriber *who;
    struct phone phone;         /* a copy: its members may be changed; keys borrowed */
    uint8_t record[KY_ID_SIZE]; /* named in the authorisation */
    uint8_t nonce[KY_NONCE_SIZE];
    json_t *st;
    struct ky_buf text; /* of the statement */
    struct phone_assertion made;
    struct ky_buf field[SIGNING_FIELDS]; /* from SIGNING_AUTHS on; the first is text */
};

/* Fresh nonce, statement over `count` random hashes, records and OCSP answer as they should be. */
ky_rc signing_ask(struct signing *s, struct harness *h, struct subscriber *who, unsigned count);
/* Text of the statement as it is now. */
ky_rc signing_word(struct signing *s);
/* The phone signs the text. */
ky_rc signing_approve(struct signing *s);
/* The authorisation list from what was made. */
ky_rc signing_pack(struct signing *s);
ky_rc signing_send(const struct signing *s, const char *worker, struct ky_buf *answer);
void signing_clear(struct signing *s);

/* All of it, honestly; answer may be NULL. */
ky_rc signing_do(struct harness *h, struct subscriber *who, unsigned count, struct ky_buf *answer);

/* Replaces a field's content. */
ky_rc signing_set(struct signing *s, enum signing_field field, struct ky_bytes content);
/* Positions 0 … count - 1. */
ky_rc signing_positions(struct ky_buf *out, unsigned count);
void signing_random_hash(json_t *hashes);

#endif
