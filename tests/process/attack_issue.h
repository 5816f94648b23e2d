/*
 * Attacks on SAM_ISSUE_KEYS and CA_ISSUE: a dossier of one's own making, signed by whom one likes, in steps that a
 * test can spoil, and tables of what must be refused, with which code and for which reason.
 */
#ifndef KY_TESTS_PROCESS_ATTACK_ISSUE_H
#define KY_TESTS_PROCESS_ATTACK_ISSUE_H

#include "tests/process/harness.h"

#define AT_SAM (1u << KY_PROCESS_SAM)
#define AT_CA (1u << KY_PROCESS_CA)

/* Someone whom two officers entered at both processes. */
struct enrolled {
    struct person p;
    uint8_t owner[KY_OWNER_SIZE];
    struct ky_buf sam, ca; /* records */
};

struct issue_world {
    struct harness h;           /* first: tests take it from *state */
    struct enrolled receiver;   /* an officer who may receive, not approve */
    struct enrolled filer;      /* an officer who is the person behind the organisation's seal */
    struct enrolled twin;       /* a second officer's record of officer 0's person */
    struct enrolled other_head; /* of another organisation */
    struct enrolled inside;     /* an officer whose certificate is our own: her key is in sam */
    struct person stranger;     /* certified by the token CA, entered nowhere */
    struct token_ca foreign_ca; /* not pinned */
    struct person foreign;      /* certified by it */
};
/* options: NULL for the usual realm. */
ky_rc issue_world_make(struct issue_world *w, const struct realm_options *options);
void issue_world_clear(struct issue_world *w);

/* A dossier of one row and what is asked of sam and ca with it. */
struct filing {
    struct issue_world *w;
    struct dossier d;                        /* as it is sent */
    json_t *request, *issue;                 /* as they will be signed */
    const struct person *seal, *officers[4]; /* founding ones, as many as must approve */
    size_t officer_count;
    const struct person *revoked; /* on the CRL */
    ky_time crl_time;
    uint32_t row; /* asked for */
};

/* Statements as an honest web and an honest organisation make them. */
ky_rc filing_begin(struct filing *f, struct issue_world *w, unsigned rows);
/* The seal signs the request; the issue statement gets its hash. */
ky_rc filing_file(struct filing *f);
/* The officers sign the issue statement; evidence. */
ky_rc filing_approve(struct filing *f);
/* SAM_ISSUE_KEYS for the row. */
ky_rc filing_keys(struct ky_buf *answer, const struct filing *f);
/* CA_ISSUE (or CA_PREPARE) of the row with the attestation in that answer. */
ky_rc filing_certify(struct ky_buf *answer, const struct filing *f, struct ky_bytes keys);
ky_rc filing_ask_ca(struct ky_buf *answer, const struct filing *f, uint16_t type, struct ky_bytes items);
void filing_clear(struct filing *f);
/* Begin, file, approve: honestly. */
ky_rc filing_make(struct filing *f, struct issue_world *w, unsigned rows);

/* ---- tools of the attacker ---- */
/* Text from the JSON as it is now, without anybody's signature. */
void filing_reword_request(struct filing *f);
void filing_reword_issue(struct filing *f);
/* Officers' or seals' records that come along. */
void filing_add_records(struct filing *f, const struct enrolled *e);
void filing_by(struct filing *f, const struct person *officer);

enum issue_stage { FILE_IT, APPROVE_IT, SEND_IT };

struct issue_attack {
    const char *name;
    enum issue_stage stage; /* spoilt before this step */
    void (*spoil)(struct filing *f);
    unsigned at; /* who must refuse; a process that is not named accepts */
    ky_rc rc;
    const char *why;
};
/* For each: the unspoilt dossier gets key and certificate, the spoilt one is refused as it says. */
void issue_attack_all(struct issue_world *w, const struct issue_attack *attacks, size_t count);

/* Enters or replaces; org NULL: an officer with that role. */
ky_rc issue_enrol(struct enrolled *e, struct issue_world *w, const char *name, const uint8_t *owner,
                  const uint8_t *org, const char *role);
void enrolled_clear(struct enrolled *e);

/* ---- the tables, as tests; *state is the world ---- */
void organisation_signed_these_rows(void **state);
void officers_approved_these_rows(void **state);
void evidence_is_of_today(void **state);
void key_is_the_one_sam_made(void **state);
void certificate_binds_to_its_key(void **state);
void records_change_by_two_officers(void **state);

#endif
