/*
 * Attacks on SAM_ENROL as a table: each spoils one thing of a message that would otherwise enrol a phone, and says
 * with which code and for which reason it must be refused.
 */
#ifndef KY_TESTS_PROCESS_ATTACK_ACTIVATION_H
#define KY_TESTS_PROCESS_ATTACK_ACTIVATION_H

#include "tests/process/activating.h"

/* When the attack is made. */
enum enrol_stage {
    SAY,  /* another statement or proof than the honest one; the new keys sign it */
    PASS, /* web changes what it passes on */
};

struct enrol_attack {
    const char *name;
    enum enrol_stage stage;
    void (*spoil)(struct enrolling *e);
    ky_rc rc;
    const char *why;
};

/* A person who has opened her letter and asked for a code. */
struct activated {
    struct subscriber *who;
    uint8_t secret[KY_MAIL_SECRET_SIZE];
    char code[KY_CODE_DIGITS + 1];
};
/* The next of the harness who has not been used; takes her mail secret and asks for a code. */
void activation_begin(struct activated *a, struct harness *h);
/* She enrols her phone, as it should be. */
void activation_finish(const struct activated *a, struct harness *h);
/* One message of hers with her own phone, spoilt by x, or by nothing when x is NULL. */
ky_rc activation_try(struct harness *h, const struct activated *a, struct phone *phone, const char *worker,
                     const struct enrol_attack *x);

/* The record as sam would have written it long ago: with K_reg of the token itself. */
void activation_write_as_sam(struct ky_buf *out, const struct harness *h, const struct subscriber *who,
                             ky_time not_before, ky_time not_after);

/* The table, as a test; *state is the harness. */
void enrolment_is_of_this_person_and_these_keys(void **state);

#endif
