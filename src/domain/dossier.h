/*
 * Dossiers: entering people, drawing and signing the request, and every
 * later step, each in the caller's transaction (ky_store_submit) together with
 * its event and the notice to the Người tiếp nhận.
 */
#ifndef KY_DOMAIN_DOSSIER_H
#define KY_DOMAIN_DOSSIER_H

#include "crypto/digest.h"
#include "domain/dossier_state.h"
#include "domain/eligibility.h"
#include "domain/form.h"
#include "domain/notice.h"
#include "domain/personal.h"
#include "os/settings.h"
#include "store/dossier.h"
#include "store/request.h"

#define KY_DOSSIER_CODE_MAX 32
#define KY_DOSSIER_ARENA (96u << 20) /* bytes: 1,000 rows, documents and statement at their longest */

/* What the rules work with; all borrowed. */
struct ky_registration {
    const struct ky_legal_book *legal;
    const struct ky_personal *personal;
    const struct ky_notices *notices;
    const struct ky_settings_clocks *clocks;
    struct ky_scope scope; /* of whoever asks: no other dossier is there */
    struct ky_why *why;    /* gets refusals in both languages; may be NULL */
};

/* As entered. Texts are checked; NULL where the member may be absent. */
struct ky_dossier_new {
    const char *procedure;       /* "new", "renew", "change", "revoke" */
    const char *document_number; /* or NULL */
    ky_time document_date;
    const char *signer_title, *signer_name; /* or NULL */
    const char *recipient_name;             /* Người tiếp nhận chứng thư số */
    const char *recipient_title;            /* or NULL */
    const char *recipient_channel;          /* "email", "sms" */
    const char *recipient_email, *recipient_phone;
};

/* KY_EDENIED: the actor does not enter dossiers; KY_EFORMAT, KY_ENOTFOUND: the member that is wrong. */
ky_rc ky_dossier_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, const struct ky_registration *reg,
                        const struct ky_actor *actor, const struct ky_dossier_new *in, ky_time now);

/* What became of one person of a list. */
struct ky_person_result {
    int64_t number; /* the row; 0 when refused */
    struct ky_refusals refusals;
};

/*
 * ky_dossier_add_people — enter those who are eligible, and tell for each of the others why not.
 *
 * Shapes:  people   JSON array: persons (domain/person.h), or what is said of a certificate (domain/cert_row.h)
 *          results  room for as many as the array has
 * Errors:  KY_EDENIED  the dossier is no draft of the actor's organisation
 *          KY_EFORMAT  an item is no row of the procedure: none is entered;  KY_ELIMIT  more than KY_DB_DOSSIER_ROWS_MAX rows
 */
ky_rc ky_dossier_add_people(struct ky_person_result *results, struct ky_store *s,
                            const struct ky_registration *reg, const struct ky_actor *actor, const char *id,
                            const json_t *people, ky_time now);
ky_rc ky_dossier_remove_person(struct ky_store *s, const struct ky_registration *reg,
                               const struct ky_actor *actor, const char *id, int64_t number);

/* A dossier with all that belongs to it, personal data opened. */
struct ky_dossier {
    struct ky_db_dossier head;
    const struct ky_legal *legal; /* the profile it was entered under; borrowed */
    struct ky_db_org org;
    char recipient_phone[KY_NOTICE_ADDRESS_MAX];
    struct ky_db_dossier_row *rows;
    struct ky_person *people; /* owned JSON, as many as rows */
    size_t n;
    struct ky_form_file *files; /* attachments, as the document names them */
    size_t n_files;
    size_t own_requests; /* văn bản đề nghị của thuê bao that are there */
    char own_requests_hash[2 * KY_SHA256_SIZE + 1]; /* over them: domain/own_request.h */
    struct ky_arena arena;
};
#define ky_auto_dossier KY_CLEANUP(ky_dossier_clear) struct ky_dossier

ky_rc ky_dossier_load(struct ky_dossier *out, struct ky_store *s, const struct ky_registration *reg,
                      const char *id);
void ky_dossier_clear(struct ky_dossier *d);

/* What was entered of one row; *out is to be cleared. */
ky_rc ky_dossier_open_person(struct ky_person *out, const struct ky_registration *reg,
                             const struct ky_db_dossier_row *row);

/* Draws the request document; see domain/form. KY_EINVAL: nobody is in the dossier. */
ky_rc ky_dossier_draw(struct ky_buf *pdf, struct ky_form_place *place, const struct ky_registration *reg,
                      const struct ky_dossier *d);
/* draft → to-sign: draws, stores the draft. */
ky_rc ky_dossier_prepare(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                         const char *id, ky_time now);
/* Appends the drawn document. KY_ENOTFOUND: not prepared. */
ky_rc ky_dossier_open_draft(struct ky_buf *pdf, struct ky_store *s, const struct ky_registration *reg,
                            const char *id);

/*
 * Members procedure, org, dossier and rows of the `request` statement. The signer's tool adds the common members and
 * `document`, the SHA-256 of the PDF it has signed. *out is the caller's (json_decref).
 */
ky_rc ky_dossier_request_members(json_t **out, const struct ky_dossier *d);
/* KY_EDENIED naming the member in which the statement's differs. */
ky_rc ky_dossier_check_request(const struct ky_dossier *d, const json_t *statement);

/* The request as signed: verified by the caller (signature of the PDF, CMS over the statement, seal, trust). */
struct ky_signed_request {
    struct ky_bytes statement; /* canonical JSON */
    struct ky_bytes statement_hash;
    struct ky_bytes document; /* PDF */
    struct ky_bytes document_hash;
    struct ky_bytes authorisations, evidence; /* encoded lists */
    const char *seal_record;
};
/*
 * to-sign → sent, and on to received when the limit is one in hours: what the caller has verified is all that this
 * needs; to-sign-again → supplemented. A revocation is watched from then on (store/watch.h). KY_EDENIED also when the statement's members are not the dossier's.
 */
ky_rc ky_dossier_submit(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                        const char *id, const struct ky_signed_request *in, const json_t *statement,
                        ky_time now);
/* Appends statement and document, each where not NULL; *row: hashes, authorisations. KY_ENOTFOUND: not signed. */
ky_rc ky_dossier_open_request(struct ky_db_request *row, struct ky_buf *statement, struct ky_buf *document,
                              struct ky_arena *a, struct ky_store *s, const struct ky_registration *reg,
                              const char *id);

/*
 * ky_dossier_act — every step that carries nothing but a note: receive, examine, ask, supplement, approve, refuse,
 * withdraw, reopen, lapse. Refusing takes all rows with it. note: reason, instruction or answer; needed for ask,
 * supplement and refuse.
 *
 * Errors: KY_EDENIED  not in this state, not by this person;  KY_EINVAL  the action has a function of its own, or no note
 */
ky_rc ky_dossier_act(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                     const char *id, ky_dossier_action action, const char *note, ky_time now);

/*
 * ky_dossier_row_act — what happened to one row; by whom is the key processes' to know. The dossier follows its rows:
 * issued when none is left to issue, activating when the letters are out, done when all are active or refused.
 *
 * reason: of KY_ROW_REFUSE, else NULL. Errors: KY_EDENIED  the row is in another state
 */
ky_rc ky_dossier_row_act(struct ky_store *s, const struct ky_registration *reg, const char *id,
                         int64_t number, ky_row_action action, const char *reason, ky_time now);

#endif
