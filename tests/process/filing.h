/*
 * An organisation that files dossiers over HTTPS and a department that decides them, as honest people do whatever
 * happens to the service: who gets no answer asks again, who is told that it is done already looks where the dossier
 * stands and goes on from there.
 */
#ifndef KY_TESTS_PROCESS_FILING_H
#define KY_TESTS_PROCESS_FILING_H

#include <pthread.h>
#include <stdatomic.h>

#include "domain/bearer.h"
#include "tests/support/https.h"
#include "tests/support/realm.h"

#define FILING_CLERKS_MAX 4
#define FILING_DOSSIERS_MAX 4000

/* What the service has acknowledged of a dossier, in order. */
typedef enum filing_step {
    FILING_CREATED,
    FILING_SUBMITTED,
    FILING_RECEIVED,
    FILING_EXAMINED,
    FILING_APPROVED,
    FILING_STEPS,
} filing_step;

struct filed {
    char id[KY_NEW_ID_TEXT];
    bool done[FILING_STEPS];
    char request[65]; /* hash of the statement, as it was told */
};

struct office {
    struct realm *realm;
    char school[KY_NEW_ID_TEXT];
    char clerk[KY_BEARER_TEXT], head[KY_BEARER_TEXT], examiner[KY_BEARER_TEXT], officer[KY_BEARER_TEXT],
        admin[KY_BEARER_TEXT];
};
/* People, before the service starts; the seal of the head, after. */
ky_rc office_enter(struct office *o, struct realm *realm);
ky_rc office_enrol_head(struct office *o);

/* One clerk, who files one dossier after another until told to end. */
struct filing {
    const struct office *office;
    atomic_bool *over;
    pthread_t thread;
    unsigned number;
    atomic_bool failed; /* rc and text say why, once the thread has ended */
    ky_rc rc;
    char text[512];
    struct filed dossiers[FILING_DOSSIERS_MAX];
    size_t n;
};
void filing_begin(struct filing *f, const struct office *o, unsigned number, atomic_bool *over);
void filing_end(struct filing *f);

/* GET of a dossier, asked until there is an answer. */
ky_rc filing_look(json_t **answer, const struct office *o, const char *id);

#endif
