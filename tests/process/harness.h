/*
 * The world of the attack and kill tests: a realm with sam and ca, teachers who
 * went through all of it (request, approval, key, certificate, letter, phone),
 * and what an honest web tier does in between. A test spoils one thing at a time.
 *   harness.c     the world, requests to the processes, what stands in the audit files
 *   signing.c     SAM_SIGN from its parts
 *   activating.c  letters, codes, enrolment from their parts
 */
#ifndef KY_TESTS_PROCESS_HARNESS_H
#define KY_TESTS_PROCESS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "crypto/keystore.h"
#include "domain/audit.h"
#include "domain/letter.h"
#include "tests/support/phone.h"
#include "tests/support/realm.h"

#define HARNESS_PEOPLE_MAX 64
#define HARNESS_TEXT_MAX (1u << 20)

#define assert_ok(expr)                                                                                      \
    do {                                                                                                     \
        ky_rc rc_ok_ = (expr);                                                                               \
        if (rc_ok_ != KY_OK)                                                                                 \
            fail_msg("%s: %s: %s", #expr, ky_rc_name(rc_ok_), ky_error());                                   \
    } while (0)

/* A teacher, and what web keeps of her. */
struct subscriber {
    uint32_t row;
    uint8_t owner[KY_OWNER_SIZE], key_id[KY_ID_SIZE], device_id[KY_ID_SIZE], activation_id[KY_ID_SIZE];
    struct ky_buf key_v1, blob, attestation, activation; /* of SAM_ISSUE_KEYS */
    uint8_t attestation_signature[KY_P256_RAW];
    struct ky_buf cert;        /* of CA_ISSUE */
    struct ky_buf key, letter; /* of SAM_BIND_CERT */
    uint64_t letter_number;
    struct phone phone;
    struct ky_buf device; /* of SAM_ENROL */
};

struct client {
    uint8_t id[KY_ID_SIZE];
    const char *name;
    struct ky_buf record;
};

struct harness {
    struct realm realm;
    struct client client, other_client;
    struct subscriber people[HARNESS_PEOPLE_MAX];
    size_t people_count;
    uint8_t courier_private[KY_X25519_SIZE];
    uint32_t refused[3][KY_OP_END]
                    [16]; /* by process, operation and -ky_rc: what the audit files must say in the end */
};

/* Ceremony, processes, the organisation's head, two clients. options: NULL for the usual realm. */
ky_rc harness_make(struct harness *h, const struct realm_options *options);
void harness_clear(struct harness *h);
/* One dossier with that many rows: keys, certificates, letters. They become people[people_count] and on. */
ky_rc harness_issue(struct harness *h, unsigned rows, const char *key_type);
/* The letter is opened, a code asked for, the phone enrolled: all as it should be. */
ky_rc harness_enrol(struct harness *h, struct subscriber *who);
/* Set-up function of most test programs: `rows` teachers with phones. */
ky_rc harness_make_people(struct harness *h, const struct realm_options *options, unsigned rows,
                          const char *key_type);

/* Makes the keys of a dossier's rows 1 … rows: new people without certificates. */
ky_rc harness_issue_keys(struct harness *h, const struct dossier *d, unsigned rows);
/* CA_ISSUE for one of them; appends the certificate. */
ky_rc harness_certify(struct harness *h, const struct dossier *d, struct subscriber *s, struct ky_buf *der);
/* SAM_BIND_CERT of one; activation may be empty. */
ky_rc harness_bind(struct ky_buf *answer, const struct harness *h, struct ky_bytes key, struct ky_bytes cert,
                   struct ky_bytes activation);

/* SAM_EXECUTE or CA_EXECUTE; records: a list, or empty. record (may be NULL) gets the first one made. */
ky_rc harness_execute(const struct harness *h, ky_process process, struct ky_bytes statement,
                      const struct person *const *officers, size_t count, struct ky_bytes records,
                      struct ky_buf *record);
/* An `admin` statement over that record body (taken), by two officers. replaced: the version before, or empty. */
ky_rc harness_admin(struct harness *h, ky_process process, json_t *taken_body, struct ky_bytes replaced,
                    bool remove, struct ky_buf *record);
ky_rc harness_client_body(json_t **out, const struct client *c, uint32_t version);
ky_rc harness_ocsp(struct ky_buf *answer, const struct harness *h, struct ky_bytes cert_der);

/* A login to a process's token, as whoever has the PIN can have it. */
ky_rc harness_open_token(struct ky_keystore **out, const struct harness *h, ky_process process);

/* id of a record, and its hash */
ky_rc envelope_id(uint8_t id[KY_ID_SIZE], struct ky_bytes envelope);
ky_rc envelope_hash(uint8_t hash[KY_HASH_SIZE], struct ky_bytes envelope);

/*
 * harness_judge — rc and ky_error() of a spoiled message: is it refused with that code, for a reason whose text holds
 * `why`? Says so when not; the refusal is remembered for harness_check_audit.
 */
bool harness_judge(struct harness *h, const char *name, ky_process process, ky_operation op, ky_rc rc,
                   ky_rc want, const char *why);
/* The same, and the test fails when not. */
void harness_refused(struct harness *h, const char *name, ky_process process, ky_operation op, ky_rc rc,
                     ky_rc want, const char *why);
/* Sums of the refusals that stand in a process's audit file. */
ky_rc harness_read_refusals(const struct harness *h, ky_process process, uint32_t sums[KY_OP_END][16]);
/* The audit files verify, and hold exactly the refusals that were seen. */
void harness_check_audit(const struct harness *h);

/* Pids of all workers and keepers, to see that none has died. */
struct pids {
    pid_t v[8];
};
struct pids harness_pids(const struct harness *h);
/* Nobody died since, and every worker of sam and ca answers. */
void harness_check_serving(const struct harness *h, const struct pids *before);

#endif
