/* Opening a letter as the courier does, asking for a code, enrolling a phone: in steps that a test can spoil. */
#ifndef KY_TESTS_PROCESS_ACTIVATING_H
#define KY_TESTS_PROCESS_ACTIVATING_H

#include "domain/activation.h"
#include "tests/process/harness.h"

/* The letter of an account, opened with the courier's key. */
ky_rc activating_open_letter(struct ky_letter *out, const struct harness *h, const struct subscriber *who);
ky_rc activating_mail_secret(uint8_t secret[KY_MAIL_SECRET_SIZE], const struct harness *h,
                             const struct subscriber *who);
/* SAM_CODE with that mail secret; the letter by SMS, opened. */
ky_rc activating_ask_code(struct ky_letter *out, const struct harness *h, const struct subscriber *who,
                          const uint8_t secret[KY_MAIL_SECRET_SIZE]);
/* The message itself, nonce and proof as they are. */
ky_rc activating_send_code(struct ky_buf *answer, const struct harness *h, struct ky_bytes activation,
                           struct ky_bytes nonce, struct ky_bytes proof);

enum enrolling_field {
    ENROLLING_ACTIVATION,
    ENROLLING_STATEMENT,
    ENROLLING_AUTHS,
    ENROLLING_CREATION,
    ENROLLING_CLIENT_DATA,
    ENROLLING_PROOF,
    ENROLLING_FIELDS
};

struct enrolling {
    struct harness *h;
    struct subscriber *who;
    struct phone *phone; /* borrowed */
    uint8_t nonce[KY_NONCE_SIZE];
    uint8_t secret[KY_MAIL_SECRET_SIZE];
    char code[KY_CODE_DIGITS + 1];
    json_t *st;
    struct ky_buf field[ENROLLING_FIELDS];
};

/* Nonce, creation on the phone, statement. */
ky_rc enrolling_begin(struct enrolling *e, struct harness *h, struct subscriber *who, struct phone *phone,
                      const uint8_t secret[KY_MAIL_SECRET_SIZE], const char *code);
/* Both new keys sign the statement as it is now; the proof is sealed. */
ky_rc enrolling_finish(struct enrolling *e);
/* device record and notices */
ky_rc enrolling_send(const struct enrolling *e, const char *worker, struct ky_buf *answer);
void enrolling_clear(struct enrolling *e);
/* The device record out of the answer. */
ky_rc enrolling_device(struct ky_buf *record, struct ky_bytes answer);

#endif
