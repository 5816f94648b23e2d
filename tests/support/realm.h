/*
 * A realm for tests: a ceremony held by `kyso init` in a folder of its own, and
 * the real kysod, sam and ca over it, with the relay of webrelay.c in the place
 * of web. Everything is gone at the end.
 */
#ifndef KY_TESTS_SUPPORT_REALM_H
#define KY_TESTS_SUPPORT_REALM_H

#include <sys/types.h>

#include "domain/message.h"
#include "os/ipc_client.h"
#include "tests/support/machine.h"
#include "tests/support/people.h"

#define REALM_OFFICERS 3

struct realm {
    char dir[64];   /* everything */
    char state[80]; /* state_dir of the configuration */
    pid_t kysod;    /* 0: not running */
    struct token_ca token_ca;
    struct person officers
        [REALM_OFFICERS]; /* founding; all approve and administer; two are wanted for admin, issue_n to issue */
    struct person head;   /* head of the organisation, by realm_enrol_head */
    struct ky_buf sam_head, ca_head; /* her seal record, as each process wrote it */
    uint8_t head_owner[KY_OWNER_SIZE];
    uint8_t org[KY_ID_SIZE];
    struct ky_founding *founding;
    unsigned https_port, http_port, login_port; /* of kyso-web */
    struct machine *machine; /* that sam, ca, web and courier run on; NULL: the ordinary one */
};
#define REALM_ORG_NAME "Sở Giáo dục và Đào tạo Quảng Ngãi"

/* Options of the ceremony; NULL: the defaults below. */
struct realm_options {
    const char *issuing_key; /* "p256" */
    const char *root_key;    /* "p256": quicker than the product's default */
    unsigned issue_n;        /* officers wanted to issue; 0: one */
    bool machine;            /* they run on a machine of their own; needs KYSO_MACHINE_SO */
    bool web; /* the real kyso-web and kyso-courier, with TLS by DIR/tls.pem; ports in the realm */
};
/* Programs are found by KYSO_BIN. */
ky_rc realm_make(struct realm *r, const struct realm_options *options);
void realm_clear(struct realm *r);

/* kysod, until everything is ready; the log is DIR/log. */
ky_rc realm_start(struct realm *r);
/* SIGTERM; KY_EIO when it does not end with 0. */
ky_rc realm_stop(struct realm *r);
/* SIGKILL for everybody, as when the power fails; returns when all are gone. */
ky_rc realm_kill(struct realm *r);
/* SIGKILL for "ca-worker.0" alone; false: there is none just now. */
bool realm_kill_process(const struct realm *r, const char *process);
/* Pid of "ca-worker.0" as kysod.status says; 0: none. */
pid_t realm_pid(const struct realm *r, const char *process);

/* One request to a worker ("sam-worker.0", "ca-worker.1") over the relay. */
ky_rc realm_call(const struct realm *r, const char *worker, uint16_t type, const struct ky_bytes *fields,
                 size_t count, struct ky_buf *reply);
/* The same with a body as it is, however wrong. */
ky_rc realm_call_raw(const struct realm *r, const char *worker, uint16_t type, struct ky_bytes body,
                     struct ky_buf *reply);
/* A connection of one's own. */
ky_rc realm_connect(struct ky_ipc_client *out, const struct realm *r, const char *worker);

ky_rc realm_nonce(uint8_t nonce[KY_NONCE_SIZE], const struct realm *r, ky_process process,
                  ky_nonce_kind kind);
/* Enrols the head of the organisation by an admin statement of two officers at sam and ca. */
ky_rc realm_enrol_head(struct realm *r);
/* SAM_EXECUTE or CA_EXECUTE of a statement by these officers; the first record made, if any. */
ky_rc realm_execute(const struct realm *r, ky_process process, struct ky_bytes statement,
                    const struct person *const *officers, size_t count, struct ky_buf *record);

/* A dossier on its way: request by the head, issue by the first issue_n officers, as the fields both processes take. */
struct dossier {
    uint8_t id[KY_ID_SIZE], document[KY_HASH_SIZE];
    struct ky_buf request, request_auths, issue, issue_auths, evidence;
    struct ky_buf sam_records, ca_records;
};
ky_rc dossier_make(struct dossier *d, const struct realm *r, unsigned rows, const char *key_type);
void dossier_clear(struct dossier *d);
/* Fields 0 to 5 of SAM_ISSUE_KEYS, CA_PREPARE and CA_ISSUE. */
void dossier_fields(struct ky_bytes fields[6], const struct dossier *d, ky_process process);
/* SAM_ISSUE_KEYS for rows first … last; its answer. */
ky_rc dossier_make_keys(struct ky_buf *answer, const struct dossier *d, const struct realm *r, unsigned first,
                        unsigned last);
/* The last field of CA_PREPARE or CA_ISSUE for items first … last (from 0) of that answer, whose rows begin at row. */
ky_rc dossier_attestations(struct ky_buf *list, struct ky_bytes answer, unsigned first, unsigned last,
                           uint32_t row);

#endif
