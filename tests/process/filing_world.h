/*
 * Dossiers over HTTPS, as organisations file them and officers approve them: the real kysod with web and courier on a
 * machine whose clock the test moves, two schools, and people with tokens for each role.
 */
#ifndef KY_TESTS_PROCESS_FILING_WORLD_H
#define KY_TESTS_PROCESS_FILING_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/json.h"
#include "pki/ocsp.h"
#include "store/credential.h"
#include "store/store.h"
#include "tests/support/https.h"
#include "tests/support/realm.h"

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

enum { CLERK, HEAD, EXAMINER, OFFICER, ADMIN, AUDITOR, OTHER_CLERK, SECOND_OFFICER, FILING_PEOPLE };

extern struct realm filing_realm;

int filing_set_up(void **state);
/* So many officers must approve what is issued. */
int filing_set_up_several(void **state, unsigned officers);
int filing_tear_down(void **state);

/* The bearer token of one of them. */
const char *filing_token(size_t who);
/* One request by one of them; the status. */
long filing_call(json_t **answer, size_t who, const char *method, const json_t *body, const char *path_fmt,
                 ...) KY_PRINTF(5, 6);
/* The member's text; fails when there is none. */
const char *filing_text(const json_t *obj, const char *name);

/* POST /api/v1/dossiers with these rows (taken over); the answer is the caller's. */
json_t *filing_create(size_t who, const char *procedure, json_t *rows);
/* The code of the first refusal of a row of that answer; "" when it was entered. */
const char *filing_refusal(const json_t *answer, size_t row);
/* Draws, signs with the head's key, submits. */
void filing_submit(const char *id);
void filing_act(size_t who, const char *id, const char *action, const char *note);
/* Receives unless that has happened, examines. */
void filing_examine(const char *id);
/* approval and approve by one officer; *left as the answer says. The approve status. */
long filing_approve(const char *id, int64_t *left);
/* An officer refuses what is open; the reason is shown to the organisation. */
void filing_refuse(const char *id, const char *reason);
/* An officer locks the credential at sam. */
void filing_lock(const char *key_id);
void filing_wait(const char *id, const char *state);
json_t *filing_get(const char *id);
/* The whole way of a dossier of one row list to `state`; id is the caller's. */
void filing_whole(char id[64], const char *procedure, json_t *rows, const char *state);

ky_rc filing_store(struct ky_store **out);
/* Certificate of a row of a dossier, as the database has it; texts and bytes lie in the arena. */
void filing_cert(struct ky_db_cert *out, struct ky_arena *a, const char *dossier, int64_t row);
/* What the service's OCSP address says now. */
ky_ocsp_status filing_ocsp(const struct ky_db_cert *cert);
/* sam's log says that the key is dead, and its wrapped key is gone. */
bool filing_key_is_dead(const char *key_id);
/* Mails to that address in the folder that stands for the mail server, with the subject's beginning. */
int filing_mails(const char *address);

#endif
