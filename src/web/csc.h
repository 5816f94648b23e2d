/*
 * The CSC API v2 (Cloud Signature Consortium, 2.0.0.2): what its files share.
 * Refusals use the texts of the specification, clause 11.
 */
#ifndef KY_WEB_CSC_H
#define KY_WEB_CSC_H

#include "domain/statement.h"
#include "pki/cert.h"
#include "store/credential.h"
#include "store/pending.h"
#include "store/record.h"
#include "web/web.h"

#define KY_CSC_BODY_MAX (512u << 10) /* bytes of a request: 1,000 hashes and room */
#define KY_CSC_ID_HEX 32             /* credentialID, handle: lower-case hex */
#define KY_CSC_FACTOR "mobile"       /* id of the one authentication object: approval on the phone */

/* Answers 400 (or another status) in the dialect of CSC and returns KY_OK: the exchange is answered. */
ky_rc ky_csc_refuse(struct ky_exchange *x, unsigned status, const char *error, const char *description);
ky_rc ky_csc_invalid(struct ky_exchange *x, const char *description); /* 400 invalid_request */

/*
 * Reads a required string. *done: it was missing or of another type, and the exchange is answered with
 * "Missing (or invalid type) string parameter NAME".
 */
ky_rc ky_csc_string(struct ky_bytes *out, bool *done, struct ky_exchange *x, const char *name);

/* A credential as the database has it; texts and bytes lie in the exchange's arena. */
struct ky_csc_credential {
    const char *id;          /* of the key record */
    struct ky_db_record key; /* current version */
    struct ky_db_cert cert;  /* newest that is not waiting */
    struct ky_cert *parsed;  /* owned */
    ky_key_type key_type;
};
void ky_csc_credential_clear(struct ky_csc_credential *c);
/* KY_ENOTFOUND: no such credential, or it has no certificate yet. */
ky_rc ky_csc_find_credential(struct ky_csc_credential *out, struct ky_web *w, struct ky_exchange *x,
                             struct ky_bytes id);
/* "valid", "expired" or "revoked". */
const char *ky_csc_cert_status(const struct ky_csc_credential *c, ky_time now);
/* Writes the members of a credential that credentials/info and credentials/list share. */
struct ky_csc_detail {
    const char *certificates; /* "none", "single", "chain" */
    bool cert_info, auth_info;
};
ky_rc ky_csc_put_credential(struct ky_json_out *o, const struct ky_csc_credential *c, const struct ky_web *w,
                            const struct ky_csc_detail *detail, ky_time now);
/* Reads certificates, certInfo and authInfo; *done as ky_csc_string. */
ky_rc ky_csc_read_detail(struct ky_csc_detail *out, bool *done, struct ky_exchange *x);

/* Hashes of a request in v2 ("hashes") or v1 ("hash") form, decoded; at most KY_SIGN_HASHES_MAX. */
struct ky_csc_hashes {
    struct ky_bytes v[KY_SIGN_HASHES_MAX]; /* in the exchange's arena */
    size_t count;
};
ky_rc ky_csc_read_hashes(struct ky_csc_hashes *out, bool *done, struct ky_exchange *x);

/* Envelope `lv(json) ‖ mac` of a stored record, in the arena. */
ky_rc ky_record_envelope(struct ky_bytes *out, struct ky_arena *a, const struct ky_db_record *r);

#endif
