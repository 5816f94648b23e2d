/* Approvals of officers: signatures, each kept once, and which statements each of them is over. */
#ifndef KY_STORE_APPROVAL_H
#define KY_STORE_APPROVAL_H

#include "store/request.h"

struct ky_db_approval_signature {
    struct ky_bytes hash;     /* SHA-256 of item */
    struct ky_bytes item;     /* one item of an authorisation list (docs/protocol/statements.md §4) */
    struct ky_bytes evidence; /* encoded list of CRLs and OCSP answers */
    int64_t created_at;
};

struct ky_db_approval {
    struct ky_bytes statement_hash;
    const char *owner;    /* hex64, of the officer's record: who counts once */
    const char *name;     /* as in the record */
    const char *staff_id; /* who handed it in; or NULL */
    struct ky_bytes signature_hash;
    int64_t created_at;
};

/* Once: the same again changes nothing. */
ky_rc ky_db_approval_signature_put(struct ky_store *s, const struct ky_db_approval_signature *sig);
ky_rc ky_db_approval_signature_get(struct ky_db_approval_signature *out, struct ky_arena *a,
                                   struct ky_store *s, struct ky_bytes hash);
/* KY_EEXIST: that person has approved this statement. */
ky_rc ky_db_approval_insert(struct ky_store *s, const struct ky_db_approval *approval);
/* In the order in which they were given. */
ky_rc ky_db_approval_list(struct ky_db_approval **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                          struct ky_bytes statement_hash);
/* What one signature is over. */
ky_rc ky_db_approval_list_signed(struct ky_db_approval **out, size_t *n, struct ky_arena *a,
                                 struct ky_store *s, struct ky_bytes signature_hash);

/* The open statement of the dossier that somebody has approved and that has not expired. KY_ENOTFOUND: none. */
ky_rc ky_db_statement_get_gathered(struct ky_db_statement *out, struct ky_arena *a, struct ky_store *s,
                                   const char *dossier_id, int64_t now);
/* open → void: those of the dossier; gathered: only those that somebody has approved. */
ky_rc ky_db_statement_void_open(struct ky_store *s, const char *dossier_id, bool gathered,
                                const char *reason);

#endif
