/*
 * Officers and organisations in software: certificates under a token CA of
 * their own, its CRL, CMS authorisations, and the statements they sign. What
 * they make is genuine; a test changes members before a call to spoil one thing.
 */
#ifndef KY_TESTS_SUPPORT_PEOPLE_H
#define KY_TESTS_SUPPORT_PEOPLE_H

#include "crypto/softkey.h"
#include "domain/authorisation.h"
#include "pki/cert.h"

/* Someone with a key and a certificate. */
struct person {
    struct ky_softkey *key; /* owned */
    struct ky_signer signer;
    struct ky_sigkey sigkey;
    struct ky_cert *cert;       /* owned */
    uint8_t record[KY_ID_SIZE]; /* officer's or seal's record id, where there is one */
};
void person_clear(struct person *p);
/* DIR/NAME.pem and DIR/NAME.key (PKCS#8). */
ky_rc person_write(const struct person *p, const char *dir, const char *name);

struct token_ca {
    struct person ca;
    uint8_t serials; /* issued so far */
};
ky_rc token_ca_init(struct token_ca *t, const char *cn, ky_time now);
void token_ca_clear(struct token_ca *t);
/* A person's certificate for three years from now. */
ky_rc token_ca_certify(struct token_ca *t, struct person *p, const char *cn, ky_time now);
/* A certificate of that profile. */
ky_rc token_ca_certify_as(struct token_ca *t, struct person *p, ky_profile_kind kind, const char *cn,
                          ky_time now);
/* A person's certificate that nobody but the person has signed. */
ky_rc person_certify_self(struct person *p, const char *cn, ky_time now);
/* A CRL made at `now`, good for a week; revoked: NULL, or someone who is on it. */
ky_rc token_ca_crl(struct ky_buf *der, const struct token_ca *t, ky_time now, const struct person *revoked);

/* The `evid` field: a list of one. */
ky_rc evidence_of(struct ky_buf *list, struct ky_bytes der);

/* SignedData with `kyso statement v1` ‖ statement inside. */
ky_rc person_sign(struct ky_buf *cms, const struct person *p, struct ky_bytes statement, ky_time now);
/* Authorisation list by these people, each naming its record. */
ky_rc people_authorise(struct ky_buf *list, const struct person *const *people, size_t count,
                       struct ky_bytes statement, ky_time now);
/* The same over a list of statements: content as ky_statement_list_encode makes it. */
ky_rc people_authorise_list(struct ky_buf *list, const struct person *const *people, size_t count,
                            struct ky_bytes content, ky_time now);

/* Members that every statement has; nonces may be NULL. 30 days are the most a long one lives. */
struct statement_head {
    const char *type;
    const uint8_t *realm;                /* 32 */
    const uint8_t *sam_nonce, *ca_nonce; /* 51 */
    ky_time iat, exp;
};
ky_rc statement_new(json_t **out, const struct statement_head *h);
/* Canonical text of it. */
ky_rc statement_text(struct ky_buf *out, const json_t *statement);

/* Rows of a request: teachers number 1 … count, with this key type; identities differ. */
ky_rc request_rows(json_t **out, unsigned count, const char *key_type);

struct request_spec {
    struct statement_head head; /* type is filled in */
    const uint8_t *org;         /* 16 */
    const char *org_name;
    const uint8_t *dossier;  /* 16 */
    const uint8_t *document; /* 32 */
    unsigned rows;
    const char *key_type;
};
ky_rc request_text(struct ky_buf *out, const struct request_spec *spec);

struct issue_spec {
    struct statement_head head;
    const uint8_t *dossier, *document;
    struct ky_bytes request; /* text of the request statement */
    unsigned first, last;    /* rows */
    ky_time not_before, not_after;
    bool activate;
};
ky_rc issue_text(struct ky_buf *out, const struct issue_spec *spec);

/* `admin`: first version of a seal record, or of an officer's when org is NULL (roles then matter). */
struct admin_spec {
    struct statement_head head;
    const struct person *who; /* its record is the id */
    const uint8_t *owner;     /* 32 */
    const char *name;
    const uint8_t *org;
    const char *org_name;
    const char *role;
};
ky_rc admin_text(struct ky_buf *out, const struct admin_spec *spec);

#endif
