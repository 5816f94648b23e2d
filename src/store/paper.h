/*
 * The papers of a dossier: files, attachments, subscribers' own requests and
 * the links to them, validation reports. Readers take a scope; what changes
 * anything is called after the dossier was looked up in one.
 */
#ifndef KY_STORE_PAPER_H
#define KY_STORE_PAPER_H

#include "store/scope.h"
#include "store/table.h"

struct ky_db_paper {
    const char *dossier_id;
    struct ky_bytes hash;           /* SHA-256 of the content */
    const char *type;               /* "application/pdf" */
    int64_t size;                   /* bytes of the content */
    struct ky_bytes sealed_content; /* domain/personal */
    int64_t created_at;
};

/* Nothing changes where the dossier has the file already. */
ky_rc ky_db_paper_put(struct ky_store *s, const struct ky_db_paper *p);
ky_rc ky_db_paper_get(struct ky_db_paper *out, struct ky_arena *a, struct ky_store *s,
                      const struct ky_scope *scope, const char *dossier_id, struct ky_bytes hash);
/* When it was last submitted; 0: never. Papers of that time stay for ever. */
ky_rc ky_db_paper_kept_until(int64_t *out, struct ky_store *s, const char *dossier_id);
/* Files that came after that time and that nothing refers to are gone afterwards. */
ky_rc ky_db_paper_sweep(struct ky_store *s, const char *dossier_id, int64_t kept_until);

struct ky_db_attachment {
    const char *dossier_id;
    int64_t number; /* from 1; set by the insert, never used twice while a later one is there */
    const char *name;
    const char *type;     /* "application/pdf" */
    int64_t size;         /* bytes */
    struct ky_bytes hash; /* of its paper */
    const char *staff_id;
    int64_t at;
};

/* *number: the one it got. KY_EEXIST: the file is attached already. */
ky_rc ky_db_attachment_insert(int64_t *number, struct ky_store *s, const struct ky_db_attachment *row);
ky_rc ky_db_attachment_get(struct ky_db_attachment *out, struct ky_arena *a, struct ky_store *s,
                           const struct ky_scope *scope, const char *dossier_id, int64_t number);
ky_rc ky_db_attachment_list(struct ky_db_attachment **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *dossier_id);
ky_rc ky_db_attachment_delete(struct ky_store *s, const char *dossier_id, int64_t number);

struct ky_db_own_request {
    const char *dossier_id;
    int64_t number;           /* of the row */
    const char *source;       /* "link", "upload" */
    struct ky_bytes hash;     /* of its paper */
    struct ky_bytes row_hash; /* SHA-256 of what the row said */
    const char *address;      /* of the person's browser; NULL: uploaded */
    const char *staff_id;     /* who uploaded it; NULL: by link */
    int64_t at;
};

/* In place of an earlier one of the row. */
ky_rc ky_db_own_request_put(struct ky_store *s, const struct ky_db_own_request *row);
ky_rc ky_db_own_request_get(struct ky_db_own_request *out, struct ky_arena *a, struct ky_store *s,
                            const struct ky_scope *scope, const char *dossier_id, int64_t number);
/* By row. */
ky_rc ky_db_own_request_list(struct ky_db_own_request **out, size_t *n, struct ky_arena *a,
                             struct ky_store *s, const struct ky_scope *scope, const char *dossier_id);

struct ky_db_own_link {
    const char *dossier_id;
    int64_t number;       /* of the row */
    struct ky_bytes hash; /* of the secret; none: used */
    int64_t made, since;  /* links of this row since then */
    int64_t expires_at;
};

/* In place of an earlier one of the row. */
ky_rc ky_db_own_link_put(struct ky_store *s, const struct ky_db_own_link *row);
/* Of the row, used or not. KY_ENOTFOUND: it never had one. */
ky_rc ky_db_own_link_get(struct ky_db_own_link *out, struct ky_arena *a, struct ky_store *s,
                         const char *dossier_id, int64_t number);
/* KY_ENOTFOUND: none, used, or expired. */
ky_rc ky_db_own_link_find(struct ky_db_own_link *out, struct ky_arena *a, struct ky_store *s,
                          struct ky_bytes hash, int64_t now);
/* Those that may still be answered, by row. */
ky_rc ky_db_own_link_list(struct ky_db_own_link **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                          const struct ky_scope *scope, const char *dossier_id, int64_t now);
/* KY_ENOTFOUND: it was used meanwhile. */
ky_rc ky_db_own_link_use(struct ky_store *s, struct ky_bytes hash);

struct ky_db_report {
    const char *dossier_id;
    struct ky_bytes hash;          /* SHA-256 of the signed document */
    struct ky_bytes sealed_report; /* JSON, domain/personal */
    int64_t at;
};

ky_rc ky_db_report_put(struct ky_store *s, const struct ky_db_report *row);
/* Of all documents that were ever signed for the dossier, the latest first. */
ky_rc ky_db_report_list(struct ky_db_report **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                        const struct ky_scope *scope, const char *dossier_id);

#endif
