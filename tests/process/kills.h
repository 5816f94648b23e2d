/*
 * Honest callers of sam and ca that ask again when somebody was away, until they are told to end: some have rows
 * issued, some have hashes signed. Each keeps what it was told, and ends by itself when it was told two things.
 */
#ifndef KY_TESTS_PROCESS_KILLS_H
#define KY_TESTS_PROCESS_KILLS_H

#include <pthread.h>
#include <stdatomic.h>

#include "tests/process/harness.h"

#define KILLS_ISSUERS_MAX 2
#define KILLS_SIGNERS_MAX 3
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

/* Callers over one world; each signer uses the key of people[its number]. */
struct kills {
    struct harness *h;
    atomic_bool over;
    unsigned issuer_count, signer_count;
    struct caller issuers[KILLS_ISSUERS_MAX], signers[KILLS_SIGNERS_MAX];
};

/* h, issuer_count and signer_count are set. */
void kills_begin(struct kills *k, unsigned seed);
bool kills_any_failed(const struct kills *k);
/* The test fails with what a caller ended with, if one has. */
void kills_end(struct kills *k);
void kills_clear(struct kills *k);
size_t kills_certs(const struct kills *k);
size_t kills_signatures(const struct kills *k);
unsigned kills_lost(const struct kills *k);

/*
 * kills_check.c: what must be true afterwards. The service runs.
 */
void kills_check_certificates(const struct kills *k); /* those handed out are good, and in ca's audit file */
void kills_check_positions(const struct kills *k);    /* none has two signatures, in sam's audit file */
void kills_check_rows(const struct kills *k);         /* none has two certificates, in ca's registry log */
/* Everybody serves, the audit files verify, and after one more start everybody serves and signs. */
void kills_check_service(const struct kills *k);

#endif
