/*
 * Signing by a program on a person's machine: its one-time addresses, and the
 * document of a request while signatures are collected.
 */
#ifndef KY_STORE_SIGNING_H
#define KY_STORE_SIGNING_H

#include "store/table.h"

typedef enum ky_visit_kind { KY_VISIT_DOWNLOAD, KY_VISIT_UPLOAD } ky_visit_kind;

/* Two addresses, each good for one use; one pair for a person and a dossier. */
struct ky_db_visit {
    const char *dossier_id, *staff_id;
    const char *session_id;                     /* that it ends with; NULL: none */
    struct ky_bytes document_hash;              /* SHA-256 of what is handed out */
    const char *seal_record;                    /* who signs: id of a record of sam */
    struct ky_bytes evidence;                   /* encoded list of CRLs and OCSP answers */
    struct ky_bytes download_hash, upload_hash; /* of the secrets */
    int64_t downloaded_at, uploaded_at;         /* 0: not used */
    int64_t expires_at;
};

/* In place of an earlier pair. */
ky_rc ky_db_visit_put(struct ky_store *s, const struct ky_db_visit *row);
/* Used or not, ended or not. KY_ENOTFOUND. */
ky_rc ky_db_visit_find(struct ky_db_visit *out, struct ky_arena *a, struct ky_store *s, ky_visit_kind kind,
                       struct ky_bytes hash);
/* KY_ENOTFOUND: it was used meanwhile. */
ky_rc ky_db_visit_use(struct ky_store *s, ky_visit_kind kind, struct ky_bytes hash, int64_t now);
/* Those that ended before are forgotten. */
ky_rc ky_db_visit_purge(struct ky_store *s, int64_t before);

struct ky_db_signing {
    const char *dossier_id;
    const char *seal_record;         /* who signed last */
    struct ky_bytes draft_hash;      /* of the drawn document that it begins with */
    struct ky_bytes document_hash;   /* SHA-256 */
    struct ky_bytes sealed_document; /* PDF, domain/personal */
    const char *staff_id;            /* who brought it */
    int64_t at;
};

/* In place of an earlier one of that signer. */
ky_rc ky_db_signing_put(struct ky_store *s, const struct ky_db_signing *row);
/* KY_ENOTFOUND: that document is not among them. */
ky_rc ky_db_signing_get(struct ky_db_signing *out, struct ky_arena *a, struct ky_store *s,
                        const char *dossier_id, struct ky_bytes document_hash);
/* The last one that another than `seal_record` left and that begins with that draft. KY_ENOTFOUND. */
ky_rc ky_db_signing_last(struct ky_db_signing *out, struct ky_arena *a, struct ky_store *s,
                         const char *dossier_id, struct ky_bytes draft_hash, const char *seal_record);
/* Who signed, without what: in the order they did. */
struct ky_db_signer {
    const char *staff_id, *seal_record;
    int64_t at;
};
ky_rc ky_db_signer_list(struct ky_db_signer **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                        const char *dossier_id, struct ky_bytes draft_hash);
/* The dossier was submitted, or is edited: nothing of it is being signed any more, by no address. */
ky_rc ky_db_signing_clear(struct ky_store *s, const char *dossier_id);

#endif
