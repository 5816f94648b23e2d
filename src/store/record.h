/* Records of the key processes (docs/protocol/statements.md §5): every version is kept, the highest is current. */
#ifndef KY_STORE_RECORD_H
#define KY_STORE_RECORD_H

#include "store/table.h"

struct ky_db_record {
    const char *process; /* "sam", "ca" */
    const char *id;      /* hex32 */
    int64_t version;     /* from 1 */
    const char *type;
    const char *owner;  /* hex64, or NULL */
    int64_t is_current; /* 1: no higher version is known; set by ky_db_record_put */
    struct ky_bytes json;
    struct ky_bytes mac; /* 32 bytes */
    int64_t created_at;
};

/* Stores a version; the same bytes again are fine, others under the same version are KY_EEXIST. */
ky_rc ky_db_record_put(struct ky_store *s, const struct ky_db_record *r);
/* The current version. */
ky_rc ky_db_record_get(struct ky_db_record *out, struct ky_arena *a, struct ky_store *s, const char *process,
                       const char *id);
ky_rc ky_db_record_get_version(struct ky_db_record *out, struct ky_arena *a, struct ky_store *s,
                               const char *process, const char *id, int64_t version);
/* Current ones of an owner, by id. */
ky_rc ky_db_record_list_owner(struct ky_db_record **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                              const char *process, const char *owner, const char *type);
/* Current ones of a type, by id, at most limit after the id given ("" for the first). */
ky_rc ky_db_record_list_type(struct ky_db_record **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                             const char *process, const char *type, const char *after_id, int64_t limit);
/*
 * Current records of an organisation's signatures and seals, by id: those that its events of KY_EVENT_SEAL name. At most
 * limit.
 */
ky_rc ky_db_record_list_seals(struct ky_db_record **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                              const char *org_id, int64_t limit);
/* A removed record: no version is current any more. */
ky_rc ky_db_record_retire(struct ky_store *s, const char *process, const char *id);

#endif
