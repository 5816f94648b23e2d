/*
 * The key ceremony, `kyso init`: one struct handed from step to step; files by concern:
 *   init.c           the command: order of the steps, what is printed, what a failure leaves behind
 *   init_conf.c      the ini file that describes the ceremony
 *   init_token.c     tokens and the keys in them
 *   init_certs.c     certificates of the authority and the root's CRL
 *   init_founding.c  officers, founding record, witnesses
 *   init_files.c     what is written to the state folder, and whose it becomes
 * What the founding record holds: docs/protocol/statements.md §2. How to hold a ceremony: docs/ceremony.md.
 */
#ifndef KY_PROG_KYSO_INIT_H
#define KY_PROG_KYSO_INIT_H

#include "base/arena.h"
#include "base/time.h"
#include "crypto/keystore.h"
#include "crypto/seal.h"
#include "domain/founding.h"

#define KYSO_PATH_MAX 512
#define KYSO_CRL_DER_MAX 8192 /* of the root, which is empty */

/* [ceremony] */
struct kyso_conf_ceremony {
    const char *name;      /* of the realm, for people */
    const char *state_dir; /* as in etc/kyso.conf */
    const char *officers;  /* names of [officer.NAME] sections, with commas */
    const char *token_cas; /* PEM file: CAs of officers' and seals' tokens */
    const char *origin, *rp_id;
    int64_t n, issue_n, witnesses, node;
    const char *sam_user, *ca_user, *web_user,
        *courier_user; /* owners of what each process needs; "": nothing is changed */
};

/* [names]: subjects of the authority's certificates */
struct kyso_conf_names {
    const char *country, *organisation, *root, *issuing, *ocsp, *tsa;
};

/* [keys]: types and how long certificates are valid */
struct kyso_conf_keys {
    const char *root, *issuing, *ocsp, *tsa;
    int64_t root_years, issuing_years, ocsp_days, tsa_years, root_crl_days;
};

/* [policy]: what certificates say about their use, and where status is found */
struct kyso_conf_policy {
    const char *oid, *tsa_policy, *cps, *notice;
    const char *url; /* http://host:port of this service, without a slash at the end */
};

/* [token.root], [token.authority], [token.subscribers] */
struct kyso_conf_token {
    const char *module, *label;
    bool softhsm;           /* the token lies in FOLDER/token, FOLDER/softhsm2.conf says so */
    const char *module_env; /* NAME=VALUE for other modules */
    const char *pin_file, *so_pin_file;
};

/* [officer.NAME] */
struct kyso_conf_officer {
    const char *name, *identity, *roles;
    const char *cert;     /* PEM or DER: approves with a token */
    const char *webauthn; /* JSON of the authenticator's keys: approves with it */
    const char *witness_module, *witness_env, *witness_token, *witness_key, *witness_pin_file;
};

typedef enum kyso_token_id {
    KYSO_TOKEN_ROOT,
    KYSO_TOKEN_AUTHORITY,
    KYSO_TOKEN_SUBSCRIBERS,
    KYSO_TOKENS
} kyso_token_id;

struct kyso_token {
    const char *section; /* "root", for people */
    char folder[KYSO_PATH_MAX], pin_file[KYSO_PATH_MAX], so_pin_file[KYSO_PATH_MAX];
    struct kyso_conf_token conf;
    struct ky_secret pin;
    bool used; /* something of ours is in it: after a failure it is to be thrown away */
};

#define KYSO_OFFICERS_MAX 8 /* sections of one ini file */

struct kyso_officer {
    const char *section;
    struct kyso_conf_officer conf;
    struct ky_cert *cert; /* owned; NULL: webauthn */
    json_t *auth;         /* owned; as in the founding record */
    uint8_t id[KY_ID_SIZE], owner[KY_OWNER_SIZE];
    struct ky_buf signature; /* CMS over the founding record; empty: not a witness */
};

/* A certificate of the authority, in the order in which they are made. */
typedef enum kyso_cert_id {
    KYSO_CERT_ROOT,
    KYSO_CERT_ISSUING,
    KYSO_CERT_OCSP,
    KYSO_CERT_TSA,
    KYSO_CERTS
} kyso_cert_id;

struct kyso_ceremony {
    struct ky_arena arena;
    struct kyso_conf_ceremony conf;
    struct kyso_conf_names names;
    struct kyso_conf_keys keys;
    struct kyso_conf_policy policy;
    struct kyso_token tokens[KYSO_TOKENS];
    struct kyso_officer officers[KYSO_OFFICERS_MAX];
    size_t officer_count;
    struct ky_cert *token_cas[KY_FOUNDING_TOKEN_CAS_MAX]; /* owned */
    size_t token_ca_count;
    ky_time now; /* of the whole ceremony */

    struct ky_buf spki[KYSO_CERTS];    /* public keys of the authority */
    struct ky_cert *certs[KYSO_CERTS]; /* owned */
    struct ky_buf root_crl;
    uint8_t sam_open[KY_P256_POINT], sam_att[KY_P256_POINT], sam_audit[KY_P256_POINT];
    uint8_t ca_att[KY_P256_POINT], ca_audit[KY_P256_POINT];
    uint8_t courier_private[KY_X25519_SIZE], courier_public[KY_X25519_SIZE];
    struct ky_buf founding; /* canonical JSON */
    uint8_t realm[KY_HASH_SIZE];
};

/* init_conf.c — reads the ini file and everything it names; makes nothing. KY_EFORMAT, KY_ENOTFOUND … */
ky_rc kyso_init_read_conf(struct kyso_ceremony *c, const char *path, const char *state_dir);
/* Appends an ini file with every item, its limits and its meaning. */
void kyso_init_sample(struct ky_buf *out);

/* init_token.c */
/* Folder, PINs and token of each; KY_EEXIST when a token holds anything already. */
ky_rc kyso_init_prepare_tokens(struct kyso_ceremony *c);
/* Logs in, for this step only: one token is open at a time, since a module has one environment. */
ky_rc kyso_init_open_token(struct ky_keystore **out, const struct kyso_token *t);
/* Keys of the subscribers' token, their public points, and the owners of the officers. */
ky_rc kyso_init_make_subscriber_keys(struct kyso_ceremony *c);
/* Keys of the authority's token and their public halves. */
ky_rc kyso_init_make_authority_keys(struct kyso_ceremony *c);
/* Founding record and first anchor into the authority's and the subscribers' token. */
ky_rc kyso_init_store_founding(struct kyso_ceremony *c);
/* Logs in to any token: module, environment "NAME=VALUE" or "", label, PIN file. */
ky_rc kyso_token_login(struct ky_keystore **out, const char *module, const char *module_env,
                       const char *label, const char *pin_file);

/* init_certs.c */
ky_rc kyso_init_make_root(
    struct kyso_ceremony *c); /* root key, root and issuing certificate, the root's CRL */
ky_rc kyso_init_make_responders(struct kyso_ceremony *c); /* OCSP and TSA certificate */

/* init_founding.c */
ky_rc kyso_init_write_founding(struct kyso_ceremony *c);
ky_rc kyso_init_witness(struct kyso_ceremony *c);

/* init_files.c */
ky_rc kyso_init_make_folders(struct kyso_ceremony *c);
ky_rc kyso_init_write_files(struct kyso_ceremony *c);
ky_rc kyso_init_lock_away_root(struct kyso_ceremony *c);

#endif
