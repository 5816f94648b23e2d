/*
 * The founding record: who may do what at the beginning, and the public keys
 * everything else hangs on. Made once in the ceremony, kept in each token
 * (docs/protocol/statements.md §2). Its SHA-256 is the realm.
 */
#ifndef KY_DOMAIN_FOUNDING_H
#define KY_DOMAIN_FOUNDING_H

#include "domain/record.h"
#include "pki/cert.h"

#define KY_FOUNDING_MAX 65500 /* bytes of the JSON; a token's data object holds 65,536 */
#define KY_FOUNDING_OFFICERS_MAX 16
#define KY_FOUNDING_TOKEN_CAS_MAX 8
#define KY_FOUNDING_TEXT_MAX 256 /* bytes of an origin, URL or OID */
#define KY_FOUNDING_APPLICATION "kyso"
#define KY_FOUNDING_LABEL "founding"

struct ky_founding {
    json_t *json;                /* owned */
    uint8_t realm[KY_HASH_SIZE]; /* SHA-256 of the canonical JSON */
    uint16_t node;
    int64_t n, issue_n;          /* officers wanted for admin; for issue */
    struct ky_officer *officers; /* owned array */
    size_t officer_count;
    char origin[KY_FOUNDING_TEXT_MAX], rp_id[KY_FOUNDING_TEXT_MAX];
    uint8_t courier_key[32];
    struct ky_cert *token_cas[KY_FOUNDING_TOKEN_CAS_MAX]; /* owned */
    size_t token_ca_count;
    struct ky_cert *root, *issuing, *ocsp, *tsa; /* owned */
    uint8_t sam_open[KY_P256_POINT], sam_att[KY_P256_POINT], sam_audit[KY_P256_POINT];
    uint8_t ca_att[KY_P256_POINT], ca_audit[KY_P256_POINT];
    char policy_oid[KY_FOUNDING_TEXT_MAX], cps_url[KY_FOUNDING_TEXT_MAX], aia_url[KY_FOUNDING_TEXT_MAX],
        ocsp_url[KY_FOUNDING_TEXT_MAX], crl_url[KY_FOUNDING_TEXT_MAX], tsa_policy[KY_FOUNDING_TEXT_MAX];
    char notice[KY_FOUNDING_TEXT_MAX]; /* limits of use, in subscribers' certificates */
};

/* KY_EFORMAT naming the member that is missing or wrong. *out is the caller's (ky_founding_free). */
ky_rc ky_founding_parse(struct ky_founding **out, struct ky_bytes json);
void ky_founding_free(struct ky_founding *f);
KY_DEFINE_CLEANUP(struct ky_founding, ky_founding_free)
#define ky_auto_founding KY_CLEANUP(ky_founding_freep) struct ky_founding *

/* Value of the data object: json ‖ HMAC(K_reg of the token, …). */
ky_rc ky_founding_seal(struct ky_buf *out, struct ky_bytes json, ky_process process,
                       const struct ky_mac *k_reg);

/*
 * ky_founding_load — the one founding record of a token.
 *
 * Errors: KY_ENOTFOUND none; KY_EEXIST more than one; KY_EAUTH its MAC does not fit; KY_ETOKEN
 */
ky_rc ky_founding_load(struct ky_founding **out, struct ky_keystore *ks, ky_process process,
                       const struct ky_mac *k_reg);

/* The officer of that id, NULL when the founding record names none. */
const struct ky_officer *ky_founding_find_officer(const struct ky_founding *f, const uint8_t id[KY_ID_SIZE]);

#endif
