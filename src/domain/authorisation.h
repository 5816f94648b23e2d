/*
 * Authorisations: a device's signature over a statement (docs/protocol/statements.md §4).
 * Each item names the record whose keys made it; the caller brings that record.
 */
#ifndef KY_DOMAIN_AUTHORISATION_H
#define KY_DOMAIN_AUTHORISATION_H

#include "domain/founding.h"
#include "domain/statement_list.h"
#include "pki/profile.h"

#define KY_AUTHORISATIONS_MAX 8
#define KY_AUTHORISATION_CMS_MAX (KY_REQUEST_MAX + 65536)
#define KY_EVIDENCE_AGE_MAX KY_DAY /* CRL or OCSP answer for a token's certificate */
#define KY_STATEMENT_CONTENT_OID KY_OID_CT_STATEMENT
#define KY_AUTH_EVIDENCE_MAX 16 /* CRLs and OCSP answers of one message */

/* A CMS signature has what was signed inside, be it a statement or a list of them; an assertion only its hash. */
typedef enum ky_auth_kind { KY_AUTH_WEBAUTHN = 1, KY_AUTH_CMS = 2, KY_AUTH_WEBAUTHN_LIST = 3 } ky_auth_kind;

/* One item; all views point into the list. */
struct ky_authorisation {
    ky_auth_kind kind;
    uint8_t record
        [KY_ID_SIZE]; /* whose: device, officer or seal; zero for a device that is just being enrolled */
    struct ky_bytes authenticator_data, client_data_json, signature, device_signature; /* webauthn, both */
    struct ky_bytes statements; /* webauthn over a list: the list (domain/statement_list.h) */
    struct ky_bytes cms;        /* cms: SignedData */
};

struct ky_authorisations {
    struct ky_authorisation item[KY_AUTHORISATIONS_MAX];
    size_t count;
    uint8_t hash[KY_HASH_SIZE]; /* of the list: its name in the audit file */
};

/* KY_EFORMAT. An empty list (count 0) is well formed. */
ky_rc ky_authorisations_parse(struct ky_authorisations *out, struct ky_bytes list);

/* Builders, one item each; a list is u8 count and the items with their lengths. webauthn: as a->kind says. */
void ky_authorisation_add_webauthn(struct ky_buf *out, const struct ky_authorisation *a);
void ky_authorisation_add_cms(struct ky_buf *out, const uint8_t record[KY_ID_SIZE],
                              struct ky_bytes signed_data);
/* items: `count` items made by the builders, one buffer each. */
void ky_authorisations_encode(struct ky_buf *out, const struct ky_buf *items, size_t count);

/*
 * ky_authorise_webauthn — passkey and device key of one authenticator signed this statement, or a list that it is in.
 *
 * Errors: KY_EAUTH naming the rule; KY_EDENIED the item is of another kind, or the statement is not in the list;
 *         those of ky_statement_list_parse
 */
ky_rc ky_authorise_webauthn(const struct ky_authorisation *a, const struct ky_statement *st,
                            const struct ky_authenticator *key, const struct ky_founding *f);

/*
 * ky_authorise_cms — the holder of that certificate signed this statement, or a list that it is in.
 *
 * Shapes: cert      DER as pinned in the record
 *         evidence  u16 count, then `lv` CRL or OCSP answers (DER) about the certificate and its CAs
 * Errors: KY_EAUTH      not a good signature, or by another certificate
 *         KY_EDENIED    detached, other content, issued by our own CA, not under a pinned CA, revoked
 *         KY_EEXPIRED   certificate expired, or evidence older than 24 h; those of ky_statement_list_parse
 */
ky_rc ky_authorise_cms(const struct ky_authorisation *a, const struct ky_statement *st, struct ky_bytes cert,
                       struct ky_bytes evidence, const struct ky_founding *f, ky_time now);

/*
 * ky_statement_sign_cms — appends SignedData over the label and the text inside, so that no document can be taken for an
 * approval: what ky_authorise_cms accepts.
 *
 * Shapes: text    the statement's canonical bytes
 *         signer  key of cert; RSA signs with PKCS #1 v1.5
 * Errors: KY_ELIMIT more than KY_REQUEST_MAX; those of the signer
 */
ky_rc ky_statement_sign_cms(struct ky_buf *cms, const struct ky_signer *signer, const struct ky_cert *cert,
                            struct ky_bytes text, ky_time now);

/* The same over a list of statements (domain/statement_list.h): content is what ky_statement_list_encode made. */
ky_rc ky_statement_list_sign_cms(struct ky_buf *cms, const struct ky_signer *signer,
                                 const struct ky_cert *cert, struct ky_bytes content, ky_time now);

/*
 * ky_authorisation_list — the list of statements that an item is over, as it says itself: nothing is verified.
 *
 * Errors: KY_EFORMAT  it is over a single statement; those of ky_cms_parse and ky_statement_list_parse
 */
ky_rc ky_authorisation_list(struct ky_statement_list *out, const struct ky_authorisation *a);

/* By whichever means the officer's record names. */
ky_rc ky_authorise_officer(const struct ky_authorisation *a, const struct ky_statement *st,
                           const struct ky_officer *officer, struct ky_bytes evidence,
                           const struct ky_founding *f, ky_time now);

#endif
