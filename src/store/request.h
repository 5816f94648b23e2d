/* The request of a dossier (drawn document, signed document, statement, authorisation) and officers' statements. */
#ifndef KY_STORE_REQUEST_H
#define KY_STORE_REQUEST_H

#include "store/scope.h"
#include "store/table.h"

/* Columns named sealed_… are encrypted by domain/personal: they hold identity numbers and telephones. */
struct ky_db_request {
    const char *dossier_id;
    struct ky_bytes sealed_draft;     /* PDF as drawn */
    struct ky_bytes draft_hash;       /* SHA-256 of the PDF */
    struct ky_bytes sealed_statement; /* canonical JSON, type request; NULL until signed, like the rest */
    struct ky_bytes statement_hash;
    struct ky_bytes sealed_document; /* PDF as signed */
    struct ky_bytes document_hash;
    struct ky_bytes authorisations; /* encoded list */
    struct ky_bytes evidence;       /* encoded list of CRLs and OCSP answers */
    const char *seal_record;        /* seal record id of sam */
    int64_t created_at, signed_at;  /* signed_at 0: not signed */
};

/* Takes the place of an earlier draft; KY_EDENIED when the request has been signed. */
ky_rc ky_db_request_put_draft(struct ky_store *s, const struct ky_db_request *draft);
/* Sets the members from sealed_statement on; KY_ENOTFOUND: no draft, or signed already. */
ky_rc ky_db_request_set_signed(struct ky_store *s, const struct ky_db_request *signed_request);
ky_rc ky_db_request_get(struct ky_db_request *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_scope *scope, const char *dossier_id);
/* By the hash of its statement. */
ky_rc ky_db_request_get_by_statement(struct ky_db_request *out, struct ky_arena *a, struct ky_store *s,
                                     const struct ky_scope *scope, struct ky_bytes statement_hash);
/* Back to a dossier that can be edited. What was signed is kept among the earlier ones, for ever; a mere draft goes. */
ky_rc ky_db_request_retire(struct ky_store *s, const char *dossier_id);
/* Those that were signed before the present one, oldest first. */
ky_rc ky_db_request_list_earlier(struct ky_db_request **out, size_t *n, struct ky_arena *a,
                                 struct ky_store *s, const char *dossier_id);

struct ky_db_statement {
    struct ky_bytes hash;
    const char *type;       /* "issue", "refuse", "revoke", "admin", "enrol-device", … */
    const char *dossier_id; /* or NULL */
    struct ky_bytes json;
    struct ky_bytes
        authorisations; /* encoded list; NULL while open, and where they are gathered (store/approval.h) */
    struct ky_bytes evidence; /* the same */
    const char *state;        /* "open", "authorised", "executed", "void" */
    const char *reason;       /* why it is void; or NULL */
    int64_t expires_at, created_at;
};

ky_rc ky_db_statement_insert(struct ky_store *s, const struct ky_db_statement *st);
ky_rc ky_db_statement_get(struct ky_db_statement *out, struct ky_arena *a, struct ky_store *s,
                          struct ky_bytes hash);
/* The one for which `where` (store/table.h) holds: for other repositories. KY_ENOTFOUND. */
ky_rc ky_db_statement_find(struct ky_db_statement *out, struct ky_arena *a, struct ky_store *s,
                           const char *where, struct ky_params params);
/* authorised → void. KY_ENOTFOUND: not authorised, or executed already. */
ky_rc ky_db_statement_void(struct ky_store *s, struct ky_bytes hash, const char *reason);
/* KY_ENOTFOUND: not in the state `from`. */
ky_rc ky_db_statement_set_state(struct ky_store *s, struct ky_bytes hash, const char *from, const char *to);
/* Newest first, at most 200. type NULL: any; dossier_id NULL: any, and then state is given; state NULL: any. */
ky_rc ky_db_statement_list(struct ky_db_statement **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                           const char *dossier_id, const char *type, const char *state);

#endif
