/*
 * Honest callers of sam and ca that ask again when somebody was away, until they are told to end: some have rows
 * issued, some have hashes signed. Each keeps what it was told, and ends by itself when it was told two things.
 */
#ifndef KY_TESTS_PROCESS_KILLS_H
#define KY_TESTS_PROCESS_KILLS_H

#include <pthread.h>
#include <stdatomic.h>

#include "tests/process/harness.h"

#define KILLS_CERTS_MAX 2000
#define KILLS_SIGNATURES_MAX 20000

/* What a caller was told, and with what it ended. */
struct signature {
    uint8_t statement[KY_HASH_SIZE], sha256[KY_HASH_SIZE];
    uint16_t position;
};
struct caller {
    struct harness *h;
    atomic_bool *over;
    pthread_t thread;
    unsigned number, seed;
    atomic_bool failed; /* rc and text say why, once the thread has ended */
    ky_rc rc;
    char text[512];
    struct ky_buf certs[KILLS_CERTS_MAX];
    size_t cert_count;
    struct signature signatures[KILLS_SIGNATURES_MAX];
    size_t signature_count;
    unsigned lost; /* statements whose answer was lost: told to ask the person again */
};

/* Thread functions; the argument is a struct caller with harness, over, number and seed set. */
void *kills_issue(void *caller);
/* Signs with the key of people[number]. */
void *kills_sign(void *caller);

#endif
