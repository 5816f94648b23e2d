/*
 * Attacks on SAM_SIGN as tables: each spoils one thing of a message that would otherwise be signed, and says
 * with which code and for which reason it must be refused.
 */
#ifndef KY_TESTS_PROCESS_ATTACK_SIGN_H
#define KY_TESTS_PROCESS_ATTACK_SIGN_H

#include "tests/process/signing.h"

/* People of the harness: Hoa, a colleague, and Hoa again: another key and another phone of the same person. */
enum { HOA, COLLEAGUE, HOA_AGAIN, SIGN_PEOPLE };

#define SIGN_HASHES 3
#define SIGN_NOT_APPROVED KY_EAUTH, "challenge is not that of this statement"

/* When the attack is made. */
enum sign_stage {
    ASK,  /* web assembles something else; the phone approves it */
    WORD, /* the text is another form of the statement; the phone approves it */
    PASS, /* web changes what it passes on */
};

struct sign_attack {
    const char *name;
    enum sign_stage stage;
    void (*spoil)(struct signing *s);
    ky_rc rc;
    const char *why;
};

/* One message of Hoa's, spoilt by a, or by nothing when a is NULL. */
ky_rc sign_attack_run(struct signing *s, struct harness *h, const struct sign_attack *a);
/* For each: the unspoilt message is signed, the spoilt one refused as it says. */
void sign_attack_all(struct harness *h, const struct sign_attack *attacks, size_t count);

/* ---- tools of the attacker ---- */
void sign_set_text(struct signing *s, const char *name, const char *value);
void sign_set_int(struct signing *s, const char *name, int64_t value);
json_t *sign_hashes(struct signing *s);
void sign_rewrite(struct signing *s);
void sign_replace(struct signing *s, const char *from, const char *to);
void sign_set_field(struct signing *s, enum signing_field field, const struct ky_buf *content);
void sign_set_nonce(struct signing *s, const uint8_t nonce[KY_NONCE_SIZE]);

/* ---- the tables, as tests; *state is the harness ---- */
void authorisation_is_hers_and_of_this_statement(void **state);
void statement_is_of_now_and_here(void **state);
void exactly_the_hashes_that_were_shown(void **state);
void every_member_counts(void **state);
void passkey_and_device_both_sign(void **state);
void statement_has_one_form(void **state);
void certificate_status_and_key_belong_together(void **state);

#endif
